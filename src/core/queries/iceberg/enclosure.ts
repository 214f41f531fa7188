/**
 * A table of a table bucket lies in a place of its own, and whatever lies there leads nowhere else: metadata where it is read
 * and where it is written, lists of manifests and manifests where they are read. So nobody who may write to such a table has
 * the service read, give out or take away a file for them that is not the table's.
 */
import { invalidMetadata } from '../../../formats/iceberg/iceberg-error.ts'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { placesNamed } from '../../../formats/iceberg/named-places.ts'
import { lakeUri } from '../../objects/addresses.ts'

/** `place`: none where anything may be named. Throws ICEBERG_INVALID_METADATA, which names the first address elsewhere. */
export function requireInside(place: string | undefined, named: Iterable<string>, table: string): void {
  if (place === undefined) return
  for (const uri of named)
    if (!isInside(place, uri))
      throw invalidMetadata(`${uri} is not in the place of table ${table}, which is ${place} and holds all its files`)
}

const isInside = (place: string, uri: string): boolean => {
  const address = lakeUri(uri)
  return address === place || address.startsWith(`${place}/`)
}

/** Metadata never changes: where it has been found to keep to its place, it does. */
const enclosed = new WeakMap<TableMetadata, string>()

/** Of all that the metadata names itself. */
export function requireEnclosed(place: string | undefined, metadata: TableMetadata, table: string): void {
  if (place === undefined || enclosed.get(metadata) === place) return
  requireInside(place, placesNamed(metadata), table)
  enclosed.set(metadata, place)
}
