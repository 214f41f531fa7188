/** What differs between two versions of a table in the catalog, a line each. */

export interface GlueColumn {
  readonly Name: string
  readonly Type?: string
  readonly Comment?: string
}
/** A table as GetTable tells it. */
export interface GlueTable {
  readonly Name: string
  readonly PartitionKeys?: readonly GlueColumn[]
  readonly StorageDescriptor?: { readonly Columns?: readonly GlueColumn[] } & Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/** What Glue says of a table and nobody tells it: UpdateTable refuses it. */
const TOLD_BY_GLUE: ReadonlySet<string> = new Set([
  'DatabaseName',
  'CreateTime',
  'UpdateTime',
  'CreatedBy',
  'IsRegisteredWithLakeFormation',
  'CatalogId',
  'VersionId',
  'FederatedTable',
  'IsMultiDialectView',
  'IsMaterializedView',
  'Status',
])

/** The table as UpdateTable takes it. */
export const tableInput = (table: GlueTable): GlueTable =>
  Object.fromEntries(Object.entries(table).filter(([member]) => !TOLD_BY_GLUE.has(member))) as GlueTable

/** `-` what only the first has, `+` what only the second has, `~` what has changed. */
export function tableDifference(before: GlueTable, after: GlueTable): string[] {
  const [first, second] = [facts(before), facts(after)]
  const lines: string[] = []
  for (const [name, value] of first)
    if (!second.has(name)) lines.push(`- ${name}: ${value}`)
    else if (second.get(name) !== value) lines.push(`~ ${name}: ${value} → ${second.get(name)}`)
  for (const [name, value] of second) if (!first.has(name)) lines.push(`+ ${name}: ${value}`)
  return [...lines, ...orderChange(before, after)]
}

/** By name: a column that moves is the same column. */
function facts(table: GlueTable): Map<string, string> {
  const { StorageDescriptor = {}, PartitionKeys = [], ...members } = tableInput(table)
  const { Columns = [], ...storage } = StorageDescriptor
  const found = new Map<string, string>()
  for (const column of Columns) found.set(`column ${column.Name}`, columnText(column))
  for (const key of PartitionKeys) found.set(`partition key ${key.Name}`, columnText(key))
  flatten(storage, 'StorageDescriptor', found)
  flatten(members, '', found)
  return found
}

const columnText = ({ Type = '', Comment }: GlueColumn): string => (Comment ? `${Type} (${Comment})` : Type)

function flatten(value: unknown, path: string, found: Map<string, string>): void {
  if (value === null || value === undefined) return
  if (typeof value !== 'object' || Array.isArray(value)) {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
    return
  }
  for (const [member, inner] of Object.entries(value)) flatten(inner, path === '' ? member : `${path}.${member}`, found)
}

function orderChange(before: GlueTable, after: GlueTable): string[] {
  const names = (table: GlueTable) => (table.StorageDescriptor?.Columns ?? []).map(({ Name }) => Name)
  const [first, second] = [names(before), names(after)]
  const kept = (own: readonly string[], other: readonly string[]) =>
    own.filter((name) => other.includes(name)).join(', ')
  if (kept(first, second) === kept(second, first)) return []
  return [`~ order of columns: ${first.join(', ')} → ${second.join(', ')}`]
}
