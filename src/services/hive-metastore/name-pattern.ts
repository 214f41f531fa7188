/** Hive's patterns of names: `sales*|tmp_?`, and the few signs of a regular expression that its store understands. */
import { likeMatcher } from '../../sql/like.ts'

/**
 * A regular expression that matches the whole of a text, as a pattern of LIKE with a backslash for its escape: `.*` is any
 * text and `.` any sign, as the store's query language has them (JDO's `String.matches` knows no others).
 */
export function likePattern(expression: string): string {
  return expression.replace(/\.\*|\.|[%_\\]/g, (found) => (found === '.*' ? '%' : found === '.' ? '_' : `\\${found}`))
}

/** Alternatives are parted by `|`; a star stands for any text, in whatever case. Nothing, or a star, matches every name. */
export function nameMatcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '' || pattern === '*' || pattern === '.*') return () => true
  const alternatives = pattern
    .toLowerCase()
    .split('|')
    .map((one) => likeMatcher(likePattern(one.trim().replace(/\.?\*/g, '.*')), '\\'))
  return (name) => alternatives.some((matches) => matches(name))
}
