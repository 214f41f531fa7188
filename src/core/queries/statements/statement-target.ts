/** What a statement that is no query is about, and where that lies: in a catalog of the lake. Sources are only read. */
import type { QualifiedName, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import { isTableBucketScope } from '../../table-buckets/table-buckets.ts'
import { type NameContext, type QueryContext, sourceNamed } from '../context.ts'
import { type FullTableName, qualifiedName } from '../table-resolver.ts'

export const lakeTarget = (name: QualifiedName, context: NameContext): FullTableName =>
  qualifiedName(
    name.parts.map((part) => part.name),
    context,
  )

/** What the statement changes or tells of lies where its name says; what it reads is named from where it was. */
export function inItsCatalog<C extends NameContext>(statement: Statement, context: C): C {
  const name = catalogNamed(statement)
  const catalog = name === undefined ? undefined : context.lakeCatalogs.find(name)
  return catalog ? { ...context, scope: catalog.scope } : context
}

/** Folded, where the statement spells it out. */
export function catalogNamed(statement: Statement): string | undefined {
  switch (statement.kind) {
    case 'explain':
      return catalogNamed(statement.statement)
    case 'show-databases':
      return statement.catalog?.name.toLowerCase()
    case 'show-tables':
    case 'show-views':
      return statement.database?.parts.at(-2)?.name.toLowerCase()
    case 'show-columns':
    case 'describe':
      return catalogOf(statement.table)
    default: {
      const target = targetOf(statement)
      return target === undefined || target === 'database' ? undefined : catalogOf(target)
    }
  }
}

const catalogOf = (name: QualifiedName): string | undefined => name.parts.at(-3)?.name.toLowerCase()

/** Whether by the catalog that it names or by the context's (docs: athena ug, federated-queries, "Write operations"). */
export function refuseSources(statement: Statement, context: NameContext): void {
  if (targetOf(statement) === undefined) return
  if (!sourceNamed(catalogNamed(statement) ?? context.catalog, context)) return
  throw notSupported('This operation is currently not supported for external catalogs')
}

/** Definitions that Hive runs, and Trino does not. */
export const HIVE_DDL: ReadonlySet<Statement['kind']> = new Set([
  'create-database',
  'drop-database',
  'alter-database',
  'create-table',
  'drop-table',
  'alter-table',
  'msck-repair',
])
const DDL: ReadonlySet<Statement['kind']> = new Set([...HIVE_DDL, 'create-view', 'drop-view'])
const ROW_WRITES: ReadonlySet<Statement['kind']> = new Set(['insert', 'delete', 'update', 'merge'])

/** What Athena does not do to S3 Tables (docs: athena ug, gdc-register-s3-table-bucket-cat, "Considerations and limitations"). */
export function refuseInTableBuckets(statement: Statement, context: QueryContext): void {
  if (!isTableBucketScope(context.scope)) return
  const catalog = catalogNamed(statement) ?? context.catalog
  if (DDL.has(statement.kind) && context.lakeCatalogs.find(catalog)?.refusesDdl)
    throw notSupported('DDL queries on S3 Tables registered as Athena data sources are not supported')
  const refused = refusedKind(statement)
  if (refused !== undefined) throw notSupported(`${refused} is not supported for S3 Tables`)
  const encrypts = context.rooms.files.seals || context.protection.encryption?.algorithm === 'aws:kms'
  if (encrypts && ROW_WRITES.has(statement.kind))
    throw notSupported('Write operations on S3 Tables are not supported in workgroups that encrypt under KMS keys')
}

function refusedKind(statement: Statement): string | undefined {
  switch (statement.kind) {
    case 'create-view':
      return 'CREATE VIEW'
    case 'alter-database':
      return 'ALTER DATABASE'
    case 'alter-table':
      return statement.action.kind === 'rename' ? 'ALTER TABLE RENAME' : undefined
    case 'optimize':
      return 'OPTIMIZE'
    case 'vacuum':
      return 'VACUUM'
    default:
      return undefined
  }
}

const notSupported = (text: string): SqlError => new SqlError('NOT_SUPPORTED', text)

/** A name of one part tells a database, and no catalog. Undefined where there is none, or a source may be meant. */
function targetOf(statement: Statement): QualifiedName | 'database' | undefined {
  switch (statement.kind) {
    case 'create-database':
    case 'drop-database':
    case 'alter-database':
      return 'database'
    case 'create-table':
    case 'create-table-as':
    case 'drop-table':
    case 'alter-table':
    case 'msck-repair':
    case 'create-view':
    case 'drop-view':
      return statement.name
    case 'insert':
    case 'delete':
    case 'update':
    case 'merge':
    case 'optimize':
    case 'vacuum':
    case 'show-partitions':
    case 'show-create-table':
    case 'show-create-view':
    case 'show-tblproperties':
    case 'describe-view':
      return statement.table
    default:
      return undefined
  }
}
