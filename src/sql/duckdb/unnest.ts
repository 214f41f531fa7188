/** UNNEST: DuckDB expands lists of one SELECT side by side and pads the shorter ones, as Trino does. */
import { type Column, columnsOf, type Rel } from '../plan.ts'
import { sameType, type Type } from '../types.ts'
import type { Printing } from './context.ts'
import { printScalar } from './scalars.ts'
import { columnName, fromText, namesOf, type Select } from './selects.ts'
import { holdsZone, quote, rowFieldName } from './types.ts'
import { zoneOf } from './zone-inference.ts'
import { UTC } from './zones.ts'

type Unnest = Rel & { readonly kind: 'unnest' }

export function printUnnest(rel: Unnest, printing: Printing, print: (rel: Rel) => Select): Select {
  const input = print(rel.input)
  const columns = columnsOf(rel.input)
  const source = input.from || input.items ? fromText(input, columns, printing) : undefined
  const lists: string[] = []
  const outputs: string[] = []
  const lengths = rel.items.map((item) => lengthOf(printScalar(item.of, printing), item.of.type.kind))
  const total = lengths.length === 1 ? lengths[0]! : `greatest(${lengths.join(', ')})`
  for (const item of rel.items) {
    const text = printScalar(item.of, printing)
    const zone = holdsZone(item.of.type)
      ? (zoneOf(item.of, printing, (part) => printScalar(part, printing)) ?? UTC)
      : undefined
    for (const column of item.columns) if (zone && holdsZone(column.type)) printing.zones.set(column.id, zone)
    if (item.of.type.kind === 'map') {
      lists.push(`unnest(${kept(`map_keys(${text})`, total, rel)}) AS ${columnName(item.columns[0]!)}`)
      lists.push(`unnest(${kept(`map_values(${text})`, total, rel)}) AS ${columnName(item.columns[1]!)}`)
      continue
    }
    const element = item.of.type.kind === 'array' ? item.of.type.element : undefined
    if (element?.kind === 'row' && !staysWhole(item.columns, element)) {
      const name = printing.fresh('u')
      lists.push(`unnest(${kept(text, total, rel)}) AS ${name}`)
      for (const [i, column] of item.columns.entries())
        outputs.push(`struct_extract(${name}, ${quote(rowFieldName(element, i))}) AS ${columnName(column)}`)
      continue
    }
    lists.push(`unnest(${kept(text, total, rel)}) AS ${columnName(item.columns[0]!)}`)
  }
  if (rel.ordinality) {
    const numbers = `range(1, CAST(${total} AS BIGINT) + 1)`
    lists.push(`unnest(${kept(numbers, total, rel)}) AS ${columnName(rel.ordinality)}`)
  }
  const expanded = `SELECT ${[...namesOf(columns, printing), ...lists].join(', ')}${source ? ` FROM ${source}` : ''}${!source && input.where.length ? ` WHERE ${input.where.join(' AND ')}` : ''}`
  const from = `(${expanded}) AS ${printing.fresh('q')}`
  if (outputs.length === 0) return { from, where: [] }
  const produced = new Map(outputs.map((output) => [output.slice(output.lastIndexOf(' ') + 1), output]))
  return { from, where: [], items: namesOf(columnsOf(rel), printing).map((name) => produced.get(name) ?? name) }
}

const staysWhole = ([first, second]: readonly Column[], element: Type): boolean =>
  second === undefined && first !== undefined && sameType(first.type, element)

/** LEFT JOIN UNNEST keeps a row whose lists are all empty. */
function kept(list: string, total: string, rel: Unnest): string {
  return rel.outer ? `CASE WHEN ${total} > 0 THEN ${list} ELSE [NULL] END` : list
}

function lengthOf(text: string, kind: string): string {
  return `coalesce(${kind === 'map' ? `CAST(cardinality(${text}) AS BIGINT)` : `len(${text})`}, 0)`
}
