/** The guide's other optimisations: each is one question, asked in two ways or of two tables, over some weeks of orders. */
import { DATABASE } from './tour-statements.ts'

export interface Contrast {
  readonly title: string
  readonly before: Question
  readonly after: Question
}

export interface Question {
  readonly sql: string
  /** Take the result of the same question where there is one. */
  readonly reuses?: true
}

const DAYS = Array.from({ length: 16 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')}`)
const COLUMNS = 'order_id, customer_id, product_id, country, status, quantity, amount, browser, note'

const table = (bucket: string, name: string, codec: string, query: string): string =>
  `CREATE TABLE ${DATABASE}.${name} WITH (format = 'PARQUET', write_compression = '${codec}', external_location = 's3://${bucket}/${name}/') AS ${query}`

const some = (condition: string): string =>
  `SELECT ${COLUMNS} FROM ${DATABASE}.orders_parquet_by_day WHERE ${condition}`
const ALL_DAYS = `order_day BETWEEN '${DAYS[0]}' AND '${DAYS.at(-1)}'`

export const CONTRAST_TABLES = ['weeks_plain', 'weeks', 'weeks_zstd', 'weeks_sorted', 'weeks_small_files'] as const

export const contrastStatements = (bucket: string): string[] => [
  table(bucket, 'weeks_plain', 'NONE', some(ALL_DAYS)),
  table(bucket, 'weeks', 'SNAPPY', some(ALL_DAYS)),
  table(bucket, 'weeks_zstd', 'ZSTD', some(ALL_DAYS)),
  table(bucket, 'weeks_sorted', 'SNAPPY', `${some(ALL_DAYS)} ORDER BY customer_id`),
  table(bucket, 'weeks_small_files', 'SNAPPY', some(`order_day = '${DAYS[0]}'`)),
  ...DAYS.slice(1).map((day) => `INSERT INTO ${DATABASE}.weeks_small_files ${some(`order_day = '${day}'`)}`),
]

const every = COLUMNS.split(', ')
  .map((column) => `max(${column})`)
  .join(', ')
const texts = (name: string): Question => ({ sql: `SELECT max(note), max(browser) FROM ${DATABASE}.${name}` })
const customer = (name: string): Question => ({
  sql: `SELECT count(*), sum(amount) FROM ${DATABASE}.${name} WHERE customer_id BETWEEN 7000 AND 7100`,
})
const REPORT = `SELECT status, count(*) AS orders, sum(amount) AS revenue FROM ${DATABASE}.weeks GROUP BY status ORDER BY status`

export const CONTRASTS: readonly Contrast[] = [
  {
    title: 'all columns, or the two that are asked for',
    before: { sql: `SELECT ${every} FROM ${DATABASE}.weeks` },
    after: { sql: `SELECT max(customer_id), max(amount) FROM ${DATABASE}.weeks` },
  },
  { title: 'no compression, or Snappy', before: texts('weeks_plain'), after: texts('weeks') },
  { title: 'Snappy, or Zstandard', before: texts('weeks'), after: texts('weeks_zstd') },
  { title: 'row groups in any order, or sorted', before: customer('weeks'), after: customer('weeks_sorted') },
  {
    title: `${DAYS.length} small files, or one`,
    before: { sql: `SELECT sum(quantity) FROM ${DATABASE}.weeks_small_files` },
    after: { sql: `SELECT sum(quantity) FROM ${DATABASE}.weeks` },
  },
  {
    title: 'count(DISTINCT ...), or approx_distinct(...)',
    before: { sql: `SELECT count(DISTINCT order_id) FROM ${DATABASE}.orders_parquet` },
    after: { sql: `SELECT approx_distinct(order_id) FROM ${DATABASE}.orders_parquet` },
  },
  { title: 'asked again, or its result reused', before: { sql: REPORT }, after: { sql: REPORT, reuses: true } },
]
