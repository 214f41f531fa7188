/** The engine functions behind tables of lines: a line and a Java pattern to the groups. */
import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api'
import { refused } from '../../sql/duckdb/java-class.ts'
import { type JavaPattern, javaPattern } from '../../sql/duckdb/java-pattern.ts'
import type { Instance } from './instance.ts'
import { CAPTURES_FUNCTION, GROUP_SEPARATOR, GROUPS_FUNCTION, NO_GROUP } from './scans/regex.ts'

export function defineGroups({ main, defined }: Instance): void {
  if (defined.has(GROUPS_FUNCTION)) return
  for (const groups of groupFunctions()) main.registerScalarFunction(groups)
  defined.set(GROUPS_FUNCTION, GROUPS_FUNCTION)
}

/** All groups of a pattern that matches the whole line; those with names of one that matches some of it. */
export const groupFunctions = (): readonly DuckDBScalarFunction[] => [
  groupsFunction(GROUPS_FUNCTION, (source) => {
    const { regexp, groups } = linePattern(source, true)
    return { regexp, groups }
  }),
  groupsFunction(CAPTURES_FUNCTION, (source) => {
    const { regexp, namedGroups } = linePattern(source, false)
    return { regexp, groups: namedGroups }
  }),
]

/** Of a whole line, as Java's `matches`, or of a part of it, as `find`. */
function linePattern(source: string, isWhole: boolean): JavaPattern {
  try {
    return javaPattern(source, { isWhole })
  } catch (error) {
    throw error instanceof SyntaxError ? refused(source) : error
  }
}

/** The groups that are wanted. */
type Compiled = Pick<JavaPattern, 'regexp' | 'groups'>

function groupsFunction(name: string, compile: (source: string) => Compiled): DuckDBScalarFunction {
  let compiled: (Compiled & { readonly source: string }) | undefined
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [VARCHAR, VARCHAR],
    returnType: VARCHAR,
    mainFunction: (_info, input, output) => {
      const lines = input.getColumnVector(0)
      if (input.rowCount === 0) return
      // The pattern is a literal of our own: the same in each row.
      const source = input.getColumnVector(1).getItem(0) as string
      if (compiled?.source !== source) compiled = { source, ...compile(source) }
      const { regexp, groups } = compiled
      for (let row = 0; row < input.rowCount; row++) {
        const line = lines.getItem(row) as string | null
        const match = line === null ? null : regexp.exec(line)
        output.setItem(row, match && groupsOf(match, groups))
      }
      output.flush()
    },
  })
}

function groupsOf(match: RegExpExecArray, groups: readonly number[]): string {
  let text = ''
  for (const [i, place] of groups.entries()) text += (i ? GROUP_SEPARATOR : '') + (match[place] ?? NO_GROUP)
  return text
}
