/** The files that snapshots of a table lead to. */
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import type { Snapshot, TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { lakeUri } from '../../objects/addresses.ts'
import type { QueryContext } from '../context.ts'
import { liveEntries, manifestsOf, type SnapshotView } from './iceberg-files.ts'
import type { ReadContext } from './metadata-file.ts'

export interface ReachableFiles {
  /** Lists of manifests, and statistics. */
  readonly lists: Set<string>
  readonly manifests: Map<string, ManifestFile>
  /** Data and deletes. */
  readonly content: Set<string>
}

export const noFiles = (): ReachableFiles => ({ lists: new Set(), manifests: new Map(), content: new Set() })

/** Adds to `found` what lies on the way; manifests that are there, or that `known` has, are not read again. */
export async function reach(
  view: Omit<SnapshotView, 'snapshot'>,
  snapshots: readonly Snapshot[],
  found: ReachableFiles,
  context: ReadContext & Pick<QueryContext, 'signal'>,
  known?: ReachableFiles,
): Promise<ReachableFiles> {
  const ids = new Set(snapshots.map((snapshot) => snapshot['snapshot-id']))
  for (const path of statisticsOf(view.metadata, (id) => ids.has(id))) found.lists.add(path)
  for (const snapshot of snapshots) {
    const of = { ...view, snapshot }
    if (snapshot['manifest-list'] !== undefined) found.lists.add(lakeUri(snapshot['manifest-list']))
    for (const manifest of await manifestsOf(of, context)) {
      const path = lakeUri(manifest.path)
      if (found.manifests.has(path) || known?.manifests.has(path)) continue
      found.manifests.set(path, manifest)
      for (const { file } of await liveEntries(of, manifest, new Set(), context)) found.content.add(lakeUri(file.path))
    }
    context.signal.throwIfAborted()
  }
  return found
}

const statisticsOf = (metadata: TableMetadata, has: (id: Snapshot['snapshot-id']) => boolean): string[] =>
  [...(metadata.statistics ?? []), ...(metadata['partition-statistics'] ?? [])]
    .filter((one) => has(one['snapshot-id']))
    .map((one) => lakeUri(one['statistics-path']))
