/** Reads the files that describe an Iceberg table: its metadata, lists of manifests, manifests. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { CorruptData, UnsupportedData } from '../../../formats/corrupt-data.ts'
import { badData, IcebergError, invalidMetadata } from '../../../formats/iceberg/iceberg-error.ts'
import { type TableMetadata, tableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { parseExactJson } from '../../exact-json.ts'
import { isLakeUri, lakeUri } from '../../objects/addresses.ts'
import type { Files } from '../../objects/files.ts'
import { MOST_WHOLE_BYTES, wholeFile } from '../../objects/whole-file.ts'
import { placeAt } from '../../table-buckets/table-buckets.ts'
import type { QueryContext } from '../context.ts'
import { requireEnclosed } from './enclosure.ts'
import { metadataLocation } from './iceberg-table.ts'

/** Whoever reads what describes a table: a statement, or a client of the REST catalog. */
export type ReadContext = { readonly rooms: Pick<QueryContext['rooms'], 'files'>; readonly signal?: AbortSignal }

/** The table's newest metadata. Files never change, so one is read once. */
export const readMetadata = (table: Table, context: ReadContext): Promise<TableMetadata> =>
  readMetadataAt(metadataLocation(table), dottedName(table), context)

/** `table`: as failures name it. Metadata in a table's own place may name nothing elsewhere (`enclosure`). */
export async function readMetadataAt(location: string, table: string, context: ReadContext): Promise<TableMetadata> {
  const metadata = await decodedMetadata(location, table, context)
  requireEnclosed(placeAt(location), metadata, table)
  return metadata
}

async function decodedMetadata(location: string, table: string, context: ReadContext): Promise<TableMetadata> {
  const file = context.rooms.files.stat(location)
  if (!file)
    throw new SqlError(
      'ICEBERG_MISSING_METADATA',
      `Metadata not found in metadata location for table ${table}: ${location}`,
    )
  const known = knownMetadata(context.rooms.files)
  const found = known.get(file.localPath)
  if (found) {
    context.rooms.files.requireReadable(file)
    return found
  }
  const metadata = await naming(location, table, async () => {
    const bytes = await wholeFile(context.rooms.files, location)
    return tableMetadata(parsed(inflated(bytes)))
  })
  keep(known, file.localPath, metadata)
  return metadata
}

/** Writers say the compression in the file's name, each in its way; the bytes say it too. */
function inflated(bytes: Uint8Array): Uint8Array {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  const options = { maxOutputLength: MOST_WHOLE_BYTES }
  if (start.startsWith('1f8b')) return gunzipSync(bytes, options)
  return start === '28b52ffd' ? zstdDecompressSync(bytes, options) : bytes
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseExactJson(Buffer.from(bytes).toString())
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalidMetadata('it is no JSON')
  }
}

type Known = Map<string, TableMetadata>

const knownByLake = new WeakMap<object, Known>()
/** Of all that are kept for a lake: some hundred bytes each. */
const MOST_KNOWN_SNAPSHOTS = 20_000

function knownMetadata(files: Files): Known {
  const known = knownByLake.get(files.lake) ?? new Map()
  knownByLake.set(files.lake, known)
  return known
}

const weightOf = ({ snapshots, schemas }: TableMetadata): number => (snapshots?.length ?? 0) + schemas.length + 10

function keep(known: Known, key: string, metadata: TableMetadata): void {
  known.set(key, metadata)
  let room = MOST_KNOWN_SNAPSHOTS
  for (const [other, kept] of [...known].toReversed()) {
    room -= weightOf(kept)
    if (room < 0) known.delete(other)
  }
}

/** What has just been written there need not be read. */
export function keepMetadata(location: string, metadata: TableMetadata, { rooms: { files } }: ReadContext): void {
  const file = files.stat(location)
  if (file) keep(knownMetadata(files), file.localPath, metadata)
}

/** Files that metadata leads to and that are not in the lake yet: those of commits that are written with it. */
const unwritten = new WeakMap<TableMetadata, ReadonlyMap<string, Uint8Array>>()

export function withUnwritten(metadata: TableMetadata, files: ReadonlyMap<string, Uint8Array>): TableMetadata {
  unwritten.set(metadata, files)
  return metadata
}

/** What `decode` makes of the bytes of a file that the metadata leads to; its failures name the file and the table. */
export async function readAvroFile<T>(
  uri: string,
  { name, metadata }: { readonly name: string; readonly metadata: TableMetadata },
  { rooms: { files } }: ReadContext,
  decode: (file: RandomAccess) => T | Promise<T>,
): Promise<T> {
  const address = lakeUri(uri)
  return naming(address, name, async () => {
    const bytes = unwritten.get(metadata)?.get(address) ?? (await bytesOf(address, files))
    return decode({ sizeBytes: bytes.length, read: (at, length) => bytes.subarray(at, at + length) })
  })
}

async function bytesOf(address: string, files: Files): Promise<Uint8Array> {
  if (!isLakeUri(address)) throw badData('it is no address of the lake')
  if (!files.stat(address)) throw badData('no such object')
  return wholeFile(files, address)
}

/** Runs work on a file; what is wrong with its bytes is told with its name and the table's. */
export async function naming<T>(uri: string, table: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const told = (reason: string) => `Error processing metadata for table ${table}: ${uri}: ${reason}`
    if (error instanceof IcebergError) throw new IcebergError(error.code, told(error.message))
    if (error instanceof CorruptData || error instanceof UnsupportedData) throw badData(told(error.message))
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith('Z_'))
      throw badData(told((error as Error).message))
    throw error
  }
}
