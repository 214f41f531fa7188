/**
 * Java's regular expressions on JavaScript's engine: what is spelled otherwise is respelled; atomic groups and possessive
 * quantifiers become look-aheads whose match is then taken by reference, for a look-ahead does not give back either. What
 * JavaScript has no means for is refused. One difference stays: a group that the last turn of a repetition passes over
 * is empty here, and in Java holds what it held before.
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
 */
import { escapedCharacter, letterMembers, literal, propertyText, refused } from './java-class.ts'

export interface JavaPattern {
  readonly regexp: RegExp
  /** Where in a match Java's groups 1, 2 ... are: ours may stand between them. */
  readonly groups: readonly number[]
  /** The same of those that have a name. */
  readonly namedGroups: readonly number[]
}

export interface JavaPatternOptions {
  /** It matches all of a text or nothing of it. */
  readonly isWhole?: boolean
  readonly isGlobal?: boolean
}

/** Throws `FunctionFailure` where JavaScript has no means for it, and SyntaxError where it is none. */
export function javaPattern(pattern: string, { isWhole, isGlobal }: JavaPatternOptions = {}): JavaPattern {
  const { source, groups, namedGroups } = new Respelling(pattern).result()
  const regexp = new RegExp(isWhole ? `^(?:${source})$` : source, isGlobal ? 'gu' : 'u')
  return { regexp, groups, namedGroups }
}

/** Groups and references to them are numbered at the end: those of our own stand among Java's. */
type Piece =
  | string
  | { readonly opens: 'java' | 'java by name' | Own; readonly text: string }
  | { readonly refers: number | Own }
interface Own {
  number?: number
}

/** A group that is open, or the whole. */
interface Frame {
  /** Where among the pieces it begins. */
  readonly start: number
  readonly close: readonly Piece[]
  /** That were set in it: they hold to its end, through its alternatives. */
  flags: readonly string[]
}

