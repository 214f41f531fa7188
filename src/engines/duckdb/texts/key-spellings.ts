/**
 * How keys are spelled at the head of a JSON file. Only a hint: columns are tried under these spellings first, which is
 * five times faster than comparing keys without regard to case; what is not found so is looked for in every spelling.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Relation } from '../../../core/queries/relation.ts'
import type { NumberMember } from '../../../formats/hive/plain-numbers.ts'
import { KnownFiles } from '../known-files.ts'
import { type Compression, compressionOf } from '../scans/compression.ts'
import { likelyKeys } from '../scans/json.ts'
import { linesOf, questionOf } from './text-look.ts'

const SAMPLE_BYTES = 65_536
/** A head that swells beyond this gives no hint. */
const MOST_EXPANDED = { maxOutputLength: 16 << 20 }
interface HeadKeys {
  readonly keys: readonly string[]
  /** Folded, those that some object has in two spellings. */
  readonly twice: ReadonlySet<string>
}
const NOTHING: HeadKeys = { keys: [], twice: new Set() }
const known = new KnownFiles<HeadKeys>(2_000)

export const sampleKeys = (relation: Relation): readonly string[] => keysOf(relation).keys

/** Whether an object of the head has the member of a wanted column in two spellings, of which not just any may be read. */
export function isSpelledTwice(relation: Relation, wanted: readonly number[]): boolean {
  const { format, columns } = relation
  if (format.kind !== 'json' || !format.strict || format.caseSensitive) return false
  const { twice } = keysOf(relation)
  if (twice.size === 0) return false
  const asked = wanted.flatMap((index) => {
    const column = columns[index]!
    return column.kind === 'data' ? [{ index, column }] : []
  })
  return likelyKeys(format, asked, []).some((key) => twice.has(key.toLowerCase()))
}

function keysOf(relation: Relation): HeadKeys {
  const { kind } = relation.format
  const file = relation.files[0]
  if (!file || (kind !== 'json' && kind !== 'cloudtrail')) return NOTHING
  const name = `${compressionOf(file)} ${file.localPath}`
  const before = known.get(name)
  if (before) return before
  // A compressed head may be ten times as much text, which tells little more.
  const head = expanded(headOf(file.localPath), compressionOf(file)).slice(0, SAMPLE_BYTES)
  const keys = keysIn(head)
  const isCased = new Set(keys.map((key) => key.toLowerCase())).size < keys.length
  const found = { keys, twice: isCased ? spelledTwice(head) : NOTHING.twice }
  known.set(name, found)
  return found
}

/** Most that is spelled in two ways lies in objects inside of others, where it is another member. */
function spelledTwice(text: string): ReadonlySet<string> {
  const twice = new Set<string>()
  for (const line of text.split('\n')) {
    const folded = new Set<string>()
    for (const key of keysOfObject(line)) {
      const name = key.toLowerCase()
      if (folded.has(name)) twice.add(name)
      folded.add(name)
    }
  }
  return twice
}

function keysOfObject(line: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(line) ?? {})
  } catch {
    return []
  }
}

const keysIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(/"([^"\\]{1,128})"\s*:/g), (match) => match[1]!)),
]

function headOf(path: string): Uint8Array {
  const buffer = new Uint8Array(SAMPLE_BYTES)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    return buffer.subarray(0, readSync(file, buffer))
  } catch {
    // The engine says better what is wrong with a file that can not be read.
    return new Uint8Array()
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Those of the members, or fields, whose values are plain numbers in the head of the first file. */
export function seemingNumbers(relation: Relation, members: readonly NumberMember[]): readonly NumberMember[] {
  const [file] = relation.files
  const question = questionOf(relation)
  const numbers = question && linesOf(question, members)
  if (!file || !numbers || members.length === 0) return []
  const text = expanded(headOf(file.localPath), compressionOf(file))
  numbers.read(Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1)))
  return numbers.end()
}

/** The head of a compressed file is cut off in the middle, which is no error here. */
function expanded(bytes: Uint8Array, compression: Compression): string {
  const decoder = new TextDecoder()
  try {
    if (compression === 'gzip')
      return decoder.decode(gunzipSync(bytes, { ...MOST_EXPANDED, finishFlush: constants.Z_SYNC_FLUSH }))
    if (compression === 'zstd')
      return decoder.decode(zstdDecompressSync(bytes, { ...MOST_EXPANDED, finishFlush: constants.ZSTD_e_flush }))
    return decoder.decode(bytes)
  } catch {
    return ''
  }
}
