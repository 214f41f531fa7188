/**
 * DuckDB reads nearly all text as Hive does, and some otherwise. It passes over blank lines; to Hive each is a row. Where
 * there is an escape, one at the end of a line joins it to the next for DuckDB, and quotes may go over several; to Hive a
 * line is a line. Of ends of several kinds it takes some for none. Reading lines first and splitting them after, or
 * writing a file anew, knows no such difference but takes longer, so it is done only for tables with a file that asks for
 * it. Files never change, so each is looked at once in the life of a worker.
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { type NumberMember, numberName } from '../../../formats/hive/plain-numbers.ts'
import { KnownFiles } from '../known-files.ts'
import { compressionOf } from '../scans/compression.ts'
import { type Integrity, unreadable } from './integrity.ts'
import { requireReadable } from './long-records.ts'
import { openedText } from './opened-text.ts'
import { SmallTexts } from './small-texts.ts'
import { foundWhileInflated, keyOf, questionOf, type TextFacts, TextLook, type TextQuestion } from './text-look.ts'

const CHUNK_BYTES = 1 << 20
/** A plan with a limit may need but the first rows of a file: of a larger one no more than these are looked at for it. */
const HEAD_BYTES = 64 << 20

export interface TextReading {
  /** Lines have to be read as lines before they are taken apart. */
  readonly byLine: boolean
  /** To be read as copies (see text-repair.ts). */
  readonly rewritten: ReadonlySet<DataFile>
  /** The names of those numbers that are plain in all files. */
  readonly plainNumbers: ReadonlySet<string>
  /** Numbers with a fraction have to be read as text. */
  readonly oddNumbers: boolean
}

export const AS_IT_IS: TextReading = {
  byLine: false,
  rewritten: new Set(),
  plainNumbers: new Set(),
  oddNumbers: false,
}

export class TextLooks {
  readonly #known = new KnownFiles<TextFacts>()
  readonly #smallTexts = new SmallTexts()
  readonly #integrity: Integrity

  /** `integrity` hears of files that were inflated to their end: they need not be for it again. */
  constructor(integrity: Integrity) {
    this.#integrity = integrity
  }

  /**
   * `stopsEarly`: the plan may end before its files do. `numbers`: members that would be read as plain numbers, if it is
   * known that they are; to find out is left to the first look of a plan that needs the whole text. Throws EngineError for
   * a line that is longer than any may be.
   */
  async of(relation: Relation, stopsEarly: boolean, numbers: readonly NumberMember[] = []): Promise<TextReading> {
    const question = questionOf(relation)
    if (!question) return AS_IT_IS
    const { format } = relation
    const asked = keyOf(question)
    let byLine = hasHeader(format)
    let oddNumbers = false
    const rewritten = new Set<DataFile>()
    let plainNumbers = new Set(numbers.map(numberName))
    for (const file of relation.files) {
      const look = () => new TextLook(question, stopsEarly ? [] : numbers)
      const found = await this.#found(file, question, asked, stopsEarly && file.sizeBytes > HEAD_BYTES, look)
      if (plainNumbers.size > 0) plainNumbers = plainNumbers.intersection(new Set(found.plainNumbers))
      byLine ||= found.byLine
      oddNumbers ||= found.oddNumbers
      if (found.isRewritten) rewritten.add(file)
      // Objects are measured by nobody else.
      if (byLine && format.kind === 'json') requireReadable(file.uri, found.longestLine)
    }
    return { byLine, rewritten, plainNumbers, oddNumbers }
  }

  /** Whether it has all been looked at, to its end; or need not be to know that it is not as it is. */
  knows(relation: Relation): boolean {
    const question = questionOf(relation)
    if (!question || hasHeader(relation.format)) return true
    const asked = keyOf(question)
    return relation.files.every((file) => this.#foundBefore(file, question, asked) !== undefined)
  }

  /** `asked`: the key of the question. */
  #foundBefore(file: DataFile, question: TextQuestion, asked: string): TextFacts | undefined {
    const inflated = file.inflated && foundWhileInflated(question, file.inflated)
    return inflated ?? this.#known.get(`${asked} ${file.localPath}`)
  }

  async #found(
    file: DataFile,
    question: TextQuestion,
    asked: string,
    headOnly: boolean,
    begun: () => TextLook,
  ): Promise<TextFacts> {
    const before = this.#foundBefore(file, question, asked)
    if (before) return before
    const key = `${headOnly ? 'head ' : ''}${asked} ${file.localPath}`
    const known = this.#known.get(key)
    if (known) return known
    const look = begun()
    const toEnd = file.sizeBytes === 0 || (await lookThrough(look, file, headOnly, this.#smallTexts))
    if (toEnd) {
      look.end()
      this.#integrity.found(file, look.longestLine)
    }
    const { byLine, isRewritten, longestLine, plainNumbers, oddNumbers } = look
    const found = { byLine, isRewritten, longestLine, plainNumbers, oddNumbers }
    this.#known.set(key, found)
    return found
  }
}

/** Lines that are left out are counted, whatever they hold. */
const hasHeader = (format: Relation['format']): boolean => format.kind === 'json' && (format.headerLines ?? 0) > 0

/** False where it has not been looked at to its end. */
async function lookThrough(
  look: TextLook,
  file: DataFile,
  headOnly: boolean,
  smallTexts: SmallTexts,
): Promise<boolean> {
  let textBytes = 0
  const isEnough = (piece: Uint8Array): boolean => {
    look.read(piece)
    textBytes += piece.length
    return look.isOver || (headOnly && textBytes >= HEAD_BYTES)
  }
  try {
    const small = await smallTexts.read(file)
    if (small) {
      look.read(small)
      return true
    }
    if (compressionOf(file) === 'uncompressed') return await readPlain(file, isEnough)
    let toEnd = true
    await pipeline(createReadStream(file.localPath), openedText(file), async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const piece of pieces) {
        if (!isEnough(piece)) continue
        toEnd = false
        return
      }
    })
    return toEnd
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** In the same memory again and again, which takes less than to search new one: a piece is read while the last is searched. */
async function readPlain({ localPath }: DataFile, isEnough: (piece: Uint8Array) => boolean): Promise<boolean> {
  const file = await open(localPath)
  try {
    let [piece, other] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)]
    let reading = file.read(piece)
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return true
      reading = file.read(other)
      if (isEnough(piece.subarray(0, bytesRead))) {
        await reading
        return false
      }
      ;[piece, other] = [other, piece]
    }
  } finally {
    await file.close()
  }
}