const TEXT_START = '(?<![\\s\\S])'
const TEXT_END = '(?![\\s\\S])'
const LINE_BREAK = '(?:\\r\\n|[\\n\\v\\f\\r\\x85\\u2028\\u2029])'
const QUOTED = /^\\Q([\s\S]*?)(?:\\E|$)/
const PROPERTY = /^\\([pP])(?:\{([^}]*)\}|([A-Za-z]))/
/** Atomic, named, and those that JavaScript spells alike. */
const SPECIAL_GROUP = /^\(\?(?:(>)|(<[A-Za-z]\w*>)|[:=!]|<[=!]|[ims]*(?:-[ims]+)?:)/
const ANCHORS: Readonly<Record<string, string>> = {
  A: TEXT_START,
  z: TEXT_END,
  Z: `(?=\\n?${TEXT_END})`,
  b: '\\b',
  B: '\\B',
}

class Respelling {
  readonly #pattern: string
  readonly #pieces: Piece[] = []
  readonly #open: Frame[] = [{ start: 0, close: [], flags: [] }]
  #at = 0
  #groups = 0
  /** Where among the pieces the last thing begins that a quantifier may follow. */
  #atom: number | undefined

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  result(): Numbered {
    while (this.#at < this.#pattern.length) this.#step()
    const [whole, ...unclosed] = this.#open
    if (unclosed.length > 0) throw new SyntaxError('Unclosed group')
    this.#pieces.push(')'.repeat(whole!.flags.length))
    return numbered(this.#pieces)
  }

  #step(): void {
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!)
    const counted = char === '{' ? /^\{\d+(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at))?.[0] : undefined
    if (char === '\\') this.#escape()
    else if (char === '[') this.#class()
    else if (char === '(') this.#group()
    else if (char === ')') this.#endGroup()
    else if (counted !== undefined) this.#quantifier(counted)
    else if ('*+?'.includes(char)) this.#quantifier(char)
    else if (char === '|') this.#alternative()
    else if (char === '^' || char === '$') this.#place(char, 1)
    else this.#emit(char === '.' ? char : literal(char), char.length)
  }

  /** What has no length: no quantifier follows it. */
  #place(text: string, length: number): void {
    this.#emit(text, length)
    this.#atom = undefined
  }

  #emit(piece: Piece, length: number): void {
    this.#atom = this.#pieces.length
    this.#pieces.push(piece)
    this.#at += length
  }

  #escape(): void {
    const rest = this.#pattern.slice(this.#at)
    const anchor = ANCHORS[rest[1] ?? '']
    const quoted = QUOTED.exec(rest)
    if (quoted) {
      for (const char of quoted[1]!) this.#emit(literal(char), 0)
      this.#at += quoted[0].length
    } else if (/^\\[1-9]/.test(rest)) this.#reference()
    else if (anchor) this.#place(anchor, 2)
    else {
      const { text, length } = escapedText(rest)
      this.#emit(text, length)
    }
  }

  /** As many digits as still name a group that has begun, but the first of them in any case. */
  #reference(): void {
    const digits = /^\d+/.exec(this.#pattern.slice(this.#at + 1))![0]
    let length = 1
    while (length < digits.length && Number(digits.slice(0, length + 1)) <= this.#groups) length++
    this.#emit({ refers: Number(digits.slice(0, length)) }, 1 + length)
  }

  #class(): void {
    const { text, length } = respelledClass(this.#pattern, this.#at)
    this.#emit(text, length)
  }

  #group(): void {
    const rest = this.#pattern.slice(this.#at)
    const flags = /^\(\?([ims]+)\)/.exec(rest)
    const [whole = '(', atomic, name] = SPECIAL_GROUP.exec(rest) ?? []
    if (flags) this.#setFlags([...new Set(flags[1])].join(''), flags[0].length)
    else if (whole === '(' && rest.startsWith('(?')) throw refused(rest)
    else if (atomic) {
      const own: Own = {}
      this.#begin(['(?:(?=', { opens: own, text: '(' }], ['))', { refers: own }, ')'], whole.length)
    } else if (name || whole === '(') {
      this.#groups++
      this.#begin([{ opens: name ? 'java by name' : 'java', text: whole }], [')'], whole.length)
    } else this.#begin([whole], [')'], whole.length)
  }

  #setFlags(flags: string, length: number): void {
    const frame = this.#open.at(-1)!
    frame.flags = [...frame.flags, flags]
    this.#place(`(?${flags}:`, length)
  }

  #alternative(): void {
    const { flags } = this.#open.at(-1)!
    this.#place(`${')'.repeat(flags.length)}|${flags.map((some) => `(?${some}:`).join('')}`, 1)
  }

  #begin(opening: readonly Piece[], close: readonly Piece[], length: number): void {
    this.#open.push({ start: this.#pieces.length, close, flags: [] })
    this.#pieces.push(...opening)
    this.#at += length
    this.#atom = undefined
  }

  #endGroup(): void {
    if (this.#open.length === 1) throw new SyntaxError('Unmatched )')
    const { start, close, flags } = this.#open.pop()!
    this.#pieces.push(')'.repeat(flags.length), ...close)
    this.#at++
    this.#atom = start
  }

  #quantifier(text: string): void {
    this.#at += text.length
    const suffix = this.#pattern[this.#at]
    if (suffix === '?') this.#at++
    if (suffix !== '+' || this.#atom === undefined) {
      this.#pieces.push(suffix === '?' ? `${text}?` : text)
      this.#atom = undefined
      return
    }
    this.#at++
    const own: Own = {}
    this.#pieces.splice(this.#atom, 0, '(?:(?=', { opens: own, text: '(' })
    this.#pieces.push(text, '))', { refers: own }, ')')
  }
}

