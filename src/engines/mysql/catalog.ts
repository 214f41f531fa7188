/** What MySQL's information schema says of its tables. */
import type { Json, SourceTable } from '../../core/federation/connector.ts'
import { quotedText } from '../../sql/quotation.ts'
import { emptySelect, type OwnQueryTable, subquery } from '../databases/own-query.ts'
import { type ColumnDeclaration, typeOf } from './columns.ts'
import { declarationOf } from './result-columns.ts'
import type { Row, Session } from './session.ts'

/** What a scan of a table has to know again. */
export interface TableDetail {
  readonly declarations: readonly ColumnDeclaration[]
  /** Of MySQL's own language, in place of a table. */
  readonly query?: string
}

export const detailOf = (table: SourceTable): TableDetail => table.detail as unknown as TableDetail

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const texts = (row: Row): string[] => row.map((cell) => cell?.toString('utf8') ?? '')

/** What stands in FROM. */
export function relationText(table: SourceTable): string {
  const { query } = detailOf(table)
  return query === undefined ? `${quoted(table.schema)}.${quoted(table.name)}` : subquery(query)
}

const OWN = "('information_schema', 'mysql', 'performance_schema', 'sys')"

export async function schemaNames(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(`SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ${OWN}`)
  return rows.map((row) => texts(row)[0]!)
}

export async function tableNames(session: Session, schema: string): Promise<readonly string[]> {
  const rows = await session.rows(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = ${quotedText(schema)}`,
  )
  return rows.map((row) => texts(row)[0]!)
}

/** Names are folded; of several that fold alike, one that is spelled so is meant. */
export async function findTable(session: Session, schema: string, name: string): Promise<SourceTable | undefined> {
  const [found] = await session.rows(
    `SELECT table_schema, table_name FROM information_schema.tables
     WHERE lower(table_schema) = ${quotedText(schema)} AND lower(table_name) = ${quotedText(name)}
     ORDER BY BINARY table_schema = ${quotedText(schema)} DESC, BINARY table_name = ${quotedText(name)} DESC LIMIT 1`,
  )
  if (!found) return undefined
  const [inSchema, spelled] = texts(found) as [string, string]
  const rows = await session.rows(
    `SELECT column_name, data_type, column_type, numeric_precision, numeric_scale, column_comment
     FROM information_schema.columns WHERE table_schema = ${quotedText(inSchema)} AND table_name = ${quotedText(spelled)}
     ORDER BY ordinal_position`,
  )
  // A view whose tables have changed has none; the server says why.
  if (rows.length === 0) await session.fields(`SELECT * FROM ${quoted(inSchema)}.${quoted(spelled)} LIMIT 0`)
  const columns = rows.map((row) => {
    const [column, dataType, columnType, precision, scale, comment] = texts(row) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    return {
      column,
      comment,
      declaration: { dataType, columnType, precision: Number(precision), scale: Number(scale) },
    }
  })
  const detail: TableDetail = { declarations: columns.map(({ declaration }) => declaration) }
  return {
    schema: inSchema,
    name: spelled,
    columns: columns.map(({ column, comment, declaration }) => ({
      name: column,
      type: typeOf(declaration),
      ...(comment !== '' && { comment }),
    })),
    detail: detail as unknown as Json,
  }
}

/** Of a query, which yields no row. */
export async function describeQuery(session: Session, query: string): Promise<OwnQueryTable> {
  const fields = await session.fields(emptySelect(query))
  const declarations = fields.map(declarationOf)
  const detail: TableDetail = { declarations, query }
  return { columns: fields.map(({ name }, i) => ({ name, type: typeOf(declarations[i]!) })), detail }
}
