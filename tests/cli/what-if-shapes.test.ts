/** `--what-if` of tables that lie and are filled as unlike as can be: each change made once, and three queries of it compared. */
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { ChangedTables, CSV, numbers } from './changed-tables.ts'

let lake: AthenaLake
let tables: ChangedTables
before(async () => {
  lake = await athenaLake()
  tables = new ChangedTables(lake)
})
after(() => lake.close())

const JSON_TEXT = "format = 'JSON', write_compression = 'NONE'"
const PARQUET = "format = 'PARQUET', write_compression = 'SNAPPY'"
/** A text that no compression makes much of. */
const token = (n: string) => `to_hex(md5(to_utf8(CAST(${n} AS varchar))))`

interface Shape {
  readonly properties: string
  readonly columns: string
  readonly thousands: number
  readonly changes: readonly string[]
  readonly queries: readonly string[]
}

const SHAPES: Readonly<Record<string, Shape>> = {
  'few values, again and again': {
    properties: CSV,
    columns: "n % 3 AS a, IF(n % 7 = 0, 'yes', 'no') AS flag, n % 12 AS month, n % 5 AS b",
    thousands: 300,
    changes: ['parquet', 'zstd', 'partition:month'],
    queries: [
      'SELECT sum(a) FROM TABLE',
      'SELECT max(flag) FROM TABLE WHERE month = 3',
      'SELECT sum(b) FROM TABLE GROUP BY flag',
    ],
  },
  'no value twice': {
    properties: JSON_TEXT,
    columns: `n AS id, ${token('n')} AS token, n * 7919 % 1000003 AS k`,
    thousands: 130,
    changes: ['parquet', 'zstd', 'parquet,zstd'],
    queries: ['SELECT max(token) FROM TABLE', 'SELECT sum(k) FROM TABLE WHERE id < 1000', 'SELECT * FROM TABLE'],
  },
  sorted: {
    properties: PARQUET,
    columns: "n AS id, n / 100 AS part, CAST(n AS double) / 3 AS x, concat('item ', CAST(n / 7 AS varchar)) AS name",
    thousands: 260,
    changes: ['zstd', 'compact'],
    queries: [
      'SELECT sum(part) FROM TABLE',
      'SELECT max(name) FROM TABLE WHERE id BETWEEN 1000 AND 2000',
      'SELECT sum(x) FROM TABLE',
    ],
  },
  shuffled: {
    properties: PARQUET,
    columns:
      "n * 104729 % 1000003 AS id, n * 31 % 1511 AS part, CAST(n * 7 % 9973 AS double) / 3 AS x, concat('item ', CAST(n * 8191 % 20011 AS varchar)) AS name",
    thousands: 260,
    changes: ['zstd', 'sort:id'],
    queries: [
      'SELECT sum(part) FROM TABLE',
      'SELECT max(name) FROM TABLE WHERE id BETWEEN 1000 AND 2000',
      'SELECT sum(x) FROM TABLE',
    ],
  },
  'sixty columns': {
    properties: "format = 'TEXTFILE', field_delimiter = ',', write_compression = 'GZIP'",
    columns: Array.from({ length: 60 }, (_, i) => `n * ${i + 3} % ${5 + i * 37} AS c${i}`).join(', '),
    thousands: 30,
    changes: ['parquet', 'parquet,partition:c0'],
    queries: [
      'SELECT sum(c50) FROM TABLE',
      'SELECT sum(c1), sum(c2), sum(c59) FROM TABLE',
      'SELECT sum(c30) FROM TABLE WHERE c0 = 2',
    ],
  },
  'long texts': {
    properties: "format = 'JSON', write_compression = 'GZIP'",
    columns: `n AS id, concat(${token('n')}, ' is a long text about order ', CAST(n % 1000 AS varchar), rpad('', CAST(n % 300 AS integer), 'lorem ipsum ')) AS body, n % 9 AS kind`,
    thousands: 40,
    changes: ['parquet', 'zstd', 'parquet,partition:kind'],
    queries: [
      'SELECT max(body) FROM TABLE',
      'SELECT sum(id) FROM TABLE WHERE kind = 4',
      'SELECT max(body) FROM TABLE WHERE kind = 4',
    ],
  },
  'mostly nothing': {
    properties: CSV,
    columns: `n AS id, IF(n % 50 = 0, n * 7, NULL) AS rare, IF(n % 3 = 0, ${token('n')}, NULL) AS some, CAST(NULL AS varchar) AS never`,
    thousands: 130,
    changes: ['parquet', 'zstd'],
    queries: [
      'SELECT sum(rare) FROM TABLE',
      'SELECT max(some), max(never) FROM TABLE',
      'SELECT count(*) FROM TABLE WHERE rare > 100',
    ],
  },
  'filled otherwise as it grew': {
    properties: CSV,
    columns: `n AS id, IF(n < 400000, 'starting', ${token('n')}) AS message, n % 3 AS kind`,
    thousands: 600,
    changes: ['parquet', 'orc'],
    queries: ['SELECT max(message) FROM TABLE', 'SELECT max(message) FROM TABLE WHERE kind = 1'],
  },
  'stripes of many rows': {
    properties: "format = 'ORC', write_compression = 'ZLIB'",
    columns: `n AS id, ${token('n')} AS token, CAST(from_unixtime(1700000000 + n) AS timestamp) AS at, date_add('day', n * 7919 % 1000, DATE '2024-01-01') AS day`,
    thousands: 1200,
    changes: ['zstd', 'compact'],
    queries: [
      'SELECT max(token) FROM TABLE WHERE id < 1000',
      "SELECT max(token) FROM TABLE WHERE day = DATE '2024-02-03'",
      "SELECT max(token) FROM TABLE WHERE at > TIMESTAMP '2023-11-25 00:00:00'",
    ],
  },
  'most of it in one partition': {
    properties: CSV,
    columns: `n AS id, CASE WHEN n % 100 < 90 THEN 'main' WHEN n % 100 < 99 THEN 'side' ELSE concat('tiny', CAST(n % 7 AS varchar)) END AS shop, concat('note ', CAST(n * 31 % 5003 AS varchar)) AS note`,
    thousands: 150,
    changes: ['partition:shop', 'parquet,partition:shop', 'zstd,partition:shop'],
    queries: [
      "SELECT max(note) FROM TABLE WHERE shop = 'main'",
      "SELECT max(note) FROM TABLE WHERE shop = 'side'",
      "SELECT sum(id) FROM TABLE WHERE shop = 'tiny3'",
    ],
  },
}

for (const [i, [name, { properties, columns, thousands, changes, queries }]] of Object.entries(SHAPES).entries())
  test(name, async () => {
    const table = `shape_${i}`
    await tables.create(table, properties, `SELECT ${columns} FROM ${numbers(thousands)}`)
    for (const change of changes) {
      let to: string | undefined
      for (const query of queries) {
        const estimated = await tables.estimate(table, query, change)
        to ??= await tables.make(estimated)
        await tables.compare(`${name}, were it ${change}`, query, estimated, to)
      }
    }
  })
