import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, type QueryUse, type TableFacts } from './facts.ts'
import { projectedKeys } from './projected-keys.ts'
import { judge } from './rules.ts'

const GOOD: TableFacts = {
  account: '111122223333',
  name: 'shop.orders',
  location: 's3://lake/orders/',
  format: 'parquet',
  keepsLog: false,
  keepsForm: true,
  columns: 8,
  keys: ['day'],
  indexableKeys: ['day'],
  isProjected: true,
  indexes: 0,
  partitions: 30,
  emptyPartitions: [],
  files: 30,
  sizeBytes: 6e9,
  largestFileBytes: 2e8,
  isCompressed: false,
  newestFileAt: new Date('2026-11-01'),
  statisticsAt: new Date('2026-11-02'),
  queries: [
    {
      sql: 'SELECT 1',
      runs: 9,
      scannedBytes: 9e9,
      asksAllColumns: false,
      columns: ['total'],
      conditions: ['day'],
      partitions: 2,
    },
  ],
}
const use = (more: Partial<QueryUse>): QueryUse => ({ ...GOOD.queries[0]!, ...more })
const rules = (more: Partial<TableFacts>): string[] => judge({ ...GOOD, ...more }, LIMITS).map(({ rule }) => rule)
const found = (rule: string, more: Partial<TableFacts>) =>
  judge({ ...GOOD, ...more }, LIMITS).find((finding) => finding.rule === rule)

test('a table that is as the guide wants it has no flag', () => {
  assert.deepEqual(rules({}), [])
})

test('text that is queried is to be Parquet; text that nobody asks is left alone', () => {
  assert.deepEqual(rules({ format: 'json' }), ['text-format', 'uncompressed-text'])
  assert.deepEqual(rules({ format: 'csv-lazy', isCompressed: true }), ['text-format'])
  assert.deepEqual(rules({ format: 'csv-lazy', queries: [] }), [])
})

test('a large table without partitions gets the key that most runs ask for', () => {
  const queries = [use({ runs: 2, conditions: ['customer'] }), use({ runs: 5, conditions: ['country', 'customer'] })]
  const bare = { keys: [], partitions: 0, queries }
  assert.deepEqual(found('no-partitions', bare)?.change, ['partition:customer'])
  assert.deepEqual(found('no-partitions', { ...bare, format: 'json' })?.change, ['parquet', 'partition:customer'])
  assert.equal(found('no-partitions', { ...bare, queries: [] })?.change, undefined)
  assert.equal(found('no-partitions', { ...bare, sizeBytes: 9e8 }), undefined)
})

/** "thousands of 1 MB files"; "100-500 MB per file". */
test('files too small and too large', () => {
  assert.deepEqual(found('small-files', { files: 2000, sizeBytes: 2e9 })?.change, ['compact'])
  assert.equal(found('small-files', { files: 30, partitions: 30, sizeBytes: 3e7 }), undefined)
  assert.match(found('large-files', { largestFileBytes: 501e6 })!.message, /501 MB/)
  assert.equal(found('large-files', { largestFileBytes: 500e6 }), undefined)
})

test('a table with a log of its own is told of, and left to those who keep the log', () => {
  const many = { files: 2000, sizeBytes: 2e9 }
  assert.equal(found('small-files', { ...many, keepsLog: true })!.change, undefined)
  assert.equal(found('missing-statistics', { statisticsAt: undefined, keepsLog: true })!.glue, undefined)
})

test('partitions too many, empty, never asked for', () => {
  assert.match(
    found('too-many-partitions', { partitions: 5000, sizeBytes: 1e9 })!.message,
    /5000 partitions of 0\.20 MB/,
  )
  const gone = Array.from({ length: 26 }, (_, day) => [`${day}`])
  const { message, glue } = found('empty-partitions', { emptyPartitions: gone })!
  assert.match(message, /26 registered partitions have no file/)
  assert.deepEqual(
    glue!.map(({ operation, input }) => [operation, (input.PartitionsToDelete as unknown[]).length]),
    [
      ['BatchDeletePartition', 25],
      ['BatchDeletePartition', 1],
    ],
  )
  assert.deepEqual(glue![1]!.input, {
    DatabaseName: 'shop',
    TableName: 'orders',
    PartitionsToDelete: [{ Values: ['25'] }],
  })
  assert.match(found('unused-partition-key', { keys: ['day', 'hour'] })!.message, /9 runs has asked for hour/)
  assert.equal(found('unused-partition-key', { keys: ['day', 'hour'], queries: [use({ runs: 4 })] }), undefined)
})

