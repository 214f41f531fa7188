/** The page of the language's functions, from the registry and from what the engine can do. */
import { aggregateLowerings } from '../src/sql/duckdb/functions/aggregates.ts'
import { lowerings } from '../src/sql/duckdb/functions/table.ts'
import { windowLowerings } from '../src/sql/duckdb/functions/windows.ts'
import { aggregateFunctions } from '../src/sql/functions/aggregate.ts'
import { binaryFunctions } from '../src/sql/functions/binary.ts'
import { collectionFunctions } from '../src/sql/functions/collection.ts'
import { conditionalFunctions } from '../src/sql/functions/conditional.ts'
import { dateTimeFunctions } from '../src/sql/functions/date-time.ts'
import type { FunctionDefinition } from '../src/sql/functions/definition.ts'
import { geospatialFunctions } from '../src/sql/functions/geospatial.ts'
import { jsonFunctions } from '../src/sql/functions/json.ts'
import { mathFunctions } from '../src/sql/functions/math.ts'
import { stringFunctions } from '../src/sql/functions/string.ts'
import { windowFunctions } from '../src/sql/functions/window.ts'

const REALISED: Readonly<Record<FunctionDefinition['kind'], object>> = {
  scalar: lowerings,
  aggregate: aggregateLowerings,
  window: windowLowerings,
}

const CHAPTERS: readonly (readonly [title: string, functions: readonly FunctionDefinition[]])[] = [
  ['Mathematics', mathFunctions],
  ['Text, regular expressions, addresses', stringFunctions],
  ['Binary', binaryFunctions],
  ['Date and time', dateTimeFunctions],
  ['Arrays and maps', collectionFunctions],
  ['JSON', jsonFunctions],
  ['Comparison', conditionalFunctions],
  ['Aggregates', aggregateFunctions],
  ['Window', windowFunctions],
  ['Geospatial', geospatialFunctions],
]

const runs = (definition: FunctionDefinition): boolean => Object.hasOwn(REALISED[definition.kind], definition.name)

export function functionsPage(): string {
  const all = CHAPTERS.flatMap(([, functions]) => functions)
  const chapters = CHAPTERS.map(([title, functions]) => {
    const rows = functions
      .filter(runs)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(
        (f) => `| ${[f.name, ...(f.aliases ?? [])].map((name) => `\`${name}\``).join(', ')} | ${cell(f.description)} |`,
      )
    return `## ${title}\n\n| function | |\n| --- | --- |\n${rows.join('\n')}\n`
  })
  const unrealised = all.filter((f) => !runs(f)).map((f) => `\`${f.name}\``)
  return `# Functions

Written by \`npm run coverage\`; not edited by hand. ${all.length - unrealised.length} functions run. A name that is not
here does not exist: \`FUNCTION_NOT_FOUND\`. Part of the grammar, and not in these tables, are \`cast\`, \`try_cast\`,
\`try\`, \`if\`, \`coalesce\`, \`nullif\`, \`case\`, \`extract\`, \`exists\`, \`in\`, \`between\`, \`like\`, \`is distinct from\`,
\`grouping\`, \`current_date\`, \`current_timestamp\`, \`localtime\` and their kin.
${unrealised.length > 0 ? `\nKnown, but not run by the engine; a call fails with \`NOT_SUPPORTED\`: ${unrealised.join(', ')}.\n` : ''}
${chapters.join('\n')}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
