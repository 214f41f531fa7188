/** Text files as rows of text, before any value is understood. */
import type { DataFile } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { type Compression, compressionOf, storedBytes } from './compression.ts'
import { pathList } from './text-list.ts'

/** A line longer than this is refused. */
export const MAX_LINE_BYTES = 16_777_216
/** Nearly no file has longer ones (see ../texts/long-records.ts). */
export const USUAL_LINE_BYTES = 2_097_152
/** Of longer lines the engine needs buffers of twice the size. */
export const USUAL_BUFFER_BYTES = 8_388_608
/** For buffers of less the engine gains nothing. */
const MIN_LINE_BYTES = 65_536
/** Deflate makes no more of a byte. */
const MOST_INFLATION = 1032

export interface TextLayout {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly nullText?: string
  readonly headerLines: number
  /** Only of lines that are split here. */
  readonly lastTakesRest?: boolean
  /** Lines may be as long as any can be. */
  readonly long: boolean
}

/** By the place of a field, the engine's type of its values; the others are text. */
export type FieldTypes = ReadonlyMap<number, string>

/** Types for fields of text of several columns; in text of one nothing but text is told from a blank line. */
export const typedFields = (width: number, fields: readonly (readonly [place: number, type: string])[]): FieldTypes =>
  new Map(width > 1 ? fields : [])

/** `read_csv` yielding `f0`, `f1` ..., NULL where a row has fewer; more are dropped. `types`: see `typedFields`. */
export function readText(
  files: readonly DataFile[],
  layout: TextLayout,
  width: number,
  types: FieldTypes = new Map(),
): string {
  if (width > 1) return readCsv(files, layout, width, types)
  // DuckDB passes over a blank line, unless there is one column and nothing means NULL: then that is what it makes of it.
  const { nullText } = layout
  const value = nullText === undefined || nullText === '' ? 'f0' : `nullif(f0, ${quote(nullText)})`
  const blank = nullText === '' ? 'NULL' : "''"
  const lines = readCsv(files, { ...layout, nullText: '' }, 1)
  return `(SELECT CASE WHEN f0 IS NULL THEN ${blank} ELSE ${value} END AS f0, file_index FROM ${lines})`
}

function readCsv(files: readonly DataFile[], layout: TextLayout, width: number, types: FieldTypes = new Map()): string {
  const columns = Array.from({ length: width }, (_, i) => `f${i}: '${types.get(i) ?? 'VARCHAR'}'`).join(', ')
  const compression = compressionOf(files[0]!)
  const { lineBytes, bufferBytes } = bufferOf(files, compression, layout.long)
  const options = [
    'auto_detect = false',
    'header = false',
    `skip = ${layout.headerLines}`,
    `delim = ${quote(layout.delimiter)}`,
    `quote = ${quote(layout.quote)}`,
    `escape = ${quote(layout.escape)}`,
    `nullstr = ${quote(layout.nullText ?? UNUSED_TEXT)}`,
    `null_padding = ${width > 1}`,
    'strict_mode = false',
    `compression = '${compression}'`,
    `max_line_size = ${lineBytes}`,
    `buffer_size = ${bufferBytes}`,
    'hive_partitioning = false',
    `columns = {${columns}}`,
  ]
  return `read_csv(${pathList(files)}, ${options.join(', ')})`
}

/** The engine fills buffers for such lines anew for every file: of thousands of small files that is half the work. */
function bufferOf(files: readonly DataFile[], compression: Compression, long: boolean) {
  const textBytes = longestText(files, compression)
  const lineBytes = Math.min(textBytes, long ? MAX_LINE_BYTES : USUAL_LINE_BYTES)
  return { lineBytes, bufferBytes: Math.min(2 * textBytes, long ? 2 * MAX_LINE_BYTES : USUAL_BUFFER_BYTES) }
}

