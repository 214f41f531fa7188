/** Manifests and lists of them as they are written, of version 2. https://iceberg.apache.org/spec/#manifests */

import type { AvroOptions } from '../avro/container-writer.ts'
import { avroFile } from '../avro/value-file.ts'
import type { AvroValue } from '../avro/values.ts'
import { numberBytes } from '../number-bytes.ts'
import type { ContentFile, ManifestEntry } from './manifest.ts'
import type { FieldSummary, ManifestFile } from './manifest-list.ts'
import { decimalBytes, MANIFEST_LIST_SCHEMA, manifestSchema } from './manifest-schemas.ts'
import type { Id } from './metadata.ts'
import { decimalOf, type Schema } from './schema.ts'
import type { BoundField, PartitionSpec } from './specs.ts'
import type { ByColumn } from './told-columns.ts'
import { compareValues, encodeValue, type IcebergValue } from './values.ts'

/**
 * Of an entry that is new everything but the file is inherited from the list, so that a commit may be tried again; and its
 * rows may be older than it is: `sequenceNumber` then says how old.
 */
export type NewEntry = { readonly status: 'added'; readonly file: ContentFile; readonly sequenceNumber?: number }
export type WrittenEntry = NewEntry | (Omit<ManifestEntry, 'listedIn'> & { readonly status: 'existing' | 'deleted' })

export interface ManifestKind {
  readonly content: ManifestFile['content']
  readonly schema: Schema
  readonly spec: PartitionSpec
  readonly fields: readonly BoundField[]
}

const STATUSES = { existing: 0, added: 1, deleted: 2 } as const
const CONTENTS = { data: 0, 'position-deletes': 1, 'equality-deletes': 2 } as const

export function writeManifest(kind: ManifestKind, entries: readonly WrittenEntry[], options: AvroOptions): Uint8Array {
  const { content, schema, spec, fields } = kind
  const metadata = {
    schema: JSON.stringify(schema),
    'schema-id': String(schema['schema-id'] ?? 0),
    'partition-spec': JSON.stringify(spec.fields),
    'partition-spec-id': String(spec['spec-id']),
    'format-version': '2',
    content,
  }
  const avro = manifestSchema(fields) as AvroSchema
  const names = partitionNames(avro)
  const records = entries.map((entry) => entryRecord(entry, fields, names))
  return avroFile(avro, metadata, records, options)
}

interface AvroSchema {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[]
}

/** What the fields of the partition are called in Avro. */
function partitionNames(schema: AvroSchema): readonly string[] {
  const typeOf = (of: AvroSchema, name: string) => of.fields.find((field) => field.name === name)!.type as AvroSchema
  return typeOf(typeOf(schema, 'data_file'), 'partition').fields.map((field) => field.name)
}

function entryRecord(entry: WrittenEntry, fields: readonly BoundField[], names: readonly string[]): AvroValue {
  const known = 'snapshotId' in entry ? entry : undefined
  return {
    status: STATUSES[entry.status],
    snapshot_id: known?.snapshotId ?? null,
    sequence_number: entry.sequenceNumber ?? null,
    file_sequence_number: known?.fileSequenceNumber ?? null,
    data_file: fileRecord(entry.file, fields, names),
  }
}

function fileRecord(file: ContentFile, fields: readonly BoundField[], names: readonly string[]): AvroValue {
  const values = fields.map(({ type }, i) => [names[i]!, avroValue(type, file.partition[i] ?? null)] as const)
  return {
    content: CONTENTS[file.content],
    file_path: file.path,
    file_format: file.format.toUpperCase(),
    partition: Object.fromEntries(values),
    record_count: file.recordCount,
    file_size_in_bytes: file.sizeBytes,
    column_sizes: pairs(file.columnSizes),
    value_counts: pairs(file.valueCounts),
    null_value_counts: pairs(file.nullValueCounts),
    nan_value_counts: pairs(file.nanValueCounts),
    lower_bounds: pairs(file.lowerBounds),
    upper_bounds: pairs(file.upperBounds),
    key_metadata: null,
    split_offsets: file.splitOffsets ?? null,
    equality_ids: file.equalityIds ?? null,
    sort_order_id: file.sortOrderId ?? null,
    referenced_data_file: file.referencedDataFile ?? null,
  }
}

const pairs = (map: ByColumn<number | Uint8Array> | undefined): AvroValue =>
  map ? [...map].map(([key, value]) => ({ key, value })) : null

function avroValue(type: BoundField['type'], value: IcebergValue | null): AvroValue {
  const digits = decimalOf(type)
  if (!digits || value === null) return value
  const bytes = numberBytes(value as bigint)
  const fixed = new Uint8Array(decimalBytes(digits.precision)).fill((value as bigint) < 0n ? 0xff : 0)
  fixed.set(bytes, fixed.length - bytes.length)
  return fixed
}

/** What a list says of the partitions of a manifest's files. */
export function partitionSummaries(
  files: readonly ContentFile[],
  fields: readonly BoundField[],
): readonly FieldSummary[] {
  return fields.map(({ type }, i) => {
    const values = files.map((file) => file.partition[i] ?? null)
    const known = values.filter((value) => value !== null && !Number.isNaN(value)) as IcebergValue[]
    const sorted = known.toSorted(compareValues)
    const bounds = sorted.length > 0 && {
      lower: encodeValue(type, sorted[0]!),
      upper: encodeValue(type, sorted.at(-1)!),
    }
    return { containsNull: values.includes(null), ...bounds }
  })
}

export interface ManifestListKind {
  readonly snapshotId: Id
  readonly parentId: Id | undefined
  readonly sequenceNumber: number
}

export function writeManifestList(
  { snapshotId, parentId, sequenceNumber }: ManifestListKind,
  manifests: readonly ManifestFile[],
  options: AvroOptions,
): Uint8Array {
  const metadata = {
    'snapshot-id': String(snapshotId),
    'parent-snapshot-id': parentId === undefined ? 'null' : String(parentId),
    'sequence-number': String(sequenceNumber),
    'format-version': '2',
  }
  return avroFile(MANIFEST_LIST_SCHEMA, metadata, manifests.map(listRecord), options)
}

const listRecord = (manifest: ManifestFile): AvroValue => ({
  manifest_path: manifest.path,
  manifest_length: manifest.length,
  partition_spec_id: manifest.specId,
  content: manifest.content === 'deletes' ? 1 : 0,
  sequence_number: manifest.sequenceNumber,
  min_sequence_number: manifest.minSequenceNumber,
  added_snapshot_id: manifest.addedSnapshotId,
  added_files_count: manifest.addedFiles ?? 0,
  existing_files_count: manifest.existingFiles ?? 0,
  deleted_files_count: manifest.deletedFiles ?? 0,
  added_rows_count: manifest.addedRows ?? 0,
  existing_rows_count: manifest.existingRows ?? 0,
  deleted_rows_count: manifest.deletedRows ?? 0,
  partitions:
    manifest.partitions?.map(({ containsNull, lower, upper }) => ({
      contains_null: containsNull,
      contains_nan: null,
      lower_bound: lower ?? null,
      upper_bound: upper ?? null,
    })) ?? null,
  key_metadata: null,
})
