/** The statements of the tour: everything is made by Athena's own SQL. */

export const DATABASE = 'tour'

/** What an order takes as a line of CSV, on average. */
export const ROW_BYTES = 170

export const LAYOUTS = [
  { title: 'CSV', table: 'orders_csv' },
  { title: 'CSV, a partition per day', table: 'orders_csv_by_day' },
  { title: 'Parquet', table: 'orders_parquet' },
  { title: 'Parquet, a partition per day', table: 'orders_parquet_by_day' },
  { title: 'Parquet, per day, projected', table: 'orders_projected' },
] as const

export const lessonQuery = (table: string): string => `
SELECT country, count(*) AS orders, sum(amount) AS revenue, approx_distinct(customer_id) AS customers
FROM ${DATABASE}.${table}
WHERE order_day BETWEEN '2024-06-01' AND '2024-06-30'
GROUP BY country
ORDER BY country`

interface Step {
  readonly what: string
  readonly sql: string
}

const COLUMNS = 'order_id, customer_id, product_id, country, status, quantity, amount, note'
const DAYS = 366
/** Athena writes at most a hundred partitions in one statement, so a year takes four. */
const DAYS_AT_ONCE = 92

export function buildStatements(bucket: string, rows: number): Step[] {
  return [
    { what: 'a database', sql: `CREATE DATABASE IF NOT EXISTS ${DATABASE}` },
    ...LAYOUTS.map(({ table }) => ({ what: `a place for ${table}`, sql: `DROP TABLE IF EXISTS ${DATABASE}.${table}` })),
    { what: 'orders_csv: made up, written as plain CSV', sql: ordersCsv(bucket, rows) },
    {
      what: 'orders_parquet: converted by CREATE TABLE AS',
      sql: orders(bucket, 'orders_parquet', PARQUET, `SELECT ${COLUMNS}, order_day FROM ${DATABASE}.orders_csv`),
    },
    ...byDay(bucket, 'orders_csv_by_day', CSV),
    ...byDay(bucket, 'orders_parquet_by_day', PARQUET),
    { what: 'orders_projected: the same files, partitions by arithmetic', sql: projected(bucket) },
  ]
}

const CSV = "format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE'"
const PARQUET = "format = 'PARQUET', write_compression = 'SNAPPY'"

const orders = (bucket: string, table: string, properties: string, query: string): string =>
  `CREATE TABLE ${DATABASE}.${table} WITH (${properties}, external_location = 's3://${bucket}/${table}/') AS ${query}`

/** Numbers that look random and come out the same every time. */
function ordersCsv(bucket: string, rows: number): string {
  const inner = Math.min(rows, 1000)
  const outer = Math.ceil(rows / inner)
  const outers =
    outer <= 10_000
      ? `UNNEST(sequence(0, ${outer - 1})) AS a (hi)`
      : `(SELECT h1 * 1000 + h2 AS hi FROM UNNEST(sequence(0, ${Math.ceil(outer / 1000) - 1})) AS a1 (h1) CROSS JOIN UNNEST(sequence(0, 999)) AS a2 (h2)) AS a`
  return orders(
    bucket,
    'orders_csv',
    CSV,
    `
SELECT n AS order_id,
       n * 7919 % 250007 AS customer_id,
       n * 104729 % 9973 AS product_id,
       element_at(ARRAY['AT','BR','CA','DE','ES','FR','GB','IN','IT','JP','MX','NL','PL','SE','US'], CAST(n * 31 % 15 + 1 AS integer)) AS country,
       element_at(ARRAY['pending','paid','shipped','returned','cancelled'], CAST(n * 17 % 5 + 1 AS integer)) AS status,
       n * 13 % 9 + 1 AS quantity,
       CAST(CAST(n * 6700417 % 100000 AS decimal(12, 2)) / 100 AS decimal(10, 2)) AS amount,
       concat('order ', CAST(n AS varchar), ' was placed by customer ', CAST(n * 7919 % 250007 AS varchar), ' and will be delivered to door ', CAST(n * 271 % 9001 AS varchar)) AS note,
       CAST(date_add('day', n * 48271 % ${DAYS}, DATE '2024-01-01') AS varchar) AS order_day
FROM (SELECT CAST(hi AS bigint) * ${inner} + lo AS n FROM ${outers} CROSS JOIN UNNEST(sequence(0, ${inner - 1})) AS b (lo)) AS numbers`,
  )
}

function byDay(bucket: string, table: string, properties: string): Step[] {
  const steps: Step[] = []
  for (let from = 0; from < DAYS; from += DAYS_AT_ONCE) {
    const [first, last] = [dayText(from), dayText(Math.min(from + DAYS_AT_ONCE, DAYS) - 1)]
    const query = `SELECT ${COLUMNS}, order_day FROM ${DATABASE}.orders_parquet WHERE order_day BETWEEN '${first}' AND '${last}'`
    const sql =
      from === 0
        ? orders(bucket, table, `${properties}, partitioned_by = ARRAY['order_day']`, query)
        : `INSERT INTO ${DATABASE}.${table} ${query}`
    steps.push({ what: `${table}: ${first} to ${last}`, sql })
  }
  return steps
}

const dayText = (day: number): string => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)

const projected = (bucket: string): string => `
CREATE EXTERNAL TABLE ${DATABASE}.orders_projected (
  order_id bigint, customer_id bigint, product_id bigint, country string, status string, quantity bigint, amount decimal(10,2), note string)
PARTITIONED BY (order_day string)
STORED AS PARQUET
LOCATION 's3://${bucket}/orders_parquet_by_day/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.order_day.type' = 'date',
  'projection.order_day.format' = 'yyyy-MM-dd',
  'projection.order_day.range' = '2024-01-01,2024-12-31')`
