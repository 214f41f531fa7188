/** Which tables a statement names, as it is written: all that is known of one that came to nothing. */
import type { QualifiedName, Statement } from '../../sql/ast.ts'
import type { NameContext } from './context.ts'
import type { TableRead } from './table-reads.ts'

type Part = Readonly<Record<string, unknown>>

const isName = (value: unknown): value is QualifiedName =>
  typeof value === 'object' && value !== null && Array.isArray((value as { parts?: unknown }).parts)

/** Each once, without the queries that the statement names itself. No columns: which they would be is not known. */
export function namedTables(statement: Statement, context: Pick<NameContext, 'catalog' | 'database'>): TableRead[] {
  const found = new Map<string, TableRead>()
  const own = new Set<string>()
  const add = ({ parts }: QualifiedName): void => {
    const names = parts.map(({ name }) => name.toLowerCase())
    const table = names.pop()!
    if (names.length === 0 && own.has(table)) return
    const { database, catalog } = context
    const name = `${names.pop() ?? database}.${table}`
    const of = names.pop() ?? catalog
    // The lake's own catalog goes without saying, as where tables are read.
    found.set(`${of}.${name}`, { name, ...(of !== 'awsdatacatalog' && { catalog: of }), columns: [] })
  }
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'object' && value !== null) visitPart(value as Part)
  }
  const visitPart = (part: Part): void => {
    const queries = (part.with as { queries?: readonly { name: { name: string } }[] } | undefined)?.queries ?? []
    for (const { name } of queries) own.add(name.name.toLowerCase())
    // Functions have names too.
    if (!('args' in part)) for (const name of [part.name, part.table]) if (isName(name)) add(name)
    Object.values(part).forEach(visit)
  }
  visit(statement)
  return [...found.values()]
}
