/**
 * The second, independent wall: it reads what DuckDB itself parsed (json_serialize_sql of the final text) and lets pass
 * one SELECT over issued table functions and the queries of its own WITH, calling functions of a list. It knows nothing
 * of how the text came about, and refuses every node it does not know.
 */
import { ENGINE_FUNCTIONS } from './engine-functions.ts'
import { preludeNames } from './prelude.ts'
import { udfs } from './udfs.ts'

const FUNCTIONS: ReadonlySet<string> = new Set([...ENGINE_FUNCTIONS, ...preludeNames, ...udfs.map((udf) => udf.name)])
const CTE = /^cte_\d+$/

type Node = Readonly<Record<string, unknown>>

const EXPRESSIONS: ReadonlySet<string> = new Set([
  'CAST',
  'COLUMN_REF',
  'CONSTANT',
  'COMPARISON',
  'CONJUNCTION',
  'OPERATOR',
  'CASE',
  'FUNCTION',
  'LAMBDA',
  'SUBQUERY',
  'WINDOW',
  'STAR',
  'BETWEEN',
  'DEFAULT',
  'COLLATE',
])
const TABLES: ReadonlySet<string> = new Set([
  'BASE_TABLE',
  'SUBQUERY',
  'JOIN',
  'EMPTY',
  'EXPRESSION_LIST',
  'TABLE_FUNCTION',
])
const QUERIES: ReadonlySet<string> = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'])

/**
 * Why `tree`, the JSON of json_serialize_sql, may not run; undefined when it may. `tableFunctions` are the names of
 * parameterless table functions that were issued for this query, `externals` those of other functions.
 */
export function gate(
  tree: string,
  tableFunctions: readonly string[],
  externals: readonly string[] = [],
): string | undefined {
  try {
    const root = JSON.parse(tree) as Node
    if (root.error !== false) return `not a SELECT: ${String(root.error_message ?? 'unreadable')}`
    const statements = root.statements
    if (!Array.isArray(statements) || statements.length !== 1) return 'not exactly one statement'
    new Inspection(new Set(tableFunctions), new Set(externals)).visit(statements[0])
    return undefined
  } catch (error) {
    return error instanceof Refusal ? error.message : `unreadable tree: ${String(error)}`
  }
}

class Refusal extends Error {}

class Inspection {
  readonly #tables: ReadonlySet<string>
  readonly #externals: ReadonlySet<string>

  constructor(tables: ReadonlySet<string>, externals: ReadonlySet<string>) {
    this.#tables = tables
    this.#externals = externals
  }

  visit(value: unknown): void {
    // An explicit stack: the tree may be as deep as DuckDB allows.
    const pending: unknown[] = [value]
    while (pending.length) {
      const next = pending.pop()
      // One by one: more than some 120,000 arguments at once are too many.
      if (Array.isArray(next)) for (const one of next) pending.push(one)
      else if (next !== null && typeof next === 'object') {
        this.#check(next as Node)
        // A literal's value is data, whatever it looks like; the call of a table function has been checked with it.
        const checked = (next as Node).type === 'TABLE_FUNCTION' ? { ...next, function: null } : next
        if ((next as Node).class !== 'CONSTANT') pending.push(...Object.values(checked))
      }
    }
  }

  #check(node: Node): void {
    const kind = node.class
    const type = node.type
    if (typeof kind === 'string') {
      if (!EXPRESSIONS.has(kind)) throw new Refusal(`expression ${kind}`)
      if (kind === 'FUNCTION') this.#checkFunction(node)
      if (kind === 'WINDOW') this.#checkWindow(node)
      return
    }
    if (typeof type !== 'string') return
    if (type === 'BASE_TABLE') this.#checkTable(node)
    else if (type === 'TABLE_FUNCTION') this.#checkTableFunction(node)
    else if ('query_location' in node && !TABLES.has(type)) throw new Refusal(`table ${type}`)
    else if (type.endsWith('_NODE') && !QUERIES.has(type)) throw new Refusal(`query ${type}`)
  }

  #checkFunction(node: Node): void {
    const name = node.function_name
    if (typeof name !== 'string' || !(FUNCTIONS.has(name) || this.#externals.has(name)))
      throw new Refusal(`function ${String(name)}`)
    if ((node.schema !== '' && node.schema !== 'main') || node.catalog !== '')
      throw new Refusal(`function ${String(node.schema)}.${name}`)
  }

  /** Aggregates over a window come by their names. */
  #checkWindow(node: Node): void {
    const name = node.function_name
    if (typeof name !== 'string' || !FUNCTIONS.has(name)) throw new Refusal(`window function ${String(name)}`)
    if ((node.schema !== '' && node.schema !== 'main') || node.catalog !== '')
      throw new Refusal(`window function ${String(node.schema)}.${name}`)
  }

  #checkTable(node: Node): void {
    const name = node.table_name
    if (typeof name !== 'string' || !CTE.test(name) || node.schema_name !== '' || node.catalog_name !== '')
      throw new Refusal(`table ${String(name)}`)
  }

  #checkTableFunction(node: Node): void {
    const call = node.function as Node | undefined
    const name = call?.function_name
    const bare =
      call?.schema === '' && call.catalog === '' && Array.isArray(call.children) && call.children.length === 0
    if (typeof name !== 'string' || !this.#tables.has(name) || !bare)
      throw new Refusal(`table function ${String(name)}`)
  }
}
