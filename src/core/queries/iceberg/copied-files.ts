/**
 * Data files that need not be decoded to become part of others: whole ones of one partition. The engine finds which of them
 * are as it would write them; what is known of their columns is known of the files that hold them.
 */
import { type CompactionRules, sizeOf, writtenBytes } from '../../../formats/iceberg/compaction.ts'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import { mergedMetrics } from '../../../formats/iceberg/merged-metrics.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, FileCopies } from '../engine-plan.ts'
import { type LiveFile, liveEntries, manifestsOf, type SnapshotView } from './iceberg-files.ts'

type EngineFile = EngineOutcome['files'][number]

/** `partitions`: the files of each; those of the relation that are not among them are read. */
export function fileCopies(
  relation: string,
  { schema }: SnapshotView,
  partitions: readonly (readonly LiveFile[])[],
  rules: CompactionRules,
): FileCopies {
  const groups = partitions.map((files) => ({
    files: files.map(({ entry }) => entry.file.path),
    targetBytes: writtenBytes(sizeOf(files.map(({ entry }) => entry.file)), rules),
  }))
  return { relation, schema, groups: groups.filter(({ files }) => files.length > 1) }
}

/** Of files that the engine has copied, without their addresses. */
export async function copiedFiles(
  files: readonly EngineFile[],
  sources: readonly LiveFile[],
  view: SnapshotView,
  context: QueryContext,
): Promise<readonly { readonly written: EngineFile; readonly file: ContentFile }[]> {
  const copied = files.filter((file) => file.copied)
  if (copied.length === 0) return []
  const known = await knownFiles(new Set(copied.flatMap((file) => file.copied!.from)), sources, view, context)
  return copied.map((written) => {
    const { from, splitOffsets } = written.copied!
    const parts = from.map((path) => known.get(path)!)
    const [{ specId, partition }] = parts as [ContentFile]
    const file: ContentFile = {
      content: 'data',
      path: '',
      format: 'parquet',
      specId,
      partition,
      recordCount: written.rows,
      sizeBytes: written.sizeBytes,
      ...mergedMetrics(parts, view.schema),
      splitOffsets,
      sortOrderId: 0,
    }
    return { written, file }
  })
}

/** All that their manifests say of them; planning has read only what it needed. */
async function knownFiles(
  paths: ReadonlySet<string>,
  sources: readonly LiveFile[],
  view: SnapshotView,
  context: QueryContext,
): Promise<ReadonlyMap<string, ContentFile>> {
  const lists = new Set(sources.flatMap(({ entry }) => (paths.has(entry.file.path) ? [entry.listedIn] : [])))
  const found = new Map<string, ContentFile>()
  for (const manifest of (await manifestsOf(view, context)).filter(({ path }) => lists.has(path)))
    for (const { file } of await liveEntries(view, manifest, undefined, context))
      if (paths.has(file.path)) found.set(file.path, file)
  return found
}
