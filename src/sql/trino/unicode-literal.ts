/** Decodes `U&'..'`: `\0041` is four hexadecimal digits, `\+01F600` six, a doubled escape character itself. */
import type { Position } from '../position.ts'
import { SqlError } from '../position.ts'

export function decodeUnicode(text: string, escapeMark: string, at: Position): string {
  const bad = (message: string): SqlError => new SqlError('SYNTAX_ERROR', message, at)
  if (escapeMark === '') throw bad('Empty Unicode escape character')
  if (escapeMark.length !== 1 || /[0-9A-Fa-f+'"\s]/.test(escapeMark)) throw bad('Invalid Unicode escape character')
  const parts: string[] = []
  let from = 0
  for (;;) {
    const mark = text.indexOf(escapeMark, from)
    parts.push(text.slice(from, mark < 0 ? text.length : mark))
    if (mark < 0) return parts.join('')
    if (text[mark + 1] === escapeMark) {
      parts.push(escapeMark)
      from = mark + 2
      continue
    }
    const digits = text[mark + 1] === '+' ? text.slice(mark + 2, mark + 8) : text.slice(mark + 1, mark + 5)
    const wanted = text[mark + 1] === '+' ? 6 : 4
    const wrong = /[^0-9A-Fa-f]/.exec(digits)
    if (wrong) throw bad(`Invalid hexadecimal digit: ${wrong[0]}`)
    if (digits.length < wanted) throw bad('Incomplete escape sequence')
    const code = Number.parseInt(digits, 16)
    if (code > 0x10ffff) throw bad(`Invalid escaped character: ${digits}`)
    if (code >= 0xd800 && code <= 0xdfff)
      throw bad(`Invalid escaped character: ${digits}. Escaped character is a surrogate. Use '\\+123456' instead.`)
    parts.push(String.fromCodePoint(code))
    from = mark + (wanted === 6 ? 8 : 5)
  }
}
