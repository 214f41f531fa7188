/** One text looked through, a piece at a time, for what the engine's readers of text understand otherwise than Hive's. */
import { isUtf8 } from 'node:buffer'
import type { InflatedText, Relation } from '../../../core/queries/relation.ts'
import type { AskedLines } from '../../../formats/hive/asked-lines.ts'
import type { CsvDialect } from '../../../formats/hive/csv-line.ts'
import { csvLines } from '../../../formats/hive/csv-quoting.ts'
import { jsonLines, type NumberMember, numberName } from '../../../formats/hive/plain-numbers.ts'
import { isFraction } from '../scans/text-values.ts'
import { CARRIAGE_RETURN, LINE_FEED } from './longest-line.ts'
import { BLANKS, LINE_ENDS, MarkSearch } from './mark-search.ts'
import { NumberSearch } from './number-search.ts'

/** What is looked for: pairs of characters, or more by the format. */
export interface TextQuestion {
  readonly marks: readonly string[]
  readonly csv?: CsvDialect & { readonly headerLines: number }
  readonly json?: 'hive' | 'openx'
  /** Of a table with numbers with a fraction, which the engine also reads as Java does not (see NumberSearch). */
  readonly fractions?: { readonly isCautious: boolean }
}

/** Of text without quotes or escapes, whatever its format. */
export const BLANK_LINES: TextQuestion = { marks: BLANKS }
const ENDS: TextQuestion = { marks: [] }

/** What words and numbers are made of. */
const IN_WORDS = /[a-z0-9+\-._]/i

/** What there is to be looked for; undefined where nothing is. */
export function questionOf({ format, columns }: Relation): TextQuestion | undefined {
  const fields = columns.filter((column) => column.kind === 'data')
  const fractions = (marks: string) =>
    fields.length > 1 && fields.some(({ type }) => isFraction(type))
      ? { fractions: { isCautious: IN_WORDS.test(marks) } }
      : {}
  switch (format.kind) {
    case 'csv-lazy': {
      const plain =
        fields.length < 2 ? ENDS : { ...BLANK_LINES, ...fractions(format.fieldDelimiter + (format.escape ?? '')) }
      return format.escape ? { ...plain, marks: [...plain.marks, ...escapesOf(format.escape, format.nullText)] } : plain
    }
    case 'csv-open':
      return { marks: [], csv: format, ...fractions(format.separator + format.quote + format.escape) }
    case 'regex':
      return ENDS
    case 'json':
      return { marks: [], json: format.serde }
    default:
      return undefined
  }
}

/** An escape at the end of a line, and that of a text for NULL, such as `\N`, which is not what else it would stand for. */
function escapesOf(mark: string, nullText: string): string[] {
  const at = nullText.indexOf(mark)
  const ofNull = at < 0 || at + 1 === nullText.length ? [] : [nullText.slice(at, at + 2)]
  return [...LINE_ENDS.map((end) => mark + end), ...ofNull]
}

/** The lines of a text of which more is asked; undefined where it is not. */
export function linesOf(
  { csv, json }: TextQuestion,
  numbers: readonly NumberMember[],
): AskedLines<NumberMember> | undefined {
  if (csv) return csvLines(csv, numbers, csv.headerLines)
  return json && jsonLines(numbers)
}

export const keyOf = (question: TextQuestion): string => JSON.stringify(question)

/** What whoever has inflated the text has found; undefined where that was for another question. */
export function foundWhileInflated(question: TextQuestion, text: InflatedText): TextFacts | undefined {
  if (text.question === keyOf(question)) return text
  return question === ENDS && text.question === keyOf(BLANK_LINES) ? { ...text, byLine: false } : undefined
}

export type TextFacts = Pick<TextLook, 'byLine' | 'isRewritten' | 'longestLine' | 'plainNumbers' | 'oddNumbers'>

/** All that is asked of so much of a text is asked while a processor's cache holds it. */
const STRETCH_BYTES = 262_144

export class TextLook {
  readonly #search: MarkSearch
  readonly #lines: AskedLines<NumberMember> | undefined
  readonly #json: TextQuestion['json']
  readonly #numbers: NumberSearch | undefined
  #plainNumbers: readonly string[] = []
  #isFirst = true
  #last = LINE_FEED
  /** Of a character that the last piece has not ended. */
  #started: Uint8Array = new Uint8Array()
  #hasLineFeed = false
  #hasLoneReturn = false
  #hasByteOrderMark = false
  #hasNoText = false
  #textBytes = 0
  /** Where the last line begins. */
  #lineAt = 0
  #losesLast = false

