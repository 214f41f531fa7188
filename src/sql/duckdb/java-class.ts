/** What Java's regular expressions call classes of characters, in JavaScript's spelling. */
import { FunctionFailure } from './failures.ts'

export const refused = (what: string): FunctionFailure =>
  new FunctionFailure('NOT_SUPPORTED', `Regular expression is not supported: ${what}`)

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\v\\f\\r',
  ASCII: '\\x00-\\x7F',
}
/** Java's binary properties, where JavaScript has another word. */
const PROPERTIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Punctuation: 'P',
  Control: 'Cc',
  Digit: 'Nd',
  Titlecase: 'Lt',
  WhiteSpace: 'White_Space',
}
const BINARY = /^(?:Alphabetic|Ideographic|Lowercase|Uppercase|White_Space|Hex_Digit|Emoji\w*)$/
const HORIZONTAL = ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'

/** `\p{name}` or `\P{name}`, outside of a class or as members of one. */
export function propertyText(name: string, isNegated: boolean, isInClass: boolean): string {
  const plain = name.replace(/^Is/, '')
  const posix = POSIX[plain]
  if (posix !== undefined) {
    if (!isInClass) return `[${isNegated ? '^' : ''}${posix}]`
    if (isNegated) throw refused(`\\P{${name}}`)
    return posix
  }
  if (/^(?:In|java|blk=|block=)/.test(name)) throw refused(`\\p{${name}}`)
  const word = PROPERTIES[plain] ?? plain
  const isScript = name !== plain && !BINARY.test(word) && !/^[A-Z][a-z]?$/.test(word)
  return `\\${isNegated ? 'P' : 'p'}{${isScript ? 'Script=' : ''}${word}}`
}

/** The members of `\h`, `\s` and the like; undefined for a letter that is no class. */
export function letterMembers(letter: string): string | undefined {
  if (letter === 'h') return HORIZONTAL
  return 'dDwWsS'.includes(letter) ? `\\${letter}` : undefined
}

/** A character as itself, outside of a class or inside. */
export const literal = (char: string, isInClass = false): string =>
  (isInClass ? /[\\\]^[-]/ : /[\\^$.*+?()[\]{}|/]/).test(char) ? `\\${char}` : char

const CHARACTER =
  /^\\(?:([tnrfv]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z])|x\{([0-9A-Fa-f]+)\}|0([0-3]?[0-7]{1,2})|([ae])|([^A-Za-z0-9]))/u

/** `\t`, `\x41`, `\x{1F600}`, `\u0041`, `\0101`, `\cA`, `\e`, `\.`: the character at the backslash, if one is meant. */
export function escapedCharacter(
  rest: string,
  isInClass = false,
): { readonly text: string; readonly length: number } | undefined {
  const found = CHARACTER.exec(rest)
  if (!found) return undefined
  const [{ length }, same, codePoint, octal, control, other] = found
  if (same !== undefined) return { text: `\\${same}`, length }
  if (codePoint !== undefined) return { text: `\\u{${codePoint}}`, length }
  if (octal !== undefined) return { text: `\\u{${Number.parseInt(octal, 8).toString(16)}}`, length }
  if (control !== undefined) return { text: control === 'a' ? '\\x07' : '\\x1B', length }
  return { text: literal(other!, isInClass), length }
}
