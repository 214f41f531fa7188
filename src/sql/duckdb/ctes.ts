/** WITH, plain and recursive. */
import { type Column, type Cte, columnsOf, type Rel } from '../plan.ts'
import { conform } from './casts.ts'
import { failureAs } from './failures.ts'
import type { RelationPrinter } from './relations.ts'
import { columnName, namesOf, nested, type Select, selectText, zoneName } from './selects.ts'
import { UTC } from './zones.ts'

/** Trino's `max_recursion_depth`; Athena does not let anyone change it. */
const MAX_RECURSION_DEPTH = 10

type Print = (rel: Rel) => Select

export function printWith(rel: Rel & { readonly kind: 'with' }, printing: RelationPrinter, print: Print): Select {
  const definitions = rel.queries.map((cte) => printCte(cte, printing, print))
  const recursive = rel.queries.some((cte) => cte.step)
  const body = nestedBody(rel.body, printing, print)
  const text = `WITH ${recursive ? 'RECURSIVE ' : ''}${definitions.join(', ')}`
  return { ...body, with: text }
}

export function printCteRef(rel: Rel & { readonly kind: 'cte-ref' }, printing: RelationPrinter): Select {
  const source = printing.ctes.get(rel.cte) ?? []
  const items = rel.columns.flatMap((column, i) => {
    const from = source[i]!
    const zone = printing.zones.get(from.id)
    const item = `${conform(printing, columnName(from), from.type, column.type)} AS ${columnName(column)}`
    if (!zone) return [item]
    printing.zones.set(column.id, zone.name === undefined ? { sql: zoneName(column) } : zone)
    return zone.name === undefined ? [item, `${zoneName(from)} AS ${zoneName(column)}`] : [item]
  })
  return { from: `cte_${rel.cte}`, where: [], items: items.length ? items : ['1 AS nothing'] }
}

function nestedBody(rel: Rel, printing: RelationPrinter, print: Print): Select {
  const body = print(rel)
  return body.with ? nested(body, columnsOf(rel), printing) : body
}

function printCte(cte: Cte, printing: RelationPrinter, print: Print): string {
  const query = selectText(print(cte.query), columnsOf(cte.query), printing)
  const sources = columnsOf(cte.query)
  for (const [i, column] of cte.columns.entries()) adoptZone(column, sources[i]!, printing)
  printing.ctes.set(cte.id, cte.columns)
  const names = namesOf(cte.columns, printing)
  // A query used for its rows alone has one column that nobody names.
  const header = names.length ? `(${names.join(', ')})` : ''
  if (!cte.step) return `cte_${cte.id}${header} AS (${query})`
  return printRecursive(cte, query, names, printing, print)
}

function adoptZone(column: Column, source: Column, printing: RelationPrinter): void {
  const zone = printing.zones.get(source.id)
  if (zone) printing.zones.set(column.id, zone.name === undefined ? { sql: zoneName(column) } : zone)
  else if (column.type.kind === 'timestamp with time zone') printing.zones.set(column.id, UTC)
}

/** A companion column counts the steps; all rows that one step reads are of the same depth. */
function printRecursive(
  cte: Cte,
  anchor: string,
  names: readonly string[],
  printing: RelationPrinter,
  print: Print,
): string {
  const step = cte.step!
  const [depth, base, next, level] = ['n', 'q', 'q', 'q'].map((prefix) => printing.fresh(prefix))
  const targets = cte.columns
  const stepText = selectText(print(step), columnsOf(step), printing)
  const converted = columnsOf(step).map((column, i) =>
    conform(printing, columnName(column), column.type, targets[i]!.type),
  )
  if (!cte.all) {
    return `cte_${cte.id}(${names.join(', ')}) AS (${anchor} UNION SELECT ${converted.join(', ')} FROM (${stepText}) AS ${next})`
  }
  const limit = failureAs(
    'NOT_SUPPORTED',
    `Recursion depth limit exceeded (${MAX_RECURSION_DEPTH}). Use 'max_recursion_depth' session property to modify the limit.`,
    'INTEGER',
  )
  const first = `SELECT ${base}.*, 0 FROM (${anchor}) AS ${base}`
  const counted = `CASE WHEN ${level}.${depth} >= ${MAX_RECURSION_DEPTH} THEN ${limit} ELSE ${level}.${depth} + 1 END`
  const then = `SELECT ${[...converted, counted].join(', ')} FROM (${stepText}) AS ${next} CROSS JOIN (SELECT max(${depth}) AS ${depth} FROM cte_${cte.id}) AS ${level}`
  return `cte_${cte.id}(${[...names, depth].join(', ')}) AS (${first} UNION ALL ${then})`
}
