/** Trino's hidden table `t$partitions` (docs: athena ug, show-partitions), answered as a query over VALUES. */
import { quotedName, quotedText } from '../../sql/quotation.ts'
import { typeName } from '../../sql/types.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { DEFAULT_PARTITION } from './partition-values.ts'
import { tableLayout } from './table-layout.ts'

const SUFFIX = '$partitions'

/** The table whose partitions a name asks for, if it is such a name. */
export const partitionedName = (name: string): string | undefined =>
  name.endsWith(SUFFIX) && name.length > SUFFIX.length ? name.slice(0, -SUFFIX.length) : undefined

/** Between the values of a partition, and between partitions: in one text, which costs a parser next to nothing. */
const VALUE_END = '\x1f'
const ROW_END = '\x1e'
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what values seldom hold
const ENDS = /[\x1e\x1f]/

/** The text of a query with a row for each partition in the catalog; undefined for a table without partition columns. */
export function partitionsTable(catalog: Catalog, scope: Scope, table: Table): string | undefined {
  const keys = tableLayout(table).partitionKeys
  if (keys.length === 0) return undefined
  const rows = [...catalog.partitions.values(scope, table.database, table.descriptor.Name)]
  const items = keys.map(({ name, type }, i) => `CAST(c${i} AS ${typeName(type)}) AS ${quotedName(name)}`)
  const plain = rows.length > 0 && !rows.some((values) => values.some((value) => ENDS.test(value)))
  return `SELECT ${items.join(', ')} FROM ${plain ? splitRows(rows, keys.length) : valueRows(rows, keys.length)}`
}

function splitRows(rows: readonly (readonly string[])[], count: number): string {
  const text = quotedText(rows.map((values) => values.join(VALUE_END)).join(ROW_END))
  const columns = Array.from({ length: count }, (_, i) => `NULLIF(v[${i + 1}], '${DEFAULT_PARTITION}') AS c${i}`)
  const lines = `SELECT split(line, ${quotedText(VALUE_END)}) AS v FROM UNNEST(split(${text}, ${quotedText(ROW_END)})) AS l (line)`
  return `(SELECT ${columns.join(', ')} FROM (${lines}))`
}

function valueRows(rows: readonly (readonly string[])[], count: number): string {
  const columns = Array.from({ length: count }, (_, i) => `c${i}`).join(', ')
  const nothing = `(${Array.from({ length: count }, () => 'CAST(NULL AS varchar)').join(', ')})`
  const texts = rows.map((values) => `(${values.map(valueLiteral).join(', ')})`)
  if (texts.length > 0) return `(VALUES ${texts.join(', ')}) AS t (${columns})`
  return `(VALUES ${nothing}) AS t (${columns}) WHERE false`
}

const valueLiteral = (value: string): string =>
  value === DEFAULT_PARTITION ? 'CAST(NULL AS varchar)' : quotedText(value)