/** At least as many bytes as the text of any of the files, or as any line may have. */
export function longestText(files: readonly DataFile[], compression: Compression): number {
  if (compression === 'zstd') return MAX_LINE_BYTES
  const inflation = compression === 'gzip' ? MOST_INFLATION : 1
  const most = files.reduce((bytes, file) => Math.max(bytes, storedBytes(file) * inflation), MIN_LINE_BYTES)
  return 2 ** Math.ceil(Math.log2(most + 1))
}

/** Whole lines as `f0`. Control characters that text does not hold together stand in for the delimiter that must be given. */
export function readLines(files: readonly DataFile[], long: boolean, headerLines = 0): string {
  return readText(files, { delimiter: '\u001e\u001f\u001d\u001c', quote: '', escape: '', headerLines, long }, 1)
}

/** Fields that are taken apart further before what is escaped in them is the text that it stands for. */
export interface Parted {
  readonly places: ReadonlySet<number>
  /** What parts them, beside the delimiter. */
  readonly separators: readonly string[]
}

const NOTHING_PARTED: Parted = { places: new Set(), separators: [] }

/** What `readText` yields of text without quotes, where every line is a row: blank ones, and those that end in an escape. */
export function splitLines(
  files: readonly DataFile[],
  layout: TextLayout,
  width: number,
  { places, separators }: Parted = NOTHING_PARTED,
): string {
  const { delimiter, nullText, headerLines, lastTakesRest, long } = layout
  const hiding = [delimiter, ...separators]
  const fields = Array.from({ length: width }, (_, i) => {
    const takesRest = lastTakesRest && i > 0 && i === width - 1
    const rest = `CASE WHEN len(fields) >= ${width} THEN array_to_string(fields[${width}:], ${quote(delimiter)}) END`
    const field = takesRest ? rest : `fields[${i + 1}]`
    const value = nullText === undefined ? field : `nullif(${field}, ${quote(nullText)})`
    return `${places.has(i) ? value : unescaped(value, layout, hiding)} AS f${i}`
  })
  const lines = `SELECT string_split(${hidden('f0', layout, hiding)}, ${quote(delimiter)}) AS fields, file_index
    FROM ${readLines(files, long, headerLines)}`
  return `(SELECT ${fields.join(', ')}, file_index FROM (${lines}))`
}

/** The text of a part of a field that `splitLines` was told to leave. */
export const partText = (part: string, layout: TextLayout, { separators }: Parted): string =>
  unescaped(part, layout, [layout.delimiter, ...separators])

// Characters that are none, in place of what is escaped while the text is split.
const HIDDEN_ESCAPE = '\ufdd0'
const hiddenAs = (place: number): string => String.fromCharCode(0xfdd1 + place)

function hidden(line: string, { escape: mark }: TextLayout, hiding: readonly string[]): string {
  if (mark === '') return line
  const escapes = `replace(${line}, ${quote(mark + mark)}, ${quote(HIDDEN_ESCAPE)})`
  return hiding.reduce((text, one, i) => `replace(${text}, ${quote(mark + one)}, ${quote(hiddenAs(i))})`, escapes)
}

/** An escape before any other character goes; at the end it stays. */
function unescaped(field: string, { escape: mark }: TextLayout, hiding: readonly string[]): string {
  if (mark === '') return field
  const pattern = `${mark.replace(/[^\p{L}\p{N}]/u, '\\$&')}(.)`
  const shorter = `regexp_replace(${field}, ${quote(pattern)}, '\\1', 'g')`
  const shown = hiding.reduce((text, one, i) => `replace(${text}, ${quote(hiddenAs(i))}, ${quote(one)})`, shorter)
  return `replace(${shown}, ${quote(HIDDEN_ESCAPE)}, ${quote(mark)})`
}

// No value is NULL by its text then: DuckDB insists on some text for NULL and would take the empty one.
const UNUSED_TEXT = '\u001f\u001e\u001c\u001d\u001f'
