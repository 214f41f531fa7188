/**
 * A text that comes in pieces, looked through for what the engine's reader takes for a number with a fraction and Java
 * does not: `1_000` and `+-5` (DuckDB 1.5). Where there is none of it, which is nearly everywhere, it takes no time.
 */
const [ZERO, NINE] = [0x30, 0x39]
const UNDERSCORE = 0x5f
const [PLUS, MINUS] = [0x2b, 0x2d]

export class NumberSearch {
  #last = 0
  #found = false

  read(piece: Uint8Array): void {
    if (this.#found || piece.length === 0) return
    this.#found =
      isGrouping(this.#last, piece[0]!) ||
      (this.#last === PLUS && piece[0] === MINUS) ||
      hasGrouping(piece) ||
      Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes('+-')
    this.#last = piece.at(-1)!
  }

  get found(): boolean {
    return this.#found
  }
}

/** The digit behind the underscore is not asked for: what else is there makes no number of it. */
const isGrouping = (before: number, byte: number): boolean => byte === UNDERSCORE && before >= ZERO && before <= NINE

/** To look for one byte takes no time where it is nowhere; where it is everywhere, to look for each takes longer than to read them all. */
function hasGrouping(piece: Uint8Array): boolean {
  const first = piece.indexOf(UNDERSCORE)
  for (let at = Math.max(first, 1); first >= 0 && at < piece.length; at++)
    if (piece[at] === UNDERSCORE && isGrouping(piece[at - 1]!, UNDERSCORE)) return true
  return false
}
