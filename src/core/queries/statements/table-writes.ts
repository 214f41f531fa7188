/** Writing a query's rows as a table's files: CTAS, INSERT and UNLOAD share it. */

import { bucketFileName } from '../../../formats/hive/buckets.ts'
import type { Together } from '../../catalog/catalog.ts'
import { escapePathName } from '../../catalog/folder-names.ts'
import type { WrittenFile } from '../../objects/files.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, Sink } from '../engine-plan.ts'
import { DEFAULT_PARTITION } from '../partition-values.ts'
import { execute, type PlannedQuery } from './query.ts'
import { TEXT_ENDINGS, type WritableFormat } from './storage-formats.ts'

export type FileSink = Omit<Extract<Sink, { kind: 'files' }>, 'kind' | 'directory' | 'format'> & {
  readonly format: WritableFormat
}

export interface WrittenFiles {
  readonly outcome: EngineOutcome
  readonly uris: readonly string[]
  /** The distinct partitions written. */
  readonly partitions: readonly WrittenPartition[]
}

export interface WrittenPartition {
  readonly values: readonly string[]
  /** Its folder, ending in `/`. */
  readonly location: string
}

export interface Destination {
  /** A folder, ending in `/`. */
  readonly location: string
  /** Where a partition lies that is there already: it need not be below the location. */
  readonly locationOf?: (values: readonly string[]) => string | undefined
  /** Tells the catalog of what has been written, in the transaction in which the files appear: `together` makes it. */
  readonly register?: (partitions: readonly WrittenPartition[], together: Together) => Promise<unknown>
}

/** Athena lets one CTAS or INSERT write at most this many partitions (docs: athena ug, ctas-insert-into). */
export const MOST_OPEN_PARTITIONS = 100

/**
 * Runs the plan into a private folder, then makes the files objects of the destination, all at once with what the catalog
 * is told of them.
 */
export async function writeFiles(
  planned: PlannedQuery,
  sink: FileSink,
  destination: Destination,
  context: QueryContext,
): Promise<WrittenFiles> {
  const { files } = context.rooms
  const workspace = await files.workspace()
  try {
    const outcome = await execute(planned, { ...sink, kind: 'files', directory: workspace.directory }, context)
    const written: WrittenFile[] = []
    const folders = new Map<string, WrittenPartition>()
    for (const [index, file] of outcome.files.entries()) {
      // A folder can not be named by nothing: Hive keeps the empty text where it keeps NULL.
      const values = file.partition.map((value) => value || DEFAULT_PARTITION)
      const folder = destination.locationOf?.(values) ?? destination.location + partitionPath(sink.partitionBy, values)
      const object = objectName(context, index)
      const name = file.bucket === undefined ? object : bucketFileName(file.bucket, object)
      written.push({ uri: `${folder}${name}${extension(sink)}`, localPath: file.path })
      if (sink.partitionBy.length > 0) folders.set(folder, { values, location: folder })
    }
    const partitions = [...folders.values()]
    const arrivals = await files.adopt(written, { contentType: 'application/octet-stream', ...context.protection })
    try {
      const together: Together = (write) => arrivals.appear(write)
      await (destination.register ? destination.register(partitions, together) : together(() => {}))
    } catch (error) {
      await arrivals.discard()
      throw error
    }
    return { outcome, uris: written.map(({ uri }) => uri), partitions }
  } finally {
    await workspace.remove()
  }
}

const partitionPath = (names: readonly string[], values: readonly string[]): string =>
  names.map((name, i) => `${name}=${escapePathName(values[i]!)}/`).join('')

/** As Trino names what it writes: time and query first, so that files of one statement stand together. */
function objectName(context: QueryContext, index: number): string {
  const stamp = context.now.toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15)
  return `${stamp}_${String(index).padStart(5, '0')}_${context.queryId}`
}

const extension = ({ format, compression }: FileSink): string =>
  format === 'JSON' || format === 'TEXTFILE' || format === 'ION' ? TEXT_ENDINGS[compression]! : ''