/** At a backslash: anything but a quotation, a reference or an anchor. */
function escapedText(rest: string): { readonly text: string; readonly length: number } {
  const letter = rest[1] ?? ''
  const property = PROPERTY.exec(rest)
  if (property) {
    const name = property[2] ?? property[3]!
    return { text: propertyText(name, property[1] === 'P', false), length: property[0].length }
  }
  const named = /^\\k<\w+>/.exec(rest)?.[0]
  if (named !== undefined) return { text: named, length: named.length }
  const character = escapedCharacter(rest)
  if (character) return character
  const members = letterMembers(letter)
  if (members !== undefined) return { text: members.length === 2 ? members : `[${members}]`, length: 2 }
  if (letter === 'H') return { text: `[^${letterMembers('h')}]`, length: 2 }
  if (letter === 'R') return { text: LINE_BREAK, length: 2 }
  if (letter === 'G' || letter === 'X' || letter === 'N') throw refused(`\\${letter}`)
  // No escape, to JavaScript either.
  return { text: `\\${letter}`, length: 1 + letter.length }
}

/** From the bracket on. Unions and intersections of classes are JavaScript's only with another flag: refused. */
function respelledClass(pattern: string, from: number): { readonly text: string; readonly length: number } {
  let text = '['
  let at = from + 1
  if (pattern[at] === '^') {
    text += '^'
    at++
  }
  const first = at
  /** What stands before a hyphen, or after it, decides whether there is a range. */
  let mayBeginRange = false
  while (at < pattern.length && (pattern[at] !== ']' || at === first)) {
    const item = classItem(pattern, at)
    const next = pattern[at + 1]
    const isHyphen = pattern[at] === '-'
    const isRange = isHyphen && mayBeginRange && next !== ']' && next !== undefined && isSingle(pattern, at + 1)
    text += isHyphen ? (isRange ? '-' : '\\-') : item.text
    mayBeginRange = !isHyphen && item.isSingle
    at += item.length
  }
  return { text: `${text}${at < pattern.length ? ']' : ''}`, length: at + 1 - from }
}

interface ClassItem {
  readonly text: string
  readonly length: number
  readonly isSingle: boolean
}

const isSingle = (pattern: string, at: number): boolean => classItem(pattern, at).isSingle

function classItem(pattern: string, at: number): ClassItem {
  const rest = pattern.slice(at)
  if (rest[0] === '[' || rest.startsWith('&&')) throw refused('classes within classes')
  if (rest[0] !== '\\') {
    const char = String.fromCodePoint(pattern.codePointAt(at)!)
    return { text: literal(char, true), length: char.length, isSingle: true }
  }
  const quoted = QUOTED.exec(rest)
  if (quoted) {
    const text = [...quoted[1]!].map((char) => literal(char, true)).join('')
    return { text, length: quoted[0].length, isSingle: false }
  }
  const property = PROPERTY.exec(rest)
  if (property) {
    const text = propertyText((property[2] ?? property[3])!, property[1] === 'P', true)
    return { text, length: property[0].length, isSingle: false }
  }
  const character = escapedCharacter(rest, true)
  if (character) return { ...character, isSingle: true }
  const members = letterMembers(rest[1] ?? '')
  return { text: members ?? rest.slice(0, 2), length: 2, isSingle: false }
}

type Numbered = Pick<JavaPattern, 'groups' | 'namedGroups'> & { readonly source: string }

function numbered(pieces: readonly Piece[]): Numbered {
  const groups: number[] = []
  const namedGroups: number[] = []
  let count = 0
  for (const piece of pieces) {
    if (typeof piece === 'string' || !('opens' in piece)) continue
    count++
    if (typeof piece.opens === 'object') piece.opens.number = count
    else groups.push(count)
    if (piece.opens === 'java by name') namedGroups.push(count)
  }
  const source = pieces.map((piece) => {
    if (typeof piece === 'string') return piece
    if ('opens' in piece) return piece.text
    const { refers } = piece
    const number = typeof refers === 'number' ? (groups[refers - 1] ?? refers) : refers.number
    // A digit that follows is none of the reference.
    return `(?:\\${number})`
  })
  return { source: source.join(''), groups, namedGroups }
}
