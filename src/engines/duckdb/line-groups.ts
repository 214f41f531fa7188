/** The engine functions behind tables of lines: a line and a Java pattern, or a dialect of CSV, to the texts of columns. */
import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api'
import { csvFields } from '../../formats/hive/csv-line.ts'
import { refused } from '../../sql/duckdb/java-class.ts'
import { type JavaPattern, javaPattern } from '../../sql/duckdb/java-pattern.ts'
import type { Instance } from './instance.ts'
import { CSV_FIELDS_FUNCTION, type CsvSplitting } from './scans/csv-open.ts'
import { CAPTURES_FUNCTION, GROUPS_FUNCTION } from './scans/regex.ts'
import { GROUP_SEPARATOR, NO_GROUP } from './scans/split-lines.ts'

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
  csvFieldsFunction(),
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
  return textsFunction(name, (source) => {
    const { regexp, groups } = compile(source)
    return (line) => {
      const match = regexp.exec(line)
      return match && groups.map((place) => match[place])
    }
  })
}

/** What a line is split into, as the JSON of a `CsvSplitting` says. */
const csvFieldsFunction = () =>
  textsFunction(CSV_FIELDS_FUNCTION, (source) => {
    const { dialect, width } = JSON.parse(source) as CsvSplitting
    return (line) => csvFields(line, dialect, width)
  })

type Split = (line: string) => readonly (string | null | undefined)[] | null

/** `compile`: how to split, by a literal of our own: the same in each row. NULL where a line is not to be split. */
function textsFunction(name: string, compile: (source: string) => Split): DuckDBScalarFunction {
  let compiled: { readonly source: string; readonly split: Split } | undefined
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [VARCHAR, VARCHAR],
    returnType: VARCHAR,
    mainFunction: (_info, input, output) => {
      const lines = input.getColumnVector(0)
      if (input.rowCount === 0) return
      const source = input.getColumnVector(1).getItem(0) as string
      if (compiled?.source !== source) compiled = { source, split: compile(source) }
      const { split } = compiled
      for (let row = 0; row < input.rowCount; row++) {
        const line = lines.getItem(row) as string | null
        const texts = line === null ? null : split(line)
        output.setItem(row, texts && joined(texts))
      }
      output.flush()
    },
  })
}

function joined(texts: readonly (string | null | undefined)[]): string {
  let all = ''
  for (const [i, text] of texts.entries()) all += (i ? GROUP_SEPARATOR : '') + (text ?? NO_GROUP)
  return all
}
