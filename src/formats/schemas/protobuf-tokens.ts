/** The tokens of a Protocol Buffers definition, without blanks and comments. */

export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'sign'
  readonly text: string
}

const TOKEN =
  /(?<blank>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<number>(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<sign>[{}[\]()<>=;,.:+-])/y

/** Throws Error at what is none. */
export function protobufTokens(text: string): Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const groups = TOKEN.exec(text)?.groups
    if (!groups) throw new Error(`Unexpected character at ${at}: ${text.slice(at, at + 10)}`)
    if (groups.word !== undefined) found.push({ kind: 'word', text: groups.word })
    else if (groups.number !== undefined) found.push({ kind: 'number', text: groups.number })
    else if (groups.text !== undefined) found.push({ kind: 'text', text: groups.text.slice(1, -1) })
    else if (groups.sign !== undefined) found.push({ kind: 'sign', text: groups.sign })
  }
  return found
}

/** Walks over tokens; every complaint says what was found instead. */
export class TokenCursor {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string) {
    this.#tokens = protobufTokens(text)
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length
  }

  peek(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind !== 'text' && token?.text === text
  }

  accept(text: string): boolean {
    if (!this.peek(text)) return false
    this.#at++
    return true
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`'${text}'`)
  }

  take(kind: Token['kind'], what: string): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind) throw this.unexpected(what)
    this.#at++
    return token.text
  }

  /** Whatever is next. */
  skip(): void {
    if (this.done) throw this.unexpected('more')
    this.#at++
  }

  /** `a.b.c`, with or without a point before it. */
  name(): string {
    let name = this.accept('.') ? '.' : ''
    name += this.take('word', 'a name')
    while (this.accept('.')) name += `.${this.take('word', 'a name')}`
    return name
  }

  unexpected(wanted: string): Error {
    return new Error(`Expected ${wanted}, found '${this.#tokens[this.#at]?.text ?? 'the end'}'`)
  }
}
