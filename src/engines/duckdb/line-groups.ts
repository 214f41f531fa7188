/** The engine function behind regular-expression tables: a line and a Java pattern to the list of groups. */
import { DuckDBScalarFunction, LIST, listValue, VARCHAR } from '@duckdb/node-api'
import { javaPattern } from './java-pattern.ts'
import { GROUPS_FUNCTION } from './scans/regex.ts'

export function groupsFunction(): DuckDBScalarFunction {
  let compiled: { readonly source: string; readonly pattern: RegExp } | undefined
  return DuckDBScalarFunction.create({
    name: GROUPS_FUNCTION,
    parameterTypes: [VARCHAR, VARCHAR],
    returnType: LIST(VARCHAR),
    mainFunction: (_info, input, output) => {
      const lines = input.getColumnVector(0)
      const sources = input.getColumnVector(1)
      for (let row = 0; row < input.rowCount; row++) {
        const line = lines.getItem(row) as string | null
        const source = sources.getItem(row) as string
        if (compiled?.source !== source) compiled = { source, pattern: javaPattern(source) }
        const match = line === null ? null : compiled.pattern.exec(line)
        const groups =
          match &&
          listValue(
            Array.from(match)
              .slice(1)
              .map((group) => group ?? null),
          )
        output.setItem(row, groups)
      }
      output.flush()
    },
  })
}
