/** The engine function behind regular-expression tables: a line and a Java pattern to the groups. */
import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api'
import type { Instance } from './instance.ts'
import { javaPattern } from './java-pattern.ts'
import { GROUP_SEPARATOR, GROUPS_FUNCTION, NO_GROUP } from './scans/regex.ts'

export function defineGroups({ main, defined }: Instance): void {
  if (defined.has(GROUPS_FUNCTION)) return
  main.registerScalarFunction(groupsFunction())
  defined.set(GROUPS_FUNCTION, GROUPS_FUNCTION)
}

export function groupsFunction(): DuckDBScalarFunction {
  let compiled: { readonly source: string; readonly pattern: RegExp } | undefined
  return DuckDBScalarFunction.create({
    name: GROUPS_FUNCTION,
    parameterTypes: [VARCHAR, VARCHAR],
    returnType: VARCHAR,
    mainFunction: (_info, input, output) => {
      const lines = input.getColumnVector(0)
      if (input.rowCount === 0) return
      // The pattern is a literal of our own: the same in each row.
      const source = input.getColumnVector(1).getItem(0) as string
      if (compiled?.source !== source) compiled = { source, pattern: javaPattern(source) }
      for (let row = 0; row < input.rowCount; row++) {
        const line = lines.getItem(row) as string | null
        const match = line === null ? null : compiled.pattern.exec(line)
        output.setItem(row, match && groupsOf(match))
      }
      output.flush()
    },
  })
}

function groupsOf(match: RegExpExecArray): string {
  let text = match[1] ?? NO_GROUP
  for (let i = 2; i < match.length; i++) text += GROUP_SEPARATOR + (match[i] ?? NO_GROUP)
  return text
}
