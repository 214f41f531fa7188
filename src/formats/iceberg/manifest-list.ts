/** The manifests of a snapshot, with what their files' partitions range over. https://iceberg.apache.org/spec/#manifest-lists */
import { avroBlocks, readAvroHeader } from '../avro/container.ts'
import { Cursor } from '../avro/cursor.ts'
import { requireDense } from '../avro/vacancy.ts'
import { valueReader } from '../avro/values.ts'
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import type { Id } from './metadata.ts'

export interface FieldSummary {
  readonly containsNull: boolean
  readonly lower?: Uint8Array
  readonly upper?: Uint8Array
}

export interface ManifestFile {
  readonly path: string
  readonly length: number
  readonly specId: number
  readonly content: 'data' | 'deletes'
  readonly sequenceNumber: number
  readonly minSequenceNumber: number
  readonly addedSnapshotId: Id
  readonly addedFiles?: number
  readonly existingFiles?: number
  readonly deletedFiles?: number
  readonly addedRows?: number
  readonly existingRows?: number
  readonly deletedRows?: number
  /** In the order of the spec's fields. */
  readonly partitions?: readonly FieldSummary[]
}

/** What is read of each; those of the first version had other names. */
const MEMBERS: ReadonlySet<string> = new Set([
  'manifest_path',
  'manifest_length',
  'partition_spec_id',
  'content',
  'sequence_number',
  'min_sequence_number',
  'added_snapshot_id',
  'added_files_count',
  'added_data_files_count',
  'existing_files_count',
  'existing_data_files_count',
  'deleted_files_count',
  'deleted_data_files_count',
  'added_rows_count',
  'existing_rows_count',
  'deleted_rows_count',
  'partitions',
])
/** Of the fields of the partitions of all manifests. */
const MOST_SUMMARIES = 2_000_000

/** An unpartitioned table's files have a partition of no fields. */
export const MOST_VACANT = 8

type Fields = Readonly<Record<string, unknown>>

/** Throws CorruptData where the bytes are no list of manifests. */
export function* readManifestList(file: RandomAccess): Generator<ManifestFile> {
  const header = readAvroHeader(file)
  requireDense(header.schema, MOST_VACANT)
  const read = valueReader(header.schema, MEMBERS)
  const budget = { left: MOST_SUMMARIES }
  for (const { records, bytes } of avroBlocks(file, header)) {
    const cursor = new Cursor(bytes, 0, bytes.length, budget)
    for (let i = 0; i < records; i++) yield manifestFile(read(cursor) as unknown as Fields)
  }
}

const CONTENTS = ['data', 'deletes'] as const

/** Counts had other names in the first version. */
function manifestFile(fields: Fields): ManifestFile {
  const count = (...names: readonly string[]): number | undefined => {
    const value = names.map((name) => fields[name]).find((one) => one !== null && one !== undefined)
    return value === undefined ? undefined : Number(value)
  }
  const partitions = fields.partitions as readonly Fields[] | null | undefined
  const { manifest_path: path } = fields
  if (typeof path !== 'string') throw new CorruptData('a manifest has no path')
  const content = CONTENTS[count('content') ?? 0]
  if (!content) throw new CorruptData(`the manifest ${path} is of no content that is known`)
  return {
    path,
    length: Number(fields.manifest_length),
    specId: count('partition_spec_id') ?? 0,
    content,
    sequenceNumber: count('sequence_number') ?? 0,
    minSequenceNumber: count('min_sequence_number') ?? 0,
    addedSnapshotId: fields.added_snapshot_id as Id,
    addedFiles: count('added_files_count', 'added_data_files_count'),
    existingFiles: count('existing_files_count', 'existing_data_files_count'),
    deletedFiles: count('deleted_files_count', 'deleted_data_files_count'),
    addedRows: count('added_rows_count'),
    existingRows: count('existing_rows_count'),
    deletedRows: count('deleted_rows_count'),
    ...(partitions && { partitions: partitions.map(fieldSummary) }),
  }
}

const fieldSummary = ({
  contains_null: containsNull,
  lower_bound: lower,
  upper_bound: upper,
}: Fields): FieldSummary => ({
  containsNull: containsNull === true,
  ...(lower instanceof Uint8Array && { lower }),
  ...(upper instanceof Uint8Array && { upper }),
})
