/**
 * How long the longest line is of a text that comes in pieces, as far as one is longer than a piece. Each piece is asked
 * for its first and its last line end alone, which takes next to nothing.
 */
export const LINE_FEED = 10
export const CARRIAGE_RETURN = 13

export class LongestLine {
  /** Since the last line end. */
  #unended = 0
  #longest = 0

  read(piece: Uint8Array): void {
    const end = piece.includes(LINE_FEED) ? LINE_FEED : CARRIAGE_RETURN
    const first = piece.indexOf(end)
    if (first < 0) {
      this.#unended += piece.length
      return
    }
    this.#longest = Math.max(this.#longest, this.#unended + first)
    this.#unended = piece.length - 1 - piece.lastIndexOf(end)
  }

  get bytes(): number {
    return Math.max(this.#longest, this.#unended)
  }
}
