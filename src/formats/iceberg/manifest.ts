/**
 * The files that a manifest lists. It is decoded for one question at a time: of the statistics of columns only those that
 * are asked for are made, and the others stepped over, which is most of the work of planning.
 * https://iceberg.apache.org/spec/#manifests
 */
import { avroBlocks, readAvroHeader } from '../avro/container.ts'
import { Cursor } from '../avro/cursor.ts'
import type { AvroField, AvroRecord, AvroType } from '../avro/schema.ts'
import { skipper } from '../avro/skipping.ts'
import { requireDense } from '../avro/vacancy.ts'
import { valueReader } from '../avro/values.ts'
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { type ManifestFile, MOST_VACANT } from './manifest-list.ts'
import type { Id } from './metadata.ts'
import type { BoundField } from './specs.ts'
import { fromAvro, type IcebergValue } from './values.ts'

/** What is told of columns, by field id. */
export interface ByColumn<V> extends Iterable<[number, V]> {
  get(id: number): V | undefined
  has(id: number): boolean
}
export type ColumnNumbers = ByColumn<number>
export type ColumnBounds = ByColumn<Uint8Array>

export interface ContentFile {
  readonly content: 'data' | 'position-deletes' | 'equality-deletes'
  readonly path: string
  /** In lower case: `parquet`, `avro`, `orc`, `puffin`. */
  readonly format: string
  readonly specId: number
  /** In the order of the spec's fields. */
  readonly partition: readonly (IcebergValue | null)[]
  readonly recordCount: number
  readonly sizeBytes: number
  readonly columnSizes?: ColumnNumbers
  readonly valueCounts?: ColumnNumbers
  readonly nullValueCounts?: ColumnNumbers
  readonly nanValueCounts?: ColumnNumbers
  readonly lowerBounds?: ColumnBounds
  readonly upperBounds?: ColumnBounds
  readonly splitOffsets?: readonly number[]
  /** Of an equality delete: the columns that it compares. */
  readonly equalityIds?: readonly number[]
  readonly sortOrderId?: number
  /** Of deletes of a single data file. */
  readonly referencedDataFile?: string
  /** Where a deletion vector lies in its Puffin file. */
  readonly contentOffset?: number
  readonly contentSizeBytes?: number
}

export interface ManifestEntry {
  readonly status: 'existing' | 'added' | 'deleted'
  /** When the file was added, or deleted. */
  readonly snapshotId: Id
  /** Of the data: what deletes are compared with. */
  readonly sequenceNumber: number
  readonly fileSequenceNumber: number
  /** The manifest that lists it. */
  readonly listedIn: string
  readonly file: ContentFile
}

export interface ManifestWishes {
  /** The fields whose counts and bounds are wanted; all of them where it says nothing. */
  readonly columns?: ReadonlySet<number>
  /** How to read partition values. */
  readonly fields: readonly BoundField[]
}

/** `manifest`: from which entries inherit what they do not say. Throws CorruptData. */
export function* readManifest(
  file: RandomAccess,
  manifest: ManifestFile,
  wishes: ManifestWishes,
): Generator<ManifestEntry> {
  const header = readAvroHeader(file)
  if (header.schema.kind !== 'record') throw new CorruptData('its records are no Avro records')
  requireDense(header.schema, MOST_VACANT)
  const read = entryReader(header.schema, wishes)
  const budget = { left: MOST_ITEMS }
  for (const { records, bytes } of avroBlocks(file, header)) {
    const cursor = new Cursor(bytes, 0, bytes.length, budget)
    for (let i = 0; i < records; i++) yield entryOf(read(cursor), manifest, wishes.fields)
  }
}

/** Counts, sizes and bounds of all columns of all files: ten thousand files of two hundred columns. */
const MOST_ITEMS = 12_000_000

/** By which its files are partitioned, as the manifest itself says. */
export function manifestSpecId(file: RandomAccess): number {
  const id = readAvroHeader(file).metadata.get('partition-spec-id')
  return id ? Number(Buffer.from(id).toString()) : 0
}

type Fields = Record<string, unknown>
type Read = (cursor: Cursor) => unknown

const STATUSES = ['existing', 'added', 'deleted'] as const
const CONTENTS = ['data', 'position-deletes', 'equality-deletes'] as const

