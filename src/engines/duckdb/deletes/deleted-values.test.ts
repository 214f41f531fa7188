/** Equality deletes of many ages and partitions, beside a model that asks of each row each delete that applies to its file. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { DataFile, DeletedValues, DeleteFile, Relation, RelationColumn } from '../../../core/queries/relation.ts'
import { dice } from '../../../formats/seeded.fixture.ts'
import { BIGINT, VARCHAR } from '../../../sql/types.ts'
import { type Instance, openInstance } from '../instance.ts'
import { heldExactly } from '../parquet/parquet-columns.ts'
import { scanText } from '../scans/scan.ts'
import { rankedDeletes } from './applied-deletes.ts'
import { defineDeletedValues } from './deleted-values.ts'

let directory: string
let instance: Instance
let files = 0
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lentic-values-'))
  instance = await openInstance(join(directory, 'engine'))
})
after(() => {
  instance.close()
  rmSync(directory, { recursive: true, force: true })
})

async function written(select: string, fieldIds: string): Promise<string> {
  const path = join(directory, `${++files}.parquet`)
  await instance.main.run(`COPY (${select}) TO '${path}' (FORMAT parquet, FIELD_IDS ${fieldIds})`)
  return path
}

type Row = readonly [id: number, kind: string | null]
const text = ([id, kind]: Row) => `(${id}::BIGINT, ${kind === null ? 'NULL' : `'${kind}'`})`

/** A table's column, or that of which the partition tells the value. */
const idColumn: RelationColumn = { kind: 'data', name: 'id', type: BIGINT, field: 'id', ordinal: 0, fieldId: 1 }
const kindColumn: RelationColumn = { kind: 'data', name: 'kind', type: VARCHAR, field: 'kind', ordinal: 1, fieldId: 2 }
const told = { id: { fieldId: 1, type: BIGINT }, kind: { fieldId: 2, type: VARCHAR } }

interface Delete {
  readonly file: DeleteFile
  readonly age: number
  /** Undefined of those that apply everywhere. */
  readonly partition: number | undefined
  readonly by: readonly ('id' | 'kind')[]
  readonly rows: readonly Row[]
}

const appliesTo = (partition: number, age: number) => (one: Delete) =>
  one.age > age && (one.partition === undefined || one.partition === partition)

const matches = (one: Delete, row: Row) =>
  one.rows.some((gone) => one.by.every((name) => (name === 'id' ? gone[0] === row[0] : gone[1] === row[1])))

function deletedValues(deletes: readonly Delete[]): DeletedValues[] {
  const groups = Map.groupBy(deletes, ({ by, partition }) => `${by} ${partition === undefined}`)
  return Array.from(groups.values(), (group) => {
    const { by, partition } = group[0]!
    return {
      files: group.map(({ file }) => file),
      specId: partition === undefined ? 0 : 1,
      told: by.map((name) => ({ ...told[name], ids: { id: told[name].fieldId, inner: [] } })),
      columns: by.map((name, i) => ({ column: name === 'id' ? 0 : 1, path: [], told: i, toldPaths: [[]] })),
    }
  })
}

async function check(seed: number): Promise<void> {
  const below = dice(seed)
  const kinds = ['a', 'b', null]
  const anyRow = (): Row => [below(40), kinds[below(3)]!]
  const deletes: Delete[] = []
  for (let i = 0; i < 12; i++) {
    const by = ([['id'], ['kind', 'id'], ['kind']] as const)[below(10) === 0 ? 2 : below(2)]!
    const rows = Array.from({ length: 1 + below(6) }, anyRow)
    const localPath = await written(`SELECT * FROM (VALUES ${rows.map(text).join()}) v(id, kind)`, '{id: 1, kind: 2}')
    const partition = below(3) === 0 ? undefined : below(3)
    deletes.push({ file: { localPath, uri: localPath, sizeBytes: 1 }, age: 1 + below(8), partition, by, rows })
  }
  const dataFiles: DataFile[] = []
  const expected: string[] = []
  // More than the engine is given in a list now and then.
  for (let i = 0; i < (seed % 4 === 0 ? 70 : 7); i++) {
    const [partition, age] = [below(3), below(9)]
    const rows = Array.from({ length: 8 }, anyRow)
    const localPath = await written(`SELECT * FROM (VALUES ${rows.map(text).join()}) v(id, kind)`, '{id: 1, kind: 2}')
    const applied = deletes.filter(appliesTo(partition, age))
    const known = { localPath, uri: `s3://lake/${i}`, sizeBytes: 1, modifiedAt: new Date(0), partitionName: '' }
    const values = deletedValues(applied)
    // What a partition says of a column: not what the file has.
    const file = { ...known, partition: [null, `p${partition}`] }
    dataFiles.push({ ...file, ...(values.length > 0 && { deletedValues: values }) })
    const inTable = rows.map(([id, kind]): Row => [id, seed % 3 === 0 ? `p${partition}` : kind])
    expected.push(
      ...inTable.filter((row) => !applied.some((one) => matches(one, row))).map((row) => `${row[0]},${row[1]}`),
    )
  }
  const ofPartition: RelationColumn = { kind: 'partition', name: 'kind', type: VARCHAR, index: 1 }
  const columns = [idColumn, seed % 3 === 0 ? ofPartition : kindColumn]
  const relation: Relation = { id: 'r', format: { kind: 'parquet' }, columns, files: dataFiles }
  for (const exact of [await heldExactly(instance.main, relation, [0, 1]), false]) {
    const hints = { exact, deletedValues: await defineDeletedValues(instance, relation) }
    const result = await instance.main.runAndReadAll(scanText(relation, [0, 1], hints))
    const rows = result.getRows().map((row) => row.map((value) => value ?? 'null').join())
    assert.deepEqual(rows.toSorted(), expected.toSorted(), `seed ${seed}`)
  }
}

test('what deletes of values leave, of every age, in partitions and everywhere', async () => {
  for (let seed = 1; seed <= 14; seed++) await check(seed)
})

test('lists that are parts of each other need each file once, however many there are', () => {
  const deletes = Array.from({ length: 300 }, (_, i) => ({ localPath: `${i}`, uri: '', sizeBytes: 1 }))
  const lists = deletes.map((_, i) => deletes.slice(i).reverse())
  const apart = [deletes.slice(0, 2), [{ localPath: 'x', uri: '', sizeBytes: 1 }], [deletes[0]!, deletes[299]!]]
  const { files, rankOf } = rankedDeletes([...lists, ...apart])
  assert.equal(files.length, 300 + 2 + 1 + 2)
  for (const list of [...lists, ...apart]) {
    const { chain, rank } = rankOf(list)
    const applying = files.filter((file) => file.chain === chain && file.rank >= rank).map(({ localPath }) => localPath)
    assert.deepEqual(applying.toSorted(), list.map(({ localPath }) => localPath).toSorted())
  }
})
