/**
 * The files that a manifest lists. It is decoded for one question at a time: of the statistics of columns only those that
 * are asked for are made, and the others stepped over, which is most of the work of planning.
 * https://iceberg.apache.org/spec/#manifests
 */
import { avroBlocksAhead, readAvroHeader } from '../avro/container.ts'
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
import { BOUNDS, type ColumnBounds, type ColumnNumbers, NUMBERS, ToldColumns } from './told-columns.ts'
import { optionalReader, type Read, toldReader } from './told-lists.ts'
import { fromAvro, type IcebergValue } from './values.ts'

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

/**
 * The entries of block after block, each decoded as it is asked for.
 * `manifest`: from which entries inherit what they do not say. Throws CorruptData.
 */
export async function* readManifest(
  file: RandomAccess,
  manifest: ManifestFile,
  wishes: ManifestWishes,
): AsyncGenerator<Iterable<ManifestEntry>> {
  const header = readAvroHeader(file)
  if (header.schema.kind !== 'record') throw new CorruptData('its records are no Avro records')
  requireDense(header.schema, MOST_VACANT)
  const told = new ToldColumns()
  const read = entryReader(header.schema, manifest, wishes, told)
  const budget = { left: MOST_ITEMS }
  for await (const { records, bytes } of avroBlocksAhead(file, header))
    yield entriesIn(new Cursor(bytes, 0, bytes.length, budget), records, read)
}

function* entriesIn(
  cursor: Cursor,
  records: number,
  read: (cursor: Cursor) => ManifestEntry,
): Generator<ManifestEntry> {
  for (let i = 0; i < records; i++) yield read(cursor)
}

/** Counts, sizes and bounds of all columns of all files: ten thousand files of two hundred columns. */
const MOST_ITEMS = 12_000_000

/** By which its files are partitioned, as the manifest itself says. */
export function manifestSpecId(file: RandomAccess): number {
  const id = readAvroHeader(file).metadata.get('partition-spec-id')
  return id ? Number(Buffer.from(id).toString()) : 0
}

const STATUSES = ['existing', 'added', 'deleted'] as const
const CONTENTS = ['data', 'position-deletes', 'equality-deletes'] as const

const ENTRY_FIELDS = ['status', 'snapshot_id', 'sequence_number', 'file_sequence_number', 'data_file'] as const

function entryReader(
  record: AvroRecord,
  manifest: ManifestFile,
  wishes: ManifestWishes,
  told: ToldColumns,
): (cursor: Cursor) => ManifestEntry {
  const dataFile = record.fields.find(({ name }) => name === 'data_file')
  const files = recordIn(dataFile?.type)
  const readFile = optionalReader(
    dataFile!.type,
    rowReader(files, (field) => fileField(field, wishes, told)),
  )
  const read = rowReader(record, (field) => (field === dataFile ? readFile : undefined))
  const at = placesIn(record, ENTRY_FIELDS)
  const listed = placesIn(files, FILE_FIELDS)
  return (cursor) => {
    const fileNumber = told.nextFile()
    const row = read(cursor)
    const status = STATUSES[Number(row[at.status])]
    const file = row[at.data_file] as Row | null
    const content = CONTENTS[Number(file?.[listed.content] ?? 0)]
    if (!status || !file || !content) throw new CorruptData('an entry is of no status or content that is known')
    const inherits = status === 'added' || manifest.sequenceNumber === 0
    const sequenceNumber = row[at.sequence_number] ?? (inherits ? manifest.sequenceNumber : undefined)
    if (sequenceNumber === undefined) throw new CorruptData('an entry that is not new has no sequence number')
    return {
      status,
      snapshotId: (row[at.snapshot_id] ?? manifest.addedSnapshotId) as Id,
      sequenceNumber: Number(sequenceNumber),
      // Files that replace others may be younger than what is in them.
      fileSequenceNumber: Number(row[at.file_sequence_number] ?? (inherits ? manifest.sequenceNumber : sequenceNumber)),
      listedIn: manifest.path,
      file: new ListedFile(content, file, listed, manifest.specId, wishes.fields, told, fileNumber),
    }
  }
}

const FILE_FIELDS = [
  'content',
  'file_path',
  'file_format',
  'partition',
  'record_count',
  'file_size_in_bytes',
  'split_offsets',
  'equality_ids',
  'sort_order_id',
  'referenced_data_file',
  'content_offset',
  'content_size_in_bytes',
] as const

const NO_PARTITION: ContentFile['partition'] = []