function entryOf(raw: Fields, manifest: ManifestFile, fields: readonly BoundField[]): ManifestEntry {
  const status = STATUSES[Number(raw.status)]
  const file = raw.data_file as Fields
  const content = CONTENTS[Number(file?.content ?? 0)]
  if (!status || !file || !content) throw new CorruptData('an entry is of no status or content that is known')
  const inherits = status === 'added' || manifest.sequenceNumber === 0
  const sequenceNumber = raw.sequence_number ?? (inherits ? manifest.sequenceNumber : undefined)
  if (sequenceNumber === undefined) throw new CorruptData('an entry that is not new has no sequence number')
  return {
    status,
    snapshotId: (raw.snapshot_id ?? manifest.addedSnapshotId) as Id,
    sequenceNumber: Number(sequenceNumber),
    // Files that replace others may be younger than what is in them.
    fileSequenceNumber: Number(raw.file_sequence_number ?? (inherits ? manifest.sequenceNumber : sequenceNumber)),
    listedIn: manifest.path,
    file: contentFile(file, content, manifest.specId, fields),
  }
}

function contentFile(
  raw: Fields,
  content: ContentFile['content'],
  specId: number,
  fields: readonly BoundField[],
): ContentFile {
  const partition = raw.partition as ReadonlyMap<number, unknown> | null | undefined
  const given = <T>(name: string): T | undefined => (raw[name] ?? undefined) as T | undefined
  const number = (name: string): number | undefined => {
    const value = raw[name] ?? undefined
    return value === undefined ? undefined : Number(value)
  }
  const { file_path: path, file_format: format } = raw
  if (typeof path !== 'string' || typeof format !== 'string')
    throw new CorruptData('an entry does not say which file, or of which format, it is')
  return {
    content,
    path,
    format: format.toLowerCase(),
    specId,
    partition: fields.map(({ field, type }) => fromAvro(type, partition?.get(field['field-id']))),
    recordCount: Number(raw.record_count),
    sizeBytes: Number(raw.file_size_in_bytes),
    columnSizes: given('column_sizes'),
    valueCounts: given('value_counts'),
    nullValueCounts: given('null_value_counts'),
    nanValueCounts: given('nan_value_counts'),
    lowerBounds: given('lower_bounds'),
    upperBounds: given('upper_bounds'),
    splitOffsets: given('split_offsets'),
    equalityIds: given('equality_ids'),
    sortOrderId: number('sort_order_id'),
    referencedDataFile: given('referenced_data_file'),
    contentOffset: number('content_offset'),
    contentSizeBytes: number('content_size_in_bytes'),
  }
}

function entryReader(record: AvroRecord, wishes: ManifestWishes): (cursor: Cursor) => Fields {
  return fieldsReader(record, (field) =>
    field.name === 'data_file'
      ? optionalReader(
          field.type,
          fieldsReader(recordIn(field.type), (inner) => fileField(inner, wishes)),
        )
      : undefined,
  )
}

