import { StatementFailure } from '../failure.ts'

/**
 * Hive's patterns of SHOW: a regular expression over the whole name, in which a bare `*` (not after a dot) stands for
 * any characters and `|` for alternatives. No pattern matches everything.
 */
export function nameMatcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '*') return () => true
  const source = pattern.toLowerCase().replace(/(^|[^.\])])\*/g, '$1.*')
  try {
    const expression = new RegExp(`^(?:${source})$`)
    return (name) => expression.test(name)
  } catch (error) {
    const reason = `FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. MetaException(message:Unable to get names: java.util.regex.PatternSyntaxException: ${(error as Error).message})`
    throw new StatementFailure(reason, { category: 2, type: 1006, leavesText: true })
  }
}
