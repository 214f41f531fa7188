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

/** Matches a whole line, as Java's `matches`. Throws `FunctionFailure` for a pattern that can not be had. */
export function javaPattern(source: string): RegExp {
  let flags = ''
  const withoutFlags = source.replace(/^\(\?([imsx]+)\)/, (_all, letters: string) => {
    if (letters.includes('x')) throw refused(source)
    flags = letters
    return ''
  })
  try {
    return new RegExp(`^(?:${respell(withoutFlags, source)})$`, flags)
  } catch {
    throw refused(source)
  }
}

function respell(pattern: string, source: string): string {
  let inClass = false
  return pattern.replace(
    /\\Q([\s\S]*?)(?:\\E|$)|\\p\{(\w+)\}|\\([AzZ])|\\[\s\S]|[*+?}]\+|\[|\]/g,
    (token, quoted: string | undefined, posix: string | undefined, anchor: string | undefined) => {
      if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
      if (posix !== undefined) {
        const members = POSIX[posix.replace(/^Is/, '')]
        if (!members) throw refused(source)
        return inClass ? members : `[${members}]`
      }
      if (anchor !== undefined) return anchor === 'A' ? '^' : '$'
      // A possessive quantifier never gives back; without it the same lines match or more, so it must be refused.
      if (token.length === 2 && token[1] === '+') {
        if (inClass) return token
        throw refused(source)
      }
      if (token === '[') inClass = true
      if (token === ']') inClass = false
      return token
    },
  )
}

const refused = (source: string) =>
  new FunctionFailure('NOT_SUPPORTED', `Regular expression is not supported: ${source}`)
