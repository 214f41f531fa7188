/** The statements of the tour: everything is made by Athena's own SQL. */

export const DATABASE = 'tour'

/** What an order takes as a line of CSV, on average. */
export const ROW_BYTES = 470

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

/** A line of the tour, and the statements behind it. */
export interface Step {
  readonly what: string
  readonly statements: readonly string[]
}

const COLUMNS = 'order_id, customer_id, product_id, country, status, quantity, amount, browser, note'
const DAYS = 366
/** Athena writes at most a hundred partitions in one statement, so a year takes four. */
const DAYS_AT_ONCE = 92

export const prepareStatements = (): string[] => [
  `CREATE DATABASE IF NOT EXISTS ${DATABASE}`,
  ...LAYOUTS.map(({ table }) => `DROP TABLE IF EXISTS ${DATABASE}.${table}`),
]

export const buildSteps = (bucket: string, rows: number): Step[] => [
  { what: 'orders_csv: made up, written as CSV', statements: [ordersCsv(bucket, rows)] },
  {
    what: 'orders_parquet: converted by one CREATE TABLE AS',
    statements: [orders(bucket, 'orders_parquet', PARQUET, `SELECT ${COLUMNS}, order_day FROM ${DATABASE}.orders_csv`)],
  },
  { what: 'orders_csv_by_day: a folder per day', statements: byDay(bucket, 'orders_csv_by_day', CSV) },
  { what: 'orders_parquet_by_day: a folder per day', statements: byDay(bucket, 'orders_parquet_by_day', PARQUET) },
  { what: 'orders_projected: the same files, days by arithmetic', statements: [projected(bucket)] },
]

const CSV = "format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE'"
const PARQUET = "format = 'PARQUET', write_compression = 'SNAPPY'"

const orders = (bucket: string, table: string, properties: string, query: string): string =>
  `CREATE TABLE ${DATABASE}.${table} WITH (${properties}, external_location = 's3://${bucket}/${table}/') AS ${query}`

const COUNTRIES = ['AT', 'BR', 'CA', 'DE', 'ES', 'FR', 'GB', 'IN', 'IT', 'JP', 'MX', 'NL', 'PL', 'SE', 'US']
const STATES = ['pending', 'paid', 'shipped', 'returned', 'cancelled']
/** As shops keep them beside each order, whatever they are good for. */
const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML like Gecko) Chrome/120.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML like Gecko) Version/17.2 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML like Gecko) Mobile/15E148',
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML like Gecko) Chrome/120.0 Mobile Safari/537.36',
]

/** One of these for each order number; neighbours differ. */
const oneOf = (values: readonly string[], step: number): string =>
  `CASE n * ${step} % ${values.length} ${values.map((value, i) => `WHEN ${i} THEN '${value}'`).join(' ')} END`

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
       ${oneOf(COUNTRIES, 31)} AS country,
       ${oneOf(STATES, 17)} AS status,
       n * 13 % 9 + 1 AS quantity,
       CAST(CAST(n * 6700417 % 100000 AS decimal(5, 0)) * DECIMAL '0.01' AS decimal(10, 2)) AS amount,
       ${oneOf(BROWSERS, 23)} AS browser,
       concat('order ', CAST(n AS varchar), ' is to be left at door ', CAST(n * 271 % 9001 AS varchar),
         ' of the customer house; please ring twice and wait: the bell is slow and so are the people who live there; if nobody opens then leave it with the neighbour on the left who is at home in the mornings or take it back to the shop and write a card that says where it can be fetched') AS note,
       CAST(date_add('day', n * 48271 % ${DAYS}, DATE '2024-01-01') AS varchar) AS order_day
FROM (SELECT CAST(hi AS bigint) * ${inner} + lo AS n FROM ${outers} CROSS JOIN UNNEST(sequence(0, ${inner - 1})) AS b (lo)) AS numbers`,
  )
}

function byDay(bucket: string, table: string, properties: string): string[] {
  const statements: string[] = []
  for (let from = 0; from < DAYS; from += DAYS_AT_ONCE) {
    const [first, last] = [dayText(from), dayText(Math.min(from + DAYS_AT_ONCE, DAYS) - 1)]
    const query = `SELECT ${COLUMNS}, order_day FROM ${DATABASE}.orders_parquet WHERE order_day BETWEEN '${first}' AND '${last}'`
    statements.push(
      from === 0
        ? orders(bucket, table, `${properties}, partitioned_by = ARRAY['order_day']`, query)
        : `INSERT INTO ${DATABASE}.${table} ${query}`,
    )
  }
  return statements
}

const dayText = (day: number): string => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)

const projected = (bucket: string): string => `
CREATE EXTERNAL TABLE ${DATABASE}.orders_projected (
  order_id bigint, customer_id bigint, product_id bigint, country string, status string, quantity bigint, amount decimal(10,2), browser string, note string)
PARTITIONED BY (order_day string)
STORED AS PARQUET
LOCATION 's3://${bucket}/orders_parquet_by_day/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.order_day.type' = 'date',
  'projection.order_day.format' = 'yyyy-MM-dd',
  'projection.order_day.range' = '2024-01-01,2024-12-31')`
