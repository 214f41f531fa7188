/** How Hive spells partitions in names of folders: `year=2024/city=New York`. */
import { lakeUri } from '../objects/addresses.ts'
import type { Table } from './catalog.ts'
import { DEFAULT_PARTITION } from './partition-value.ts'

/** Without slashes around it. */
export const partitionPath = (table: Table, values: readonly string[]): string =>
  pathOfValues(
    (table.descriptor.PartitionKeys ?? []).map((key) => key.Name),
    values,
  )

export const pathOfValues = (names: readonly string[], values: readonly (string | null)[]): string =>
  names.map((name, i) => `${name}=${escapePathName(values[i] ?? DEFAULT_PARTITION)}`).join('/')

export const valuesOfPath = (path: string): string[] =>
  path.split('/').map((part) => unescapePathName(part.slice(part.indexOf('=') + 1)))

/** Hive's escaping of a partition value in a folder name: what may not stand in a path, as %XX. */
export function escapePathName(value: string): string {
  const special = '"#%\'*/:=?\\\u007f{[]^'
  return [...value]
    .map((c) =>
      c < ' ' || special.includes(c) ? `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}` : c,
    )
    .join('')
}

export const unescapePathName = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** In one pass: an expression would begin anew at each of a million slashes. */
export function withoutEndSlashes(location: string): string {
  let end = location.length
  while (location[end - 1] === '/') end--
  return location.slice(0, end)
}

/** A location as a folder: `s3://bucket/a/b` and `s3://bucket/a/b/` are the same place. */
export const asFolder = (location: string): string => `${withoutEndSlashes(location)}/`

/** As a folder whose files' addresses begin with it: those of the lake are `s3://`, whatever a client calls them. */
export const lakeFolder = (location: string): string => lakeUri(asFolder(location))