class ListedFile implements ContentFile {
  readonly content: ContentFile['content']
  readonly path: string
  readonly format: string
  readonly specId: number
  readonly partition: ContentFile['partition']
  readonly recordCount: number
  readonly sizeBytes: number
  readonly splitOffsets: readonly number[] | undefined
  readonly equalityIds: readonly number[] | undefined
  readonly sortOrderId: number | undefined
  readonly referencedDataFile: string | undefined
  readonly contentOffset: number | undefined
  readonly contentSizeBytes: number | undefined
  readonly #told: ToldColumns
  /** Of those that are told of. */
  readonly #number: number

  constructor(
    content: ContentFile['content'],
    row: Row,
    at: Places<(typeof FILE_FIELDS)[number]>,
    specId: number,
    fields: readonly BoundField[],
    told: ToldColumns,
    number: number,
  ) {
    const [path, format] = [row[at.file_path], row[at.file_format]]
    if (typeof path !== 'string' || typeof format !== 'string')
      throw new CorruptData('an entry does not say which file, or of which format, it is')
    const partition = row[at.partition] as ReadonlyMap<number, unknown> | null | undefined
    this.content = content
    this.path = path
    this.format = format.toLowerCase()
    this.specId = specId
    this.partition =
      fields.length === 0
        ? NO_PARTITION
        : fields.map(({ field, type }) => fromAvro(type, partition?.get(field['field-id'])))
    this.recordCount = Number(row[at.record_count])
    this.sizeBytes = Number(row[at.file_size_in_bytes])
    this.splitOffsets = given(row[at.split_offsets])
    this.equalityIds = given(row[at.equality_ids])
    this.sortOrderId = givenNumber(row[at.sort_order_id])
    this.referencedDataFile = given(row[at.referenced_data_file])
    this.contentOffset = givenNumber(row[at.content_offset])
    this.contentSizeBytes = givenNumber(row[at.content_size_in_bytes])
    this.#told = told
    this.#number = number
  }

  get columnSizes(): ColumnNumbers | undefined {
    return this.#told.numbers(this.#number, 'column_sizes')
  }

  get valueCounts(): ColumnNumbers | undefined {
    return this.#told.numbers(this.#number, 'value_counts')
  }

  get nullValueCounts(): ColumnNumbers | undefined {
    return this.#told.numbers(this.#number, 'null_value_counts')
  }

  get nanValueCounts(): ColumnNumbers | undefined {
    return this.#told.numbers(this.#number, 'nan_value_counts')
  }

  get lowerBounds(): ColumnBounds | undefined {
    return this.#told.bounds(this.#number, 'lower_bounds')
  }

  get upperBounds(): ColumnBounds | undefined {
    return this.#told.bounds(this.#number, 'upper_bounds')
  }
}

const given = <T>(value: unknown): T | undefined => (value ?? undefined) as T | undefined
const givenNumber = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value)

/** What a record's fields are, in its schema's order. */
type Row = readonly unknown[]
type Places<Name extends string> = Readonly<Record<Name, number>>

/** Where in a row each of the fields stands; those that the record does not have, where never anything does. */
function placesIn<Name extends string>({ fields }: AvroRecord, names: readonly Name[]): Places<Name> {
  const place = (name: Name) => fields.findLastIndex((field) => field.name === name)
  const places = names.map((name) => [name, place(name) < 0 ? fields.length : place(name)] as const)
  return Object.fromEntries(places) as Places<Name>
}

/** A reader of a record whose fields are read as `special` says, and else as they are. */
function rowReader(record: AvroRecord, special: (field: AvroField) => Read | undefined): (cursor: Cursor) => Row {
  const reads = record.fields.map((field) => special(field) ?? valueReader(field.type))
  // One for all records: what is wanted of it is taken before the next is read.
  const row: unknown[] = [...reads.map(() => null), undefined]
  return (cursor) => {
    for (let i = 0; i < reads.length; i++) row[i] = reads[i]!(cursor)
    return row
  }
}

/** What planning has no use for. */
const UNREAD: ReadonlySet<string> = new Set(['key_metadata', 'distinct_counts', 'block_size_in_bytes', 'sort_columns'])

function fileField({ name, type }: AvroField, { columns }: ManifestWishes, told: ToldColumns): Read | undefined {
  if (name === 'partition') return optionalReader(type, partitionReader(recordIn(type)))
  if (UNREAD.has(name)) return skipper(type) as Read
  const list = [...NUMBERS, ...BOUNDS].find((one) => one === name)
  if (!list) return undefined
  // Sizes are nothing that a file is chosen by.
  if (columns?.size === 0 || (columns && list === 'column_sizes')) return skipper(type) as Read
  return toldReader(type, list, columns, told)
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

function recordIn(type: AvroType | undefined): AvroRecord {
  const found = type?.kind === 'union' ? type.branches.find((branch) => branch.kind === 'record') : type
  if (found?.kind !== 'record') throw new CorruptData('its entries have no data_file or no partition')
  return found
}