test('SELECT * of a columnar table', () => {
  const queries = [use({ asksAllColumns: true, runs: 3, scannedBytes: 2e9 })]
  assert.match(found('select-star', { queries })!.message, /3 runs .* all 8 columns, 2000 MB/)
  assert.equal(found('select-star', { queries, format: 'json' }), undefined)
  assert.equal(found('select-star', { queries })!.columns, undefined)
  const others = [...queries, use({ columns: ['total', 'day'] }), use({ columns: ['customer', 'total'] })]
  assert.deepEqual(found('select-star', { queries: others })!.columns, ['total', 'day', 'customer'])
})

test('projection where the keys follow a rule, an index where they do not', () => {
  const many = { isProjected: false, partitions: 400, sizeBytes: 6e9 }
  const projection = { 'projection.enabled': 'true', 'projection.day.type': 'date' }
  assert.equal(
    found('missing-projection', { ...many, projection })!.statement,
    "ALTER TABLE `shop`.`orders` SET TBLPROPERTIES ('projection.enabled' = 'true', 'projection.day.type' = 'date')",
  )
  assert.deepEqual(found('missing-index', many)!.glue![0]!.input, {
    DatabaseName: 'shop',
    TableName: 'orders',
    PartitionIndex: { IndexName: 'by_keys', Keys: ['day'] },
  })
  assert.equal(found('missing-index', { ...many, indexes: 1 }), undefined)
  assert.deepEqual(found('missing-projection', { ...many, projection })!.lookups, { runs: 9, before: 3600, after: 0 })
  assert.deepEqual(found('missing-index', many)!.lookups, { runs: 9, before: 3600, after: 18 })
  assert.equal(found('missing-index', { ...many, queries: [] })!.lookups, undefined)
})

test('statistics that are missing, or older than the data', () => {
  assert.equal(
    found('missing-statistics', { statisticsAt: undefined })!.glue![0]!.operation,
    'StartColumnStatisticsTaskRun',
  )
  assert.match(found('stale-statistics', { newestFileAt: new Date('2026-11-03') })!.message, /2026-11-02.*2026-11-03/)
  assert.equal(
    found('missing-statistics', { statisticsAt: undefined })!.glue![0]!.input.Role,
    'arn:aws:iam::111122223333:role/statistics',
  )
})

/** "The first key of the index should be passed in the expression": glue dg, partition-indexes. */
test('an index begins with the key that most runs ask for, and leads only those who ask for it', () => {
  const queries = [
    use({ runs: 5, conditions: ['country', 'total'], partitions: 10 }),
    use({ runs: 2, conditions: ['year', 'country'], partitions: 1 }),
    use({ runs: 3, conditions: ['year'], partitions: 40 }),
  ]
  const index = found('missing-index', {
    isProjected: false,
    partitions: 400,
    indexableKeys: ['year', 'month', 'country'],
    queries,
  })!
  assert.deepEqual(index.glue![0]!.input.PartitionIndex, { IndexName: 'by_keys', Keys: ['country', 'year'] })
  assert.deepEqual(index.lookups, { runs: 10, before: 4000, after: 5 * 10 + 2 * 1 + 3 * 400 })
})

/** https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html */
test('the rule that the values of keys follow', () => {
  const now = new Date('2024-01-03T23:00:00Z')
  const keys = (...types: string[]) => types.map((type, i) => ({ name: `k${i}`, type }))
  assert.deepEqual(projectedKeys(keys('string'), [['2024-01-02'], ['2024-01-01']], now), {
    'projection.enabled': 'true',
    'projection.k0.type': 'date',
    'projection.k0.format': 'yyyy-MM-dd',
    'projection.k0.range': '2024-01-01,NOW',
  })
  assert.deepEqual(
    projectedKeys(
      keys('string', 'int'),
      [
        ['01', '7'],
        ['12', '10'],
      ],
      now,
    ),
    {
      'projection.enabled': 'true',
      'projection.k0.type': 'integer',
      'projection.k0.range': '1,12',
      'projection.k0.digits': '2',
      'projection.k1.type': 'integer',
      'projection.k1.range': '7,10',
    },
  )
  assert.deepEqual(projectedKeys(keys('string'), [['eu'], ['us']], now), {
    'projection.enabled': 'true',
    'projection.k0.type': 'enum',
    'projection.k0.values': 'eu,us',
  })
  const booked = projectedKeys(keys('date'), [['2024-03-01'], ['2024-01-01']], now)
  assert.equal(booked!['projection.k0.range'], '2024-01-01,NOW+58DAYS')
  assert.equal(projectedKeys(keys('string'), [['a,b']], now), undefined)
  assert.equal(projectedKeys(keys('string'), [['__HIVE_DEFAULT_PARTITION__']], now), undefined)
  assert.equal(projectedKeys(keys('string'), [], now), undefined)
})
