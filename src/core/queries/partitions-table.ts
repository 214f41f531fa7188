/** Trino's hidden table `t$partitions` (docs: athena ug, show-partitions), answered as a query over VALUES. */
import { typeName } from '../../sql/types.ts'
import type { Catalog, Partition, Scope, Table } from '../catalog/catalog.ts'
import { DEFAULT_PARTITION } from './partition-values.ts'
import { tableLayout } from './table-layout.ts'

const SUFFIX = '$partitions'

/** The table whose partitions a name asks for, if it is such a name. */
export const partitionedName = (name: string): string | undefined =>
  name.endsWith(SUFFIX) && name.length > SUFFIX.length ? name.slice(0, -SUFFIX.length) : undefined

/** The text of a query with a row for each partition in the catalog; undefined for a table without partition columns. */
export function partitionsTable(catalog: Catalog, scope: Scope, table: Table): string | undefined {
  const keys = tableLayout(table).partitionKeys
  if (keys.length === 0) return undefined
  const rows = [...partitions(catalog, scope, table)].map(
    ({ descriptor }) => `(${descriptor.Values.map(literal).join(', ')})`,
  )
  const items = keys.map(({ name, type }, i) => `CAST(c${i} AS ${typeName(type)}) AS "${name.replaceAll('"', '""')}"`)
  const columns = keys.map((_, i) => `c${i}`)
  const nothing = `(${columns.map(() => 'CAST(NULL AS varchar)').join(', ')})`
  const from = `(VALUES ${rows.length > 0 ? rows.join(', ') : nothing}) AS t (${columns.join(', ')})`
  return `SELECT ${items.join(', ')} FROM ${from}${rows.length > 0 ? '' : ' WHERE false'}`
}

const literal = (value: string): string =>
  value === DEFAULT_PARTITION ? 'CAST(NULL AS varchar)' : `'${value.replaceAll("'", "''")}'`

function* partitions(catalog: Catalog, scope: Scope, { database, descriptor }: Table): Generator<Partition> {
  for (let after: string | undefined; ; ) {
    const page = catalog.partitions.list(scope, database, descriptor.Name, { after, limit: 10_000 })
    yield* page.partitions
    if (page.next === undefined) return
    after = page.next
  }
}
