import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Constraint, PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../sql/plan.ts'
import { INTEGER, type Type, VARCHAR } from '../../sql/types.ts'
import type { Table } from '../catalog/catalog.ts'
import { projectPartitions } from './partition-projection.ts'
import type { TableLayout } from './table-layout.ts'

const NO_FILTER: PartitionFilter = { mayMatch: () => true, weight: 0, constraint: () => undefined }
const now = new Date('2024-03-15T00:00:00Z')

function search(keys: Record<string, Type>, parameters: Record<string, string>, filter: PartitionFilter) {
  const table: Table = {
    database: 'd',
    descriptor: { Name: 't', Parameters: parameters },
    createdAt: '',
    updatedAt: '',
    createdBy: '',
    version: 0,
  }
  const layout: TableLayout = {
    columns: [],
    partitionKeys: Object.entries(keys).map(([name, type]) => ({ name, type })),
    format: { kind: 'parquet' },
    location: 's3://b/t',
  }
  return projectPartitions(table, layout, filter, now)
}

function project(keys: Record<string, Type>, parameters: Record<string, string>, filter = NO_FILTER) {
  return [...search(keys, parameters, filter)].filter((found) => found !== undefined)
}

/** Equality of columns with constants, as a WHERE clause would say it. */
const equal = (values: Record<string, Constant>): PartitionFilter => ({
  weight: 1,
  mayMatch: (known) => Object.entries(values).every(([name, value]) => !known.has(name) || known.get(name) === value),
  constraint: (column): Constraint | undefined =>
    column in values ? { kind: 'values', values: [values[column]!] } : undefined,
})

const CLOUDTRAIL = {
  'projection.account.type': 'enum',
  'projection.account.values': '111122223333,444455556666',
  'projection.year.type': 'integer',
  'projection.year.range': '2022,2030',
  'projection.month.type': 'integer',
  'projection.month.range': '01,12',
  'projection.month.digits': '2',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholders
  'storage.location.template': 's3://logs/AWSLogs/${account}/CloudTrail/${year}/${month}/',
}
const CLOUDTRAIL_KEYS = { account: VARCHAR, year: VARCHAR, month: VARCHAR }

test('without a predicate every combination is a partition', () => {
  assert.equal(project(CLOUDTRAIL_KEYS, CLOUDTRAIL).length, 2 * 9 * 12)
})

test('fixed values leave one partition, placed by the template', () => {
  const found = project(CLOUDTRAIL_KEYS, CLOUDTRAIL, equal({ account: '111122223333', year: '2024', month: '01' }))
  assert.deepEqual(found, [
    { values: ['111122223333', '2024', '01'], location: 's3://logs/AWSLogs/111122223333/CloudTrail/2024/01/' },
  ])
})

test('a value outside of the projection is no partition', () => {
  assert.deepEqual(project(CLOUDTRAIL_KEYS, CLOUDTRAIL, equal({ year: '2021' })), [])
  assert.deepEqual(project(CLOUDTRAIL_KEYS, CLOUDTRAIL, equal({ month: '1' })), [])
})

test('a number finds the partition whatever zeros it is written with', () => {
  const months = {
    'projection.month.type': 'integer',
    'projection.month.range': '1,12',
    'projection.month.digits': '2',
  }
  const found = project({ month: INTEGER }, months, equal({ month: 3n }))
  assert.deepEqual(
    found.map((p) => p.values),
    [['03']],
  )
})

test('without a template partitions lie in Hive folders', () => {
  const found = project({ n: INTEGER }, { 'projection.n.type': 'integer', 'projection.n.range': '7,7' })
  assert.deepEqual(found, [{ values: ['7'], location: 's3://b/t/n=7/' }])
  const times = { 'projection.at.type': 'enum', 'projection.at.values': '10:30' }
  assert.deepEqual(project({ at: VARCHAR }, times), [{ values: ['10:30'], location: 's3://b/t/at=10%3A30/' }])
  const placed = { ...times, 'storage.location.template': `s3://b/t/${'$'}{at}/` }
  assert.deepEqual(project({ at: VARCHAR }, placed), [{ values: ['10:30'], location: 's3://b/t/10:30/' }])
})

test('a range of a huge sequence is found without walking it', () => {
  let asked = 0
  const filter: PartitionFilter = {
    weight: 1,
    mayMatch: () => ++asked > 0,
    constraint: () => ({ kind: 'range', low: 5_000_000_000n, high: 5_000_000_002n }),
  }
  const found = project(
    { n: { kind: 'bigint' } },
    { 'projection.n.type': 'integer', 'projection.n.range': '0,9223372036854775807' },
    filter,
  )
  assert.deepEqual(
    found.map((p) => p.values[0]),
    ['5000000000', '5000000001', '5000000002'],
  )
  assert.equal(asked, 3)
})

test('injected values must be said in the query', () => {
  const injected = { 'projection.id.type': 'injected' }
  assert.deepEqual(
    project({ id: VARCHAR }, injected, equal({ id: 'x-1' })).map((p) => p.location),
    ['s3://b/t/id=x-1/'],
  )
  assert.throws(() => project({ id: VARCHAR }, injected), {
    code: 'CONSTRAINT_VIOLATION',
    message: /injected projected partition column id/,
  })
  // docs: athena ug, partition-projection-supported-types: "Only columns of string type are supported."
  assert.throws(() => project({ id: INTEGER }, injected, equal({ id: 1n })), {
    code: 'INVALID_TABLE_PROPERTY',
    message: /only columns of type string can be injected/,
  })
})

test('a long search in vain pauses', () => {
  const endless = { 'projection.n.type': 'integer', 'projection.n.range': '0,9223372036854775807' }
  const nothing: PartitionFilter = { mayMatch: () => false, weight: 0, constraint: () => undefined }
  assert.deepEqual(search({ n: INTEGER }, endless, nothing).next(), { done: false, value: undefined })
})

test('every key is configured, and has its place in the template', () => {
  // docs: athena ug, partition-projection-setting-up
  const { 'projection.month.type': _, ...without } = CLOUDTRAIL
  assert.throws(() => project(CLOUDTRAIL_KEYS, without), {
    code: 'HIVE_METASTORE_ERROR',
    message:
      'Table d.t is configured for partition projection, but the following partition columns are missing projection configuration: [month] (table d.t)',
  })
  const keys = { a: VARCHAR, b: VARCHAR, c: VARCHAR }
  const configured = Object.fromEntries(
    ['a', 'b', 'c'].flatMap((key) => [
      [`projection.${key}.type`, 'enum'],
      [`projection.${key}.values`, key.toUpperCase()],
    ]),
  )
  const locations = (template: string) =>
    project(keys, { ...configured, 'storage.location.template': template }).map((one) => one.location)
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Athena's own placeholders
  const root = 's3://amzn-s3-demo-bucket/table_root'
  assert.deepEqual(locations(`${root}/a=\${a}/\${b}/some_static_subdirectory/\${c}/`), [
    `${root}/a=A/B/some_static_subdirectory/C/`,
  ])
  assert.deepEqual(locations(`${root}/c=\${c}/\${b}/some_static_subdirectory/\${a}/\${b}/\${c}/\${c}/`), [
    `${root}/c=C/B/some_static_subdirectory/A/B/C/C/`,
  ])
  assert.throws(() => locations(`${root}/a=\${a}/\${b}/some_static_subdirectory/`), {
    code: 'INVALID_TABLE_PROPERTY',
    message: /no placeholder for the partition column 'c'/,
  })
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Athena's own placeholders
})
