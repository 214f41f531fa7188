/** What PostgreSQL's own catalog says of its tables. */
import type { FieldDef } from 'pg'
import type { Json, SourceColumn, SourceTable } from '../../core/federation/connector.ts'
import { quotedName, quotedText } from '../../sql/quotation.ts'
import { emptySelect, type OwnQueryTable, subquery } from '../databases/own-query.ts'
import type { ColumnDeclaration } from './columns.ts'
import { typeOf } from './columns.ts'
import type { Session } from './session.ts'

/** What a scan of a table has to know again. */
export interface TableDetail {
  readonly oid: string
  /** `r` for a table, `p` for a partitioned one, `v` and `m` for views, `f` for a foreign table, `q` for a query. */
  readonly kind: string
  readonly declarations: readonly ColumnDeclaration[]
  /** Of PostgreSQL's own language, in place of a table. */
  readonly query?: string
}

export const detailOf = (table: SourceTable): TableDetail => table.detail as unknown as TableDetail

/** What stands in FROM. */
export function relationText(table: SourceTable): string {
  const { query } = detailOf(table)
  return query === undefined ? `${quotedName(table.schema)}.${quotedName(table.name)}` : subquery(query)
}

/** Those that hold what users have made, and that this user may look into. */
export async function schemaNames(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'USAGE')",
  )
  return rows.map(([name]) => name!)
}

const KINDS = "('r', 'p', 'v', 'm', 'f')"

export async function tableNames(session: Session, schema: string): Promise<readonly string[]> {
  const rows = await session.rows(
    `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = ${quotedText(schema)} AND relkind IN ${KINDS}`,
  )
  return rows.map(([name]) => name!)
}

/**
 * Names are folded; of several that fold alike, one that is spelled so is meant. PostgreSQL folds the letters of ASCII alone in
 * names, so of those with others each is looked at.
 */
export async function findTable(session: Session, schema: string, name: string): Promise<SourceTable | undefined> {
  const folds = (column: string, text: string) => `(lower(${column}) = ${quotedText(text)} OR ${column} ~ '[^ -~]')`
  const found = (await session.rows(
    `SELECT c.oid, relkind, nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${folds('nspname', schema)} AND ${folds('relname', name)} AND relkind IN ${KINDS}
     ORDER BY nspname = ${quotedText(schema)} DESC, relname = ${quotedText(name)} DESC`,
  )) as readonly string[][]
  const meant = found.find(([, , home, own]) => home!.toLowerCase() === schema && own!.toLowerCase() === name)
  if (!meant) return undefined
  const [oid, kind, nspname, relname] = meant
  const { columns, declarations } = await columnsOf(session, tableColumns(oid!))
  const detail: TableDetail = { oid: oid!, kind: kind!, declarations }
  return { schema: nspname!, name: relname!, columns, detail: detail as unknown as Json }
}

/** Of a query, which is prepared but reads no row. */
export async function describeQuery(session: Session, query: string): Promise<OwnQueryTable> {
  const fields = await session.fields(emptySelect(query))
  const { columns, declarations } = await columnsOf(session, queryColumns(fields))
  // The collation of what a query computes is not told.
  const blurred = declarations.map((declaration) => ({ ...declaration, isBlurred: true }))
  const detail: TableDetail = { oid: '0', kind: 'q', declarations: blurred, query }
  return { columns, detail }
}

async function columnsOf(session: Session, base: string) {
  const rows = await session.rows(columnQuery(base))
  const declarations = rows.map(
    ([, typeName, isArray, modifier, , isDeterministic]): ColumnDeclaration => ({
      typeName: typeName!,
      isArray: isArray === 't',
      modifier: Number(modifier),
      ...(isDeterministic === 'false' && { isBlurred: true }),
    }),
  )
  const columns = rows.map(
    ([column, , , , comment], i): SourceColumn => ({
      name: column!,
      type: typeOf(declarations[i]!),
      ...(comment !== null && { comment }),
    }),
  )
  return { columns, declarations }
}

const tableColumns = (oid: string): string => `
  SELECT attnum, attname, attcollation, atttypid, atttypmod, col_description(attrelid, attnum)
  FROM pg_attribute WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped`

function queryColumns(fields: readonly FieldDef[]): string {
  if (fields.length === 0) return "SELECT 0::int2, ''::name, 0::oid, 0::oid, 0, NULL::text WHERE false"
  const rows = fields.map(
    ({ name, dataTypeID, dataTypeModifier }, i) =>
      `(${i + 1}::int2, ${quotedText(name)}::name, 0::oid, ${dataTypeID}::oid, ${dataTypeModifier}, NULL::text)`,
  )
  return `VALUES ${rows.join(', ')}`
}

/** Domains are followed down to what they are made of, and arrays to their elements. */
const columnQuery = (columns: string): string => `
WITH RECURSIVE declared (attnum, attname, attcollation, type, modifier, comment) AS (${columns}), base AS (
  SELECT *, false AS through_array FROM declared
  UNION ALL
  SELECT attnum, attname, attcollation, CASE WHEN typtype = 'd' THEN typbasetype ELSE typelem END,
    CASE WHEN typtype = 'd' AND typtypmod >= 0 THEN typtypmod ELSE modifier END, comment, through_array OR typtype <> 'd'
  FROM base JOIN pg_type t ON t.oid = base.type
  WHERE typtype = 'd' OR (typcategory = 'A' AND typelem <> 0 AND typlen = -1)
)
SELECT attname, typname, through_array, modifier, comment, to_jsonb(l) ->> 'collisdeterministic'
FROM base JOIN pg_type t ON t.oid = base.type LEFT JOIN pg_collation l ON l.oid = attcollation
WHERE NOT (typtype = 'd' OR (typcategory = 'A' AND typelem <> 0 AND typlen = -1))
ORDER BY attnum`
