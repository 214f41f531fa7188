/** The files of a snapshot that a query needs, pruned by partition values and by what the log says of their columns. */
import { CorruptData } from '../../../formats/corrupt-data.ts'
import type { DeletionVectorDescriptor } from '../../../formats/delta/actions.ts'
import { framedBitmap, vectorPlace } from '../../../formats/delta/deletion-vector.ts'
import { fileUri } from '../../../formats/delta/file-uri.ts'
import { badData, DeltaLogError } from '../../../formats/delta/log-error.ts'
import { physicalPartitionColumns } from '../../../formats/delta/schema.ts'
import type { Snapshot, SnapshotFile } from '../../../formats/delta/snapshot.ts'
import type { Constraint, PartitionFilter } from '../../../sql/analysis/partition-filters.ts'
import { pathOfValues } from '../../catalog/folder-names.ts'
import type { Files } from '../../objects/files.ts'
import { wholeFile } from '../../objects/whole-file.ts'
import type { Planning } from '../described-table.ts'
import { namedFile, requireNamedFile } from '../named-files.ts'
import { partitionConstant } from '../partition-values.ts'
import type { DataFile, DeletedRows } from '../relation.ts'
import type { TableLayout } from '../table-layout.ts'
import { type DataColumn, fileStatistics, mayHold } from './file-statistics.ts'

export async function deltaFiles(
  snapshot: Snapshot,
  layout: TableLayout,
  filter: PartitionFilter,
  files: Files,
  turns: Planning,
): Promise<DataFile[]> {
  const wanted = fileSieve(snapshot, layout, filter)
  const names = layout.partitionKeys.map((key) => key.name)
  const found: DataFile[] = []
  for (const file of snapshot.files) {
    const partition = wanted(file)
    if (partition) {
      const object = requireNamedFile(file.uri, files)
      turns.found(object)
      const partitionName = pathOfValues(names, partition)
      const { deletionVector: vector } = file
      const deleted = vector && (await deletedRows(vector, layout.location, files))
      found.push({ ...object, partition, partitionName, ...(deleted && { deleted }) })
    }
    if (turns.step()) await turns.rest()
  }
  return found
}

/** The partition of a file that may hold rows that are wanted; undefined for one that cannot. */
function fileSieve(snapshot: Snapshot, layout: TableLayout, filter: PartitionFilter) {
  const names = physicalPartitionColumns(snapshot.metadata)
  const constraints = layout.columns.flatMap((column): [DataColumn, Constraint][] => {
    const constraint = column.kind === 'data' ? filter.constraint(column.name) : undefined
    return constraint && column.kind === 'data' ? [[column, constraint]] : []
  })
  return ({ partitionValues, stats }: SnapshotFile): readonly (string | null)[] | undefined => {
    const partition = names.map((name) => partitionValues[name] || null)
    const known = layout.partitionKeys.flatMap((key, i) => {
      const constant = partitionConstant(partition[i]!, key.type)
      return constant === undefined ? [] : [[key.name, constant] as const]
    })
    if (known.length > 0 && !filter.mayMatch(new Map(known))) return undefined
    const statistics = constraints.length > 0 ? fileStatistics(stats) : undefined
    if (statistics && !constraints.every(([column, constraint]) => mayHold(statistics, column, constraint)))
      return undefined
    return partition
  }
}

async function deletedRows(vector: DeletionVectorDescriptor, location: string, files: Files): Promise<DeletedRows> {
  const { cardinality, pathOrInlineDv } = vector
  const told = { kind: 'bitmap', cardinality, badData: 'DELTA_LAKE_BAD_DATA' } as const
  let uri = `inline ${pathOrInlineDv.slice(0, 40)}`
  try {
    const place = vectorPlace(vector)
    if (place.kind === 'inline') return { ...told, bitmap: place.bitmap, uri }
    uri = fileUri(location, place.path)
    const object = namedFile(uri, files)
    if (!object) throw new DeltaLogError('DELTA_LAKE_BAD_DATA', 'no such object')
    if (place.start >= object.sizeBytes)
      throw new DeltaLogError('DELTA_LAKE_BAD_DATA', 'the file ends before the deletion vector begins')
    const { start, end } = place
    const bytes = await wholeFile(files, uri, { start, end: Math.min(end, object.sizeBytes - 1) })
    return { ...told, bitmap: framedBitmap(bytes, vector), uri }
  } catch (error) {
    if (error instanceof CorruptData) throw badData(`Malformed deletion vector ${uri}: ${error.message}`)
    if (!(error instanceof DeltaLogError)) throw error
    throw new DeltaLogError(error.code, `Malformed deletion vector ${uri}: ${error.message}`)
  }
}