/** A reader of a record whose fields are read as `special` says, and else as they are. */
function fieldsReader(record: AvroRecord, special: (field: AvroField) => Read | undefined): (cursor: Cursor) => Fields {
  const names = record.fields.map((field) => field.name)
  const reads = record.fields.map((field) => special(field) ?? valueReader(field.type))
  // One for all records: what is wanted of it is taken before the next is read.
  const fields: Fields = {}
  return (cursor) => {
    for (let i = 0; i < reads.length; i++) fields[names[i]!] = reads[i]!(cursor)
    return fields
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['column_sizes', 'value_counts', 'null_value_counts', 'nan_value_counts'])
const BOUNDS: ReadonlySet<string> = new Set(['lower_bounds', 'upper_bounds'])
/** What planning has no use for. */
const UNREAD: ReadonlySet<string> = new Set(['key_metadata', 'distinct_counts', 'block_size_in_bytes', 'sort_columns'])

function fileField({ name, type }: AvroField, { columns }: ManifestWishes): Read | undefined {
  if (name === 'partition') return optionalReader(type, partitionReader(recordIn(type)))
  if (UNREAD.has(name)) return skipper(type) as Read
  if (!NUMBERS.has(name) && !BOUNDS.has(name)) return undefined
  // Sizes are nothing that a file is chosen by.
  if (columns?.size === 0 || (columns && name === 'column_sizes')) return skipper(type) as Read
  if (!hasPlainPairs(type)) return pairsOf(valueReader(type), columns)
  const told = NUMBERS.has(name) ? TOLD_NUMBERS : TOLD_BOUNDS
  return optionalReader(type, (cursor) => pairs(cursor, columns, told))
}

/** What is told of columns, and how to step over it. */
interface Told {
  readonly read: Read
  readonly pass: (cursor: Cursor) => void
  readonly passPairs: (cursor: Cursor, count: number) => void
}

const TOLD_NUMBERS: Told = {
  read: (cursor) => cursor.number(),
  pass: (cursor) => cursor.pass(),
  passPairs: (cursor, count) => cursor.passAll(2 * count),
}

const TOLD_BOUNDS: Told = {
  read: (cursor) => copied(cursor.bytes, cursor.stretch(), cursor.at),
  pass: (cursor) => cursor.stretch(),
  passPairs: (cursor, count) => {
    for (let i = 0; i < count; i++) {
      cursor.pass()
      cursor.stretch()
    }
  },
}

/** Bytes from `from` to `to`, in memory that many share: a buffer of its own, or a view, for each costs more than all else. */
function copied(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = Buffer.allocUnsafe(to - from)
  if (copy.length > MOST_COPIED_SINGLY) copy.set(bytes.subarray(from, to))
  else for (let i = 0; i < copy.length; i++) copy[i] = bytes[from + i]!
  return copy
}

const MOST_COPIED_SINGLY = 64

/** Whether key and value are always there, as the specification has it; some writers let them and the whole pair be null. */
function hasPlainPairs(type: AvroType): boolean {
  const list = type.kind === 'union' ? type.branches.find((branch) => branch.kind === 'array') : type
  if (list?.kind !== 'array' || list.items.kind !== 'record') return false
  const [key, value, ...others] = list.items.fields
  return key?.type.kind === 'int' && value !== undefined && value.type.kind !== 'union' && others.length === 0
}

function pairsOf(read: Read, columns: ReadonlySet<number> | undefined): Read {
  return (cursor) => {
    const listed = read(cursor)
    if (!Array.isArray(listed)) return null
    const there = (listed as readonly (Fields | null)[]).flatMap((pair) => {
      const { key, value } = pair ?? {}
      return typeof key === 'number' && value !== null && (!columns || columns.has(key)) ? [[key, value] as const] : []
    })
    return new Map(there)
  }
}

/** Each of a field's id takes a byte, and what belongs to it one more. */
const PAIR_BYTES = 2

/** A list of records of a field id and what belongs to it. */
function pairs(cursor: Cursor, columns: ReadonlySet<number> | undefined, told: Told) {
  if (columns?.size === 1) return onePair(cursor, [...columns][0]!, told)
  const found = new Map<number, unknown>()
  for (let count = cursor.items(PAIR_BYTES); count > 0; count = cursor.items(PAIR_BYTES))
    for (let i = 0; i < count; i++) {
      const id = cursor.int()
      if (!columns || columns.has(id)) found.set(id, told.read(cursor))
      else told.pass(cursor)
    }
  return found
}

/** Queries look for values of few columns in many files: maps of one entry would be most of what planning makes. */
class OneColumn implements ByColumn<unknown> {
  readonly #id: number
  readonly #value: unknown

  constructor(id: number, value: unknown) {
    this.#id = id
    this.#value = value
  }

  get(id: number): unknown {
    return id === this.#id ? this.#value : undefined
  }

  has(id: number): boolean {
    return id === this.#id
  }

  *[Symbol.iterator](): Iterator<[number, unknown]> {
    yield [this.#id, this.#value]
  }
}

/** Undefined where nothing is told of the column. Behind it nothing is looked at any more. */
function onePair(cursor: Cursor, wanted: number, told: Told): OneColumn | undefined {
  let found: OneColumn | undefined
  for (let count = cursor.items(PAIR_BYTES); count > 0; count = cursor.items(PAIR_BYTES)) {
    let left = count
    for (; !found && left > 0; left--)
      if (cursor.int() === wanted) found = new OneColumn(wanted, told.read(cursor))
      else told.pass(cursor)
    told.passPairs(cursor, left)
  }
  return found
}

function optionalReader(type: AvroType, read: Read): Read {
  if (type.kind !== 'union') return read
  const isNull = type.branches.map((branch) => branch.kind === 'null')
  return (cursor) => {
    const branch = cursor.int()
    if (isNull[branch] === undefined) throw new CorruptData('a union has no such branch')
    return isNull[branch] ? null : read(cursor)
  }
}

/** By field id: what a field is called in Avro may not be what it is called in the spec. */
function partitionReader(record: AvroRecord): Read {
  const reads = record.fields.map((field) => ({
    id: Number(field.attributes['field-id']),
    read: valueReader(field.type),
  }))
  const values = new Map<number, unknown>()
  return (cursor) => {
    for (const { id, read } of reads) values.set(id, read(cursor))
    return values
  }
}

function recordIn(type: AvroType): AvroRecord {
  const found = type.kind === 'union' ? type.branches.find((branch) => branch.kind === 'record') : type
  if (found?.kind !== 'record') throw new CorruptData('its entries have no data_file or no partition')
  return found
}
