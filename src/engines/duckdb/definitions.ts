/**
 * The macros and functions that a printed text uses. To define them all takes longer than most queries run, so an
 * instance is given only those that its plans call.
 */
import { prelude } from '../../sql/duckdb/prelude.ts'
import { udfs } from '../../sql/duckdb/udfs.ts'
import { scalarFunction } from './functions.ts'
import type { Instance } from './instance.ts'

const MACROS: ReadonlyMap<string, string> = new Map(
  prelude
    .split(/;\s*(?:\n|$)/)
    .filter(Boolean)
    .map((statement) => [/MACRO (\w+)\(/.exec(statement)![1]!, statement]),
)
const FUNCTIONS = Map.groupBy(udfs, (udf) => udf.name)
// Names in literals are found too, which only defines what is not called.
const NAMES = /\b(?:tr|js)_\w+/g

export async function define({ main, defined }: Instance, text: string): Promise<void> {
  const macros = new Set<string>()
  const functions = new Set<string>()
  const look = (within: string) => {
    for (const [name] of within.matchAll(NAMES)) {
      if (defined.has(name)) continue
      if (FUNCTIONS.has(name)) functions.add(name)
      const macro = MACROS.get(name)
      if (!macro || macros.has(name)) continue
      macros.add(name)
      look(macro)
    }
  }
  look(text)
  for (const name of functions) for (const udf of FUNCTIONS.get(name)!) main.registerScalarFunction(scalarFunction(udf))
  const statements = [...MACROS].flatMap(([name, statement]) => (macros.has(name) ? statement : []))
  if (statements.length) await main.run(statements.join(';\n'))
  for (const name of [...functions, ...macros]) defined.set(name, MACROS.get(name) ?? name)
}
