/** A text that comes in pieces, looked through for pairs of characters; how long its longest line is comes with that. */
import { CARRIAGE_RETURN, LongestLine } from './longest-line.ts'

/** Of lines with nothing in them, be it the first of the text: it begins as after a line. */
export const BLANKS: readonly string[] = ['\n\n', '\n\r', '\r\r']
export const LINE_ENDS: readonly string[] = ['\n', '\r']

export class MarkSearch {
  readonly #marks: readonly string[]
  readonly #marksWithoutReturn: readonly string[]
  #last = '\n'
  readonly #lines = new LongestLine()
  #found = false

  /** Of two characters each. */
  constructor(marks: readonly string[]) {
    this.#marks = marks
    this.#marksWithoutReturn = marks.filter((mark) => !mark.includes('\r'))
  }

  read(piece: Uint8Array): void {
    if (piece.length === 0) return
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    this.#found ||= this.#marks.includes(this.#last + String.fromCharCode(chunk[0]!)) || this.#isWithin(chunk)
    this.#last = String.fromCharCode(chunk.at(-1)!)
    this.#lines.read(chunk)
  }

  get found(): boolean {
    return this.#found
  }

  /** In bytes, as far as one is longer than a piece. */
  get longestLine(): number {
    return this.#lines.bytes
  }

  /** A character that no line has is looked for in no time; a pair takes some at the end of every line. */
  #isWithin(chunk: Buffer): boolean {
    if (this.#marks.length === 0) return false
    const marks = chunk.includes(CARRIAGE_RETURN) ? this.#marks : this.#marksWithoutReturn
    return marks.some((mark) => chunk.includes(mark))
  }
}
