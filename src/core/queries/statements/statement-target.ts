/** What a statement that is no query is about: an object of the lake. Sources are only read. */
import type { QualifiedName, Statement } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { SourceCatalog } from '../../federation/source-catalogs.ts'
import { isGlueCatalog, type NameContext } from '../context.ts'
import { type FullTableName, qualifiedName } from '../table-resolver.ts'

export const lakeTarget = (name: QualifiedName, context: NameContext): FullTableName =>
  qualifiedName(
    name.parts.map((part) => part.name),
    context,
  )

/** `name` is folded. */
export const sourceNamed = (name: string, context: NameContext): SourceCatalog | undefined =>
  isGlueCatalog(name, context) ? undefined : context.sourceCatalogs.find(name)

/** Whether by the catalog that it names or by the context's (docs: athena ug, federated-queries, "Write operations"). */
export function refuseSources(statement: Statement, context: NameContext): void {
  const target = targetOf(statement)
  if (target === undefined) return
  const catalog = target === 'database' ? context.catalog : (target.parts.at(-3)?.name.toLowerCase() ?? context.catalog)
  if (!sourceNamed(catalog, context)) return
  throw new SqlError('NOT_SUPPORTED', 'This operation is currently not supported for external catalogs')
}

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