  /** `numbers`: members of JSON, or fields of CSV, of which it would help to know that all their values are plain numbers. */
  constructor(question: TextQuestion, numbers: readonly NumberMember[] = []) {
    this.#search = new MarkSearch(question.marks)
    this.#lines = linesOf(question, numbers)
    this.#json = question.json
    this.#numbers = question.fractions && new NumberSearch(question.fractions.isCautious)
  }

  read(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at += STRETCH_BYTES) this.#readStretch(piece.subarray(at, at + STRETCH_BYTES))
  }

  #readStretch(stretch: Uint8Array): void {
    let chunk = Buffer.from(stretch.buffer, stretch.byteOffset, stretch.length)
    if (this.#isFirst && chunk.length > 0) {
      this.#isFirst = false
      this.#hasByteOrderMark = BYTE_ORDER_MARK.equals(chunk.subarray(0, BYTE_ORDER_MARK.length))
      if (this.#hasByteOrderMark) chunk = chunk.subarray(BYTE_ORDER_MARK.length)
    }
    if (chunk.length === 0) return
    this.#search.read(chunk)
    this.#numbers?.read(chunk)
    this.#hasLineFeed ||= chunk.includes(LINE_FEED)
    this.#hasLoneReturn ||= (this.#last === CARRIAGE_RETURN && chunk[0] !== LINE_FEED) || hasLoneReturn(chunk)
    this.#lines?.read(chunk)
    if (this.#json === 'openx') this.#checkText(chunk)
    this.#last = chunk.at(-1)!
    const end = chunk.lastIndexOf(LINE_FEED)
    if (end >= 0) this.#lineAt = this.#textBytes + end + 1
    this.#textBytes += chunk.length
  }

  /** The text is over. */
  end(): void {
    this.#losesLast = this.#last !== LINE_FEED && spansBuffers(this.#lineAt, this.#textBytes)
    this.#plainNumbers = this.#lines?.end().map(numberName) ?? []
  }

  /** The names of those of the numbers that all are; none before the text is over. */
  get plainNumbers(): readonly string[] {
    return this.#plainNumbers
  }

  /** No more can be found out. */
  get isOver(): boolean {
    return this.byLine && this.isRewritten
  }

  /** Lines have to be read as lines before they are taken apart. */
  get byLine(): boolean {
    return this.#search.found || (this.#lines?.isOdd ?? false)
  }

  /** Only a copy with ends of one kind, the last line's too, without the mark of its encoding and of nothing but text can be read. */
  get isRewritten(): boolean {
    const hasLoneReturn = this.#hasLoneReturn || this.#last === CARRIAGE_RETURN
    if (!this.#json) return hasLoneReturn && this.#hasLineFeed
    return this.#losesLast || hasLoneReturn || this.#hasByteOrderMark || this.#hasNoText || this.#started.length > 0
  }

  /** Some text may be a number with a fraction to the engine's reader, and none to Java. */
  get oddNumbers(): boolean {
    return this.#numbers?.found ?? false
  }

  /** In bytes, as far as one is longer than a stretch, or a piece, of the text. */
  get longestLine(): number {
    return this.#search.longestLine
  }

  #checkText(chunk: Buffer): void {
    const bytes = this.#started.length > 0 ? Buffer.concat([this.#started, chunk]) : chunk
    const end = endOfCharacters(bytes)
    this.#hasNoText ||= !isUtf8(bytes.subarray(0, end))
    this.#started = Uint8Array.from(bytes.subarray(end))
  }
}

/** In which the engine reads objects: of such a size, or of a multiple, but for some bytes for each. */
const BUFFER_BYTES = 16_777_216
const SPARED_BYTES = 8

/** A last object that no line feed ends and that two buffers share is lost in silence (DuckDB 1.5). */
function spansBuffers(from: number, to: number): boolean {
  const border = Math.floor((to + SPARED_BYTES * Math.ceil(to / BUFFER_BYTES)) / BUFFER_BYTES)
  return border > 0 && border * (BUFFER_BYTES - SPARED_BYTES) <= to && from <= border * BUFFER_BYTES
}

function hasLoneReturn(chunk: Buffer): boolean {
  for (let at = chunk.indexOf(CARRIAGE_RETURN); at >= 0; at = chunk.indexOf(CARRIAGE_RETURN, at + 1))
    if (at + 1 < chunk.length && chunk[at + 1] !== LINE_FEED) return true
  return false
}

/** Where the bytes of a character begin that goes on after these; their length where none does. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back < 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) break
    // The first byte of a character says how many there are.
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length
  }
  return bytes.length
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff')
