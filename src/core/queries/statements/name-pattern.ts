import { StatementFailure } from '../failure.ts'

/**
 * The patterns of SHOW TABLES and SHOW VIEWS: a regular expression over the whole name, in which a bare `*` (not after
 * a dot) stands for any characters and `|` for alternatives. No pattern matches everything.
 */
export function tableMatcher(pattern: string | undefined): (name: string) => boolean {
  return matcher(pattern?.toLowerCase().replace(/(^|[^.\])])\*/g, '$1.*'), 'tables')
}

/** Those of SHOW DATABASES: the same, case and all, but only a lone `*` is more than an expression (observed). */
export const databaseMatcher = (pattern: string | undefined): ((name: string) => boolean) =>
  matcher(pattern, 'databases')

function matcher(source: string | undefined, what: string): (name: string) => boolean {
  if (source === undefined || source === '*' || source === '.*') return () => true
  try {
    const expression = new RegExp(`^(?:${source})$`)
    return (name) => expression.test(name)
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
