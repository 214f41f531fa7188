/** All addresses that a table's metadata says by itself: of its folders, and of the files that it leads to at first hand. */
import type { TableMetadata } from './metadata.ts'

/** Properties that lay data or metadata elsewhere than in the table's folder; some of them engines have given up. */
const FOLDER_PROPERTIES = [
  'write.data.path',
  'write.metadata.path',
  'write.object-storage.path',
  'write.folder-storage.path',
]

export function* placesNamed(metadata: TableMetadata): Iterable<string> {
  const { location, properties = {}, snapshots = [] } = metadata
  yield location
  for (const name of FOLDER_PROPERTIES) if (properties[name] !== undefined) yield properties[name]
  for (const { 'manifest-list': list, manifests } of snapshots) {
    if (list !== undefined && list !== null) yield list
    yield* manifests ?? []
  }
  for (const entry of metadata['metadata-log'] ?? []) yield entry['metadata-file']
  for (const member of ['statistics', 'partition-statistics'] as const)
    for (const file of metadata[member] ?? []) yield file['statistics-path']
}
