import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Table } from '../../catalog/catalog.ts'
import type { Files } from '../../objects/files.ts'
import { partitionFolders } from './partition-folders.ts'

const KEYS = [
  's3://b/t/Y=1/m=a/f',
  's3://b/t/Y=1/m=b%2Fc/f',
  's3://b/t/other/f',
  's3://b/t/y=2/f',
  's3://b/t/y=3/m=d/f',
]

function folders(folder: string): string[] {
  const below = KEYS.filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length))
  return [...new Set(below.filter((rest) => rest.includes('/')).map((rest) => rest.slice(0, rest.indexOf('/'))))]
}

test('folders of partitions, and how far through the table each is', () => {
  const descriptor = {
    Name: 't',
    PartitionKeys: [{ Name: 'Y' }, { Name: 'M' }],
    StorageDescriptor: { Location: 's3://b/t' },
  }
  const found = [...partitionFolders({ descriptor } as Partial<Table> as Table, { folders } as Partial<Files> as Files)]
  assert.deepEqual(found, [
    { values: ['1', 'a'], location: 's3://b/t/Y=1/m=a/', fraction: 0 },
    { values: ['1', 'b/c'], location: 's3://b/t/Y=1/m=b%2Fc/', fraction: 1 / 8 },
    undefined,
    { values: ['3', 'd'], location: 's3://b/t/y=3/m=d/', fraction: 3 / 4 },
  ])
})
