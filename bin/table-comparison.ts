/** Whether a table that was written anew holds what the old one does, by counts and measures of every column. */
import { quotedName, quotedText } from '../src/sql/quotation.ts'

export interface ComparedTables {
  readonly database: string
  readonly written: string
  readonly old: string
}

type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>

/** Answers how many rows both have. Throws where one has others, or other values. */
export async function requireSame(ask: Ask, { database, written, old }: ComparedTables): Promise<string> {
  const columns = await ask(
    `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ${quotedText(database)} AND table_name = ${quotedText(written)}`,
  )
  const measures = columns.flatMap(([name, type]) => measuresOf(name!, type!).map((sql) => ({ name, sql })))
  const list = ['count(*)', ...measures.map(({ sql }) => sql)].join(', ')
  const measured = async (table: string) =>
    (await ask(`SELECT ${list} FROM ${quotedName(database)}.${quotedName(table)}`))[0]!
  const [rows, ...values] = await measured(written)
  const [oldRows, ...oldValues] = await measured(old)
  if (rows !== oldRows)
    throw new Error(
      `${database}.${written} has ${rows} rows and ${database}.${old} ${oldRows}: somebody wrote to it meanwhile. Both are left as they are`,
    )
  const different = new Set(measures.flatMap(({ name }, i) => (values[i] === oldValues[i] ? [] : [name])))
  if (different.size > 0)
    throw new Error(
      `${database}.${written} has other values than ${database}.${old} in ${[...different].join(', ')}: its format does not hold them, or somebody wrote meanwhile. Both are left as they are`,
    )
  return rows!
}

const NESTED = /^(array|map|row)\b/
const TEXT = /^(varchar|char|varbinary)\b/
const WHOLE = /^(tinyint|smallint|integer|bigint)$/

/**
 * What tells the values of two columns apart in whatever order they come, about as fast as they are read: CHECKSUM takes
 * seconds for a million. `type`: as Trino spells it. Bytes inside of other values are not looked at: JSON has none.
 */
function measuresOf(name: string, type: string): string[] {
  const column = quotedName(name)
  if (type === 'boolean') return [`count(${column})`, `count_if(${column})`]
  if (NESTED.test(type) && type.includes('varbinary')) return [`count(${column})`]
  const value = NESTED.test(type) ? `json_format(CAST(${column} AS JSON))` : column
  const measures = [`count(${column})`, `min(${value})`, `max(${value})`, `approx_distinct(${value})`]
  if (NESTED.test(type) || TEXT.test(type)) return [...measures, `sum(length(${value}))`]
  return WHOLE.test(type) ? [...measures, `sum(CAST(${column} AS decimal(38, 0)))`] : measures
}
