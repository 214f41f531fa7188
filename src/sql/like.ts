/** LIKE, in time proportional to text times pattern whatever the pattern: a regular expression would not promise that. */
export function likeMatcher(pattern: string, escapeSign?: string): (text: string) => boolean {
  const parts = patternParts(pattern, escapeSign)
  return (text) => matches([...text], parts)
}

const ANY_TEXT = Symbol('%')
const ANY_SIGN = Symbol('_')

function matches(signs: readonly string[], parts: readonly (string | symbol)[]): boolean {
  let at = 0
  let part = 0
  let wildcard = -1
  let resume = 0
  while (at < signs.length) {
    const wanted = parts[part]
    if (wanted === ANY_TEXT) {
      wildcard = part++
      resume = at
    } else if (wanted !== undefined && (wanted === ANY_SIGN || wanted === signs[at])) {
      part++
      at++
    } else if (wildcard >= 0) {
      // The last % takes one character more; what came before it needs no second look.
      part = wildcard + 1
      at = ++resume
    } else return false
  }
  while (parts[part] === ANY_TEXT) part++
  return part === parts.length
}

function patternParts(pattern: string, escapeSign: string | undefined): (string | symbol)[] {
  const parts: (string | symbol)[] = []
  let literal = false
  for (const sign of pattern) {
    if (!literal && sign === escapeSign) {
      literal = true
      continue
    }
    if (literal) parts.push(sign)
    else if (sign === '%') parts.push(ANY_TEXT)
    else parts.push(sign === '_' ? ANY_SIGN : sign)
    literal = false
  }
  return parts
}

/** Whether the escape sign only stands before `%`, `_` or itself. */
export function escapesSigns(pattern: string, escapeSign: string): boolean {
  const signs = [...pattern]
  for (let i = 0; i < signs.length; i++)
    if (signs[i] === escapeSign && !['%', '_', escapeSign].includes(signs[++i] ?? '')) return false
  return true
}
