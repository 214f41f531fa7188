import { namesMatching, wholePattern } from '../../catalog/name-pattern.ts'
import { StatementFailure } from '../failure.ts'

/**
 * SHOW TABLES and SHOW VIEWS: a regular expression over the whole name, in which a bare `*` (not after a dot) stands for
 * any characters and `|` for alternatives. No pattern matches everything.
 */
export function matchingTables(pattern: string | undefined, names: readonly string[]): readonly string[] {
  return matching(pattern?.toLowerCase().replace(/(^|[^.\])])\*/g, '$1.*'), names, 'tables')
}

/** SHOW DATABASES: the same, case and all, but only a lone `*` is more than an expression (observed). */
export const matchingDatabases = (pattern: string | undefined, names: readonly string[]): readonly string[] =>
  matching(pattern, names, 'databases')

function matching(source: string | undefined, names: readonly string[], what: string): readonly string[] {
  if (source === undefined || source === '*' || source === '.*') return names
  return namesMatching(pattern(source, what), names)
}

function pattern(source: string, what: string): RegExp {
  try {
    return wholePattern(source)
  } catch {
    const problem = /^[*+?]/.test(source)
      ? `Dangling meta character '${source[0]}' near index 0`
      : 'Illegal pattern near index 0'
    const exception = `MetaException(message:Unable to get ${what}: java.util.regex.PatternSyntaxException: ${problem}\n${source}\n^)`
    throw new StatementFailure(
      `FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ${exception}`,
      { category: 2, type: 1006, leavesText: true },
    )
  }
}
