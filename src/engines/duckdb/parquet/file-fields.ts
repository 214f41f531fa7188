/** What a Parquet file calls its columns and the fields inside them, and which ids they have. Files never change, so one is looked at once. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { quote } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import { KnownFiles } from '../known-files.ts'

export interface FileField {
  readonly name: string
  readonly children: readonly FileField[]
}

export interface FileFields {
  readonly top: readonly FileField[]
  /** Absent where no field has an id. */
  readonly byId?: ReadonlyMap<number, FileField>
}

const known = new KnownFiles<FileFields>(20_000)

export async function fieldsIn(connection: DuckDBConnection, localPath: string): Promise<FileFields> {
  const found = known.get(localPath)
  if (found) return found
  const result = await connection.runAndReadAll(
    `SELECT name, field_id, num_children FROM parquet_schema(${quote(localPath)})`,
  )
  // Depth first: the root, then each of its children followed by what is inside it.
  const rows = result.getRows()
  const byId = new Map<number, FileField>()
  let at = 0
  const read = (): FileField => {
    const [name, id, count] = rows[at++] ?? []
    const field = { name: String(name), children: Array.from({ length: Number(count ?? 0) }, read) }
    if (id !== null && id !== undefined) byId.set(Number(id), field)
    return field
  }
  const { children: top } = read()
  const fields = byId.size > 0 ? { top, byId } : { top }
  known.set(localPath, fields)
  return fields
}

export const fieldNamed = (fields: readonly FileField[], names: readonly string[]): FileField | undefined =>
  fields.find(({ name }) => names.includes(name))

/** Of a row its fields, of an array its element, of a map key and value: lists and maps have a group of their entries between. */
export function insideOf(type: Type, { children }: FileField): readonly FileField[] {
  const [entries] = children
  if (type.kind === 'map') return entries?.children ?? []
  if (type.kind !== 'array' || !entries) return children
  // Old writers left out the group. https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists
  const isElement = entries.children.length !== 1 || entries.name === 'array' || entries.name.endsWith('_tuple')
  return isElement ? [entries] : entries.children
}
