/** What PostgreSQL's own catalog says of its tables. */
import type { Json, SourceTable } from '../../core/federation/connector.ts'
import { quotedName, quotedText } from '../../sql/quotation.ts'
import type { ColumnDeclaration } from './columns.ts'
import { typeOf } from './columns.ts'
import type { Session } from './session.ts'

/** What a scan of a table has to know again. */
export interface TableDetail {
  readonly oid: string
  /** `r` for a table, `p` for a partitioned one, `v` and `m` for views, `f` for a foreign table. */
  readonly kind: string
  readonly declarations: readonly ColumnDeclaration[]
}

export const detailOf = (table: SourceTable): TableDetail => table.detail as unknown as TableDetail
export const fullName = ({ schema, name }: SourceTable): string => `${quotedName(schema)}.${quotedName(name)}`

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

/** Names are folded; of several that fold alike, one that is spelled so is meant. */
export async function findTable(session: Session, schema: string, name: string): Promise<SourceTable | undefined> {
  const [found] = await session.rows(
    `SELECT c.oid, relkind, nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE lower(nspname) = ${quotedText(schema)} AND lower(relname) = ${quotedText(name)} AND relkind IN ${KINDS}
     ORDER BY nspname = ${quotedText(schema)} DESC, relname = ${quotedText(name)} DESC LIMIT 1`,
  )
  if (!found) return undefined
  const [oid, kind, nspname, relname] = found as string[]
  const rows = await session.rows(columnQuery(oid!))
  const declarations = rows.map(
    ([, typeName, isArray, modifier, , isDeterministic]): ColumnDeclaration => ({
      typeName: typeName!,
      isArray: isArray === 't',
      modifier: Number(modifier),
      ...(isDeterministic === 'false' && { isBlurred: true }),
    }),
  )
  const detail: TableDetail = { oid: oid!, kind: kind!, declarations }
  return {
    schema: nspname!,
    name: relname!,
    columns: rows.map(([column, , , , comment], i) => ({
      name: column!,
      type: typeOf(declarations[i]!),
      ...(comment !== null && { comment }),
    })),
    detail: detail as unknown as Json,
  }
}

/** Domains are followed down to what they are made of, and arrays to their elements. */
const columnQuery = (oid: string): string => `
WITH RECURSIVE base AS (
  SELECT attnum, attname, attcollation, atttypid AS type, atttypmod AS modifier, false AS through_array
  FROM pg_attribute WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT attnum, attname, attcollation, CASE WHEN typtype = 'd' THEN typbasetype ELSE typelem END,
    CASE WHEN typtype = 'd' AND typtypmod >= 0 THEN typtypmod ELSE modifier END, through_array OR typtype <> 'd'
  FROM base JOIN pg_type t ON t.oid = base.type
  WHERE typtype = 'd' OR (typcategory = 'A' AND typelem <> 0 AND typlen = -1)
)
SELECT attname, typname, through_array, modifier, col_description(${oid}, attnum), to_jsonb(l) ->> 'collisdeterministic'
FROM base JOIN pg_type t ON t.oid = base.type LEFT JOIN pg_collation l ON l.oid = attcollation
WHERE NOT (typtype = 'd' OR (typcategory = 'A' AND typelem <> 0 AND typlen = -1))
ORDER BY attnum`
