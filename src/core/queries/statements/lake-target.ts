import type { QualifiedName } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'
import type { SourceCatalog } from '../../federation/source-catalogs.ts'
import { isGlueCatalog, type NameContext } from '../context.ts'
import { type FullTableName, qualifiedName } from '../table-resolver.ts'

/**
 * The name of what a statement writes: sources are only read, and refuse `what` in the words of Trino's connectors
 * (docs: athena ug, connectors-postgresql, "Write DDL operations are not supported").
 */
export function lakeTarget(name: QualifiedName, what: string, context: NameContext): FullTableName {
  const full = qualifiedName(
    name.parts.map((part) => part.name),
    context,
  )
  if (sourceNamed(full.catalog, context))
    throw new SqlError('NOT_SUPPORTED', `This connector does not support ${what}`, name.at)
  return full
}

/** `name` is folded. */
export const sourceNamed = (name: string, context: NameContext): SourceCatalog | undefined =>
  isGlueCatalog(name, context) ? undefined : context.sourceCatalogs.find(name)
