/** The engine functions behind tables of lines: a line and a Java pattern to the groups. */
import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api'
import type { Instance } from './instance.ts'
import { javaPattern } from './java-pattern.ts'
import { CAPTURES_FUNCTION, GROUP_SEPARATOR, GROUPS_FUNCTION, NO_GROUP } from './scans/regex.ts'

export function defineGroups({ main, defined }: Instance): void {
  if (defined.has(GROUPS_FUNCTION)) return
  for (const groups of groupFunctions()) main.registerScalarFunction(groups)
  defined.set(GROUPS_FUNCTION, GROUPS_FUNCTION)
}

/** All groups of a pattern that matches the whole line; those with names of one that matches some of it. */
export const groupFunctions = (): readonly DuckDBScalarFunction[] => [
  groupsFunction(GROUPS_FUNCTION, (source) => {
    const { pattern, groups } = javaPattern(source)
    return { pattern, groups }
  }),
  groupsFunction(CAPTURES_FUNCTION, (source) => {
    const { pattern, namedGroups } = javaPattern(source, true)
    return { pattern, groups: namedGroups }
  }),
]

interface Compiled {
  readonly pattern: RegExp
  /** Places in a match. */
  readonly groups: readonly number[]
}

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
      const { pattern, groups } = compiled
      for (let row = 0; row < input.rowCount; row++) {
        const line = lines.getItem(row) as string | null
        const match = line === null ? null : pattern.exec(line)
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
