import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from '../position.ts'
import { DEFINITIONS } from '../samples.ts'
import { parseStatement } from '../statement.ts'
import type { HiveStatement } from './ast.ts'

/** A tree with names as text and without positions: what the assertions below are about. */
function plain(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(plain)
  if (typeof tree !== 'object' || tree === null) return tree
  if ('name' in tree && 'quoted' in tree) return tree.name
  const kept = Object.entries(tree).filter(([key]) => key !== 'at')
  return Object.fromEntries(kept.map(([key, value]) => [key, plain(value)]))
}

type CreateTable = Extract<HiveStatement, { kind: 'create-table' }>
const createTable = (sql: string): CreateTable => parseStatement(sql) as CreateTable

for (const sql of DEFINITIONS)
  test(`parsed: ${sql.slice(0, 60)}`, () => {
    const { at } = parseStatement(sql)
    assert.deepEqual(at, { line: 1, column: 1, start: 0, end: sql.length })
  })

test('every clause of CREATE EXTERNAL TABLE', () => {
  const table = createTable(DEFINITIONS[2] as string)
  assert.deepEqual(plain(table), {
    kind: 'create-table',
    name: { parts: ['my-db', 't'] },
    external: true,
    ifNotExists: true,
    columns: [
      { name: '_a', type: 'int', comment: "it's" },
      { name: 'b', type: 'array<struct<type:string,x y:map<string,decimal(10,2)>>>' },
    ],
    comment: 'all of it',
    partitionedBy: [
      { name: 'y', type: 'string' },
      { name: 'm', type: 'int', comment: 'month' },
    ],
    clusteredBy: {
      columns: ['b', 'c'],
      sortedBy: [
        { column: 'b', descending: true },
        { column: 'c', descending: false },
      ],
      buckets: 4,
    },
    rowFormat: {
      kind: 'delimited',
      fieldsTerminatedBy: '\x01',
      escapedBy: '\\',
      collectionItemsTerminatedBy: '|',
      mapKeysTerminatedBy: '\x03',
      linesTerminatedBy: '\n',
      nullDefinedAs: '',
    },
    storedAs: { kind: 'format', format: 'TEXTFILE' },
    location: 's3://b/p/',
    properties: [
      { name: 'skip.header.line.count', value: '1' },
      { name: 'a', value: 'b' },
    ],
  })
})

test('serdes take their properties before or after the storage format', () => {
  for (const clauses of [
    "ROW FORMAT SERDE 'x' WITH SERDEPROPERTIES ('a'='b') STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o'",
    "ROW FORMAT SERDE 'x' STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o' WITH SERDEPROPERTIES ('a'='b')",
  ]) {
    const table = createTable(`CREATE EXTERNAL TABLE t (a int) ${clauses} LOCATION 's3://b/'`)
    assert.deepEqual(table.rowFormat, { kind: 'serde', library: 'x', properties: [{ name: 'a', value: 'b' }] })
    assert.deepEqual(table.storedAs, { kind: 'classes', inputFormat: 'i', outputFormat: 'o' })
  }
})

test('field names keep their case, types do not', () => {
  const { columns } = createTable(
    "CREATE EXTERNAL TABLE t (Ids STRUCT < principalId : STRING COMMENT 'x', B:Array<INT> >)",
  )
  assert.deepEqual(plain(columns), [{ name: 'Ids', type: 'struct<principalId:string,B:array<int>>' }])
})

test("Iceberg's partition transforms", () => {
  const { partitionedBy } = createTable(
    'CREATE TABLE t (a int) PARTITIONED BY (category, bucket(16, id), truncate(4, name), year(ts), month(ts), day(ts), hour(ts))',
  )
  assert.deepEqual(plain(partitionedBy), [
    { transform: 'identity', column: 'category' },
    { transform: 'bucket', column: 'id', argument: 16 },
    { transform: 'truncate', column: 'name', argument: 4 },
    ...['year', 'month', 'day', 'hour'].map((transform) => ({ transform, column: 'ts' })),
  ])
})

test('a column that is declared elsewhere may be called like a keyword', () => {
  const { partitionedBy } = createTable(
    'CREATE TABLE t (`partition` int, `date` date) PARTITIONED BY (partition, date)',
  )
  assert.deepEqual(plain(partitionedBy), [
    { transform: 'identity', column: 'partition' },
    { transform: 'identity', column: 'date' },
  ])
  assert.throws(() => parseStatement('CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (partition int)'), SqlError)
})

test("Hive's escapes in strings", () => {
  const cases: Record<string, string> = {
    "'\\001'": '\x01',
    "'\\t\\n\\r\\b\\0\\Z'": '\t\n\r\b\0\x1a',
    "'\\u00e9'": 'é',
    "'\\'\\\"\\\\'": '\'"\\',
    '"a\'b"': "a'b",
    "'\\%\\_\\x'": '\\%\\_x',
    "'a''b'": 'ab',
  }
  for (const [literal, value] of Object.entries(cases)) {
    const statement = parseStatement(`SHOW TABLES ${literal}`)
    assert.equal('pattern' in statement && statement.pattern, value, literal)
  }
})

test('partitions are added, dropped by comparison, renamed', () => {
  const added = parseStatement(DEFINITIONS.find((sql) => sql.includes('ADD IF NOT EXISTS')) as string)
  assert.deepEqual(plain('action' in added && added.action), {
    kind: 'add-partitions',
    ifNotExists: true,
    partitions: [
      {
        spec: [
          { column: 'dt', op: '=', value: '2016-05-14' },
          { column: 'country', op: '=', value: 'IN' },
        ],
        location: 's3://x/',
      },
      {
        spec: [
          { column: 'dt', op: '=', value: '2016-05-15' },
          { column: 'n', op: '=', value: '3' },
        ],
      },
    ],
  })
  const dropped = parseStatement("ALTER TABLE t DROP PARTITION (dt <= '2014-05-14', c != 'IN'), PARTITION (n > 3)")
  assert.deepEqual(plain('action' in dropped && dropped.action), {
    kind: 'drop-partitions',
    ifExists: false,
    specs: [
      [
        { column: 'dt', op: '<=', value: '2014-05-14' },
        { column: 'c', op: '<>', value: 'IN' },
      ],
      [{ column: 'n', op: '>', value: '3' }],
    ],
  })
})

test('SHOW COLUMNS names its database on either side', () => {
  for (const sql of ['SHOW COLUMNS FROM db.t', 'SHOW COLUMNS IN t FROM db']) {
    const statement = parseStatement(sql)
    assert.deepEqual(plain('table' in statement && statement.table), { parts: ['db', 't'] })
  }
})

test('the predicate of OPTIMIZE is an expression of Trino', () => {
  const statement = parseStatement("OPTIMIZE `my-db`.t REWRITE DATA USING BIN_PACK WHERE \"a b\" = 'it''s'")
  assert.equal(statement.kind, 'optimize')
  const where = statement.kind === 'optimize' ? plain(statement.where) : undefined
  assert.deepEqual(where, {
    kind: 'compare',
    op: '=',
    left: { kind: 'name', name: 'a b' },
    right: { kind: 'string', value: "it's" },
  })
})
