/** Java's regular expressions in JavaScript's: what differs in spelling is respelled, what JavaScript lacks is refused. */
import { FunctionFailure } from '../../sql/duckdb/failures.ts'

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
  Blank: ' \\t',
  XDigit: '0-9A-Fa-f',
}

export interface JavaPattern {
  readonly pattern: RegExp
  /** Places in a match of the groups that the source has, in its order: ours may stand between them. */
  readonly groups: readonly number[]
  /** Of those of them that have a name. */
  readonly namedGroups: readonly number[]
}

/** Matches a whole line, as Java's `matches`, or a part of one, as `find`. Throws `FunctionFailure` for a pattern that can not be had. */
export function javaPattern(source: string, part = false): JavaPattern {
  try {
    const respelling = new Respelling(source)
    const text = respelling.text()
    return {
      pattern: new RegExp(part ? text : `^(?:${text})$`),
      groups: respelling.groups,
      namedGroups: respelling.namedGroups,
    }
  } catch (error) {
    throw error instanceof FunctionFailure ? error : refused(source)
  }
}

const TOKENS =
  /\\Q([\s\S]*?)(?:\\E|$)|\\p\{(\w+)\}|\\([AzZ])|\\([1-9])|\\[\s\S]|[*+?}]\+|\[|\]|\(\?([imsx]+)\)|\(\?>|\(\?<(?![=!])|\(\?|\(|\)|\|/g

/** A group that is open: what closes it, and the flags that were set since the alternative began. */
interface Open {
  readonly close: string
  flags: readonly string[]
}

class Respelling {
  readonly groups: number[] = []
  readonly namedGroups: number[] = []
  readonly #source: string
  #inClass = false
  #opened = 0
  readonly #stack: Open[] = [{ close: '', flags: [] }]

  constructor(source: string) {
    this.#source = source
  }

  text(): string {
    const text = this.#source.replace(
      TOKENS,
      (token, quoted?: string, posix?: string, anchor?: string, back?: string, flags?: string) => {
        if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
        if (posix !== undefined) return this.#posix(posix)
        if (anchor !== undefined) return anchor === 'A' ? '^' : '$'
        if (back !== undefined) return this.#inClass ? token : this.#reference(Number(back))
        if (token[0] === '\\') return token
        if (token === '[' || token === ']') this.#inClass = token === '['
        if (this.#inClass || token === ']') return token
        return flags === undefined ? this.#structure(token) : this.#flags(flags)
      },
    )
    const [top, ...open] = this.#stack
    if (open.length > 0) throw refused(this.#source)
    return text + ')'.repeat(top!.flags.length)
  }

  #posix(name: string): string {
    const members = POSIX[name.replace(/^Is/, '')]
    if (!members) throw refused(this.#source)
    return this.#inClass ? members : `[${members}]`
  }

  #reference(group: number): string {
    const place = this.groups[group - 1]
    if (place === undefined) throw refused(this.#source)
    return `(?:\\${place})`
  }

  /** They hold to the end of the group that they stand in, through its alternatives. */
  #flags(flags: string): string {
    if (flags.includes('x')) throw refused(this.#source)
    const open = this.#stack.at(-1)!
    open.flags = [...open.flags, flags]
    return `(?${flags}:`
  }

  #structure(token: string): string {
    switch (token) {
      // What is atomic never gives back: a lookahead does not either, and what it has found is then matched once more.
      case '(?>': {
        const place = ++this.#opened
        this.#stack.push({ close: `))\\${place})`, flags: [] })
        return '(?:(?=('
      }
      case '(?<':
        this.namedGroups.push(this.#opened + 1)
        return this.#capturing(token)
      case '(':
        return this.#capturing(token)
      case '(?':
        return this.#open(token)
      case ')': {
        const { close, flags } = this.#stack.pop() ?? { close: '', flags: [] }
        if (this.#stack.length === 0) throw refused(this.#source)
        return ')'.repeat(flags.length) + close
      }
      case '|': {
        const { flags } = this.#stack.at(-1)!
        return `${')'.repeat(flags.length)}|${flags.map((some) => `(?${some}:`).join('')}`
      }
      default:
        // A possessive quantifier never gives back; without it the same lines match or more, so it must be refused.
        if (token.length === 2 && token[1] === '+') throw refused(this.#source)
        return token
    }
  }

  #capturing(token: string): string {
    this.groups.push(++this.#opened)
    return this.#open(token)
  }

  #open(token: string): string {
    this.#stack.push({ close: ')', flags: [] })
    return token
  }
}

const refused = (source: string) =>
  new FunctionFailure('NOT_SUPPORTED', `Regular expression is not supported: ${source}`)
