/**
 * A text that comes in pieces, looked through for what the engine's reader takes for a number with a fraction and Java
 * does not: `1_000` and `+-5` (DuckDB 1.5). Where there is no underscore, which is nearly everywhere, it takes no time.
 */
const [ZERO, NINE] = [0x30, 0x39]
const UNDERSCORE = 0x5f
const [PLUS, MINUS] = [0x2b, 0x2d]

export class NumberSearch {
  readonly #isCautious: boolean
  #last = 0
  #found = false

  /** `isCautious`: what parts fields may be in words and numbers too. Where it is not, `user_1_2` is no number. */
  constructor(isCautious: boolean) {
    this.#isCautious = isCautious
  }

  read(piece: Uint8Array): void {
    if (this.#found || piece.length === 0) return
    this.#found =
      (piece[0] === UNDERSCORE && isDigit(this.#last)) ||
      (piece[0] === MINUS && this.#last === PLUS) ||
      this.#hasGrouping(piece) ||
      Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes('+-')
    this.#last = piece.at(-1)!
  }

  /** May be a false alarm: what lies in other pieces is not asked for. */
  get found(): boolean {
    return this.#found
  }

  /** To look for one byte takes no time where it is nowhere; where it is everywhere, to look for each takes longer than to read them all. */
  #hasGrouping(piece: Uint8Array): boolean {
    const first = piece.indexOf(UNDERSCORE)
    for (let at = Math.max(first, 1); first >= 0 && at < piece.length; at++) {
      if (piece[at] !== UNDERSCORE || !isDigit(piece[at - 1]!)) continue
      if (at + 1 < piece.length && !isDigit(piece[at + 1]!)) continue
      if (this.#isCautious || !followsLetter(piece, at - 1)) return true
    }
    return false
  }
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE

/** Longer numbers are not told from words. */
const MOST_BYTES = 64
/** What numbers are made of beside digits, and words too. */
const IN_NUMBERS = new Set(Buffer.from('+-._eE'))

/** Whether a letter comes before what may be a number, of which `at` is a digit. */
function followsLetter(piece: Uint8Array, at: number): boolean {
  for (let before = at - 1; before >= 0 && before > at - MOST_BYTES; before--) {
    const byte = piece[before]!
    if (!isDigit(byte) && !IN_NUMBERS.has(byte)) return isLetter(byte)
  }
  return false
}

const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
