/** Tables that Spark has written (tests/golden/spark.py), read as Spark itself reads them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const golden = (name: string): Buffer => readFileSync(new URL(`../../golden/spark/${name}`, import.meta.url))

interface SparkRow {
  readonly id: number
  readonly ok: boolean
  readonly tiny: number
  readonly small: number
  readonly whole: number
  readonly ratio: number
  readonly score: number
  readonly name: string | null
  readonly price: string
  readonly wide: string
  readonly day: string
  readonly at: string | null
  readonly items: readonly (number | null)[]
  readonly attrs: { readonly k: number }
  readonly place: { readonly city: string; readonly zip: number }
}
const EXPECTED = golden('expected.ndjson')
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as SparkRow)

const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value))
/** To the millisecond. */
const moment = (at: string | null): string | null => at && `${at}${at.includes('.') ? '' : '.000'}`.slice(0, 23)

const plainRow = ({ id, ok, tiny, small, whole, ratio, score, name, price, day, at }: SparkRow) => [
  ...[id, ok, tiny, small, whole].map(String),
  decimal(ratio),
  decimal(score),
  name,
  price,
  day,
  moment(at),
]
const nestedRow = ({ wide, items, attrs, place }: SparkRow) => [
  wide,
  `[${items.map((item) => item ?? 'null').join(', ')}]`,
  `{k=${attrs.k}}`,
  `{city=${place.city}, zip=${place.zip}}`,
]

const PLAIN = `id bigint, ok boolean, tiny tinyint, small smallint, whole int, ratio float, score double, name string,
  price decimal(10,2), day date, at timestamp`
// In the order of the files, for ORC is read by it.
const ALL = `${PLAIN.replace('day date', 'wide decimal(38,4), day date')}, items array<int>, attrs map<string,int>,
  place struct<city:string,zip:int>`

async function created(name: string, folder: string, file: string, columns: string, format: string): Promise<void> {
  await a.s3.send(new PutObjectCommand({ Bucket: 'data', Key: `${name}/${file}`, Body: golden(`${folder}/part`) }))
  await a.succeed(`CREATE EXTERNAL TABLE ${name} (${columns}) ${format} LOCATION 's3://data/${name}/'`)
}

/** Of the second before 1970 ORC's library for Java tells the one after it: so reads Spark, too, what it has written. */
const ofOrc = (row: SparkRow): SparkRow => (row.id === 1 ? { ...row, at: '1970-01-01 00:00:00.999' } : row)
/** JSON's numbers are read as floating ones: these have more digits. */
const ofJson = (row: SparkRow): SparkRow => ({ ...row, wide: '' })

for (const [folder, file, format, written = (row: SparkRow): SparkRow => row] of [
  ['parquet', 'part.zstd.parquet', 'STORED AS PARQUET'],
  // As Spark and Hive write moments unless told otherwise, long before and after what 64 bits of nanoseconds tell.
  ['parquet-int96', 'part.snappy.parquet', 'STORED AS PARQUET'],
  ['orc', 'part.snappy.orc', 'STORED AS ORC', ofOrc],
  ['avro', 'part.avro', 'STORED AS AVRO'],
  ['json', 'part.json.gz', "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'", ofJson],
] as const)
  test(`${folder} of Spark's`, async () => {
    const name = folder.replace('-', '_')
    await created(name, folder, file, ALL, format)
    const plain = 'id, ok, tiny, small, whole, ratio, score, name, price, day, at'
    const expected = EXPECTED.map((row) => written(row))
    assert.deepEqual(await a.rows(`SELECT ${plain} FROM ${name} ORDER BY id`), expected.map(plainRow))
    const wide = folder === 'json' ? "''" : 'wide'
    const nested = await a.rows(`SELECT ${wide}, items, attrs, place FROM ${name} ORDER BY id`)
    assert.deepEqual(nested, expected.map(nestedRow))
    const early = await a.rows(`SELECT id FROM ${name} WHERE at < TIMESTAMP '1677-01-01 00:00:00'`)
    assert.deepEqual(early, [['5']])
    const late = await a.rows(`SELECT id FROM ${name} WHERE at = TIMESTAMP '2262-04-12 00:00:00'`)
    assert.deepEqual(late, [['4']])
  })

test("CSV of Spark's", async () => {
  await created('csv', 'csv', 'part.csv', PLAIN, "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','")
  assert.deepEqual(await a.rows('SELECT * FROM csv ORDER BY id'), EXPECTED.map(plainRow))
})
