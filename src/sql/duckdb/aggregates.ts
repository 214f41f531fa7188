/** GROUP BY and the aggregate functions. */
import { columnIds } from '../analysis/transform.ts'
import { type Aggregation, type Column, columnsOf, type Rel, type Scalar, type WindowFunction } from '../plan.ts'
import { SqlError } from '../position.ts'
import { isInteger } from '../types.ts'
import type { Printing } from './context.ts'
import type { AggregateCall } from './functions/aggregate-call.ts'
import { aggregateLowerings } from './functions/aggregates.ts'
import { callOf, printScalar } from './scalars.ts'
import { columnName, fromText, namesOf, type Select, zoneName } from './selects.ts'
import { sortText } from './sorting.ts'
import { holdsZone } from './types.ts'
import { zoneOf } from './zone-inference.ts'
import { UTC, type Zone } from './zones.ts'

type Aggregate = Rel & { readonly kind: 'aggregate' }

export function printAggregate(rel: Aggregate, printing: Printing, print: (rel: Rel) => Select): Select {
  const columns = columnsOf(rel.input)
  const input = print(rel.input)
  const open =
    input.from && !input.items && !input.groupBy && !input.distinct && !input.limit && !input.orderBy && !input.with
  let base: Select = open ? input : { from: fromText(input, columns, printing), where: [] }
  const outer = outerColumns(rel, columns)
  if (outer.length > 0) {
    const names = [...namesOf(columns, printing), ...outer.map((id) => `c${id}`)].join(', ')
    base = { from: `(SELECT ${names} FROM ${fromText(base, columns, printing)}) AS ${printing.fresh('q')}`, where: [] }
  }
  const items: string[] = []
  const keys = rel.keys.map(({ column, of }) => {
    const text = printScalar(of, printing)
    return text === columnName(column) ? text : `${text} AS ${columnName(column)}`
  })
  const zones = rel.keys.flatMap(({ column, of }) =>
    keyZone(
      column,
      zoneOf(of, printing, (part) => printScalar(part, printing)),
      printing,
    ),
  )
  const names = rel.keys.map(({ column }) => columnName(column))
  let groupBy = names.join(', ')
  if (rel.sets) {
    // Keys get their names one level below: GROUPING() takes no aliases.
    base = {
      from: `(SELECT *${keys
        .filter((key) => key.includes(' '))
        .map((key) => `, ${key}`)
        .join('')} FROM ${fromText(base, columns, printing)}) AS ${printing.fresh('q')}`,
      where: [],
    }
    items.push(...names)
    groupBy = `GROUPING SETS (${rel.sets.map((set) => `(${set.map((i) => names[i]).join(', ')})`).join(', ')})`
  } else items.push(...keys)
  items.push(...zones)
  for (const aggregate of rel.aggregates) items.push(...printAggregation(aggregate, printing))
  for (const { column, keys: of } of rel.groupings)
    items.push(
      `CAST(grouping(${of.map((i) => names[i]).join(', ')}) AS ${column.type.kind === 'bigint' ? 'BIGINT' : 'INTEGER'}) AS ${columnName(column)}`,
    )
  return { ...base, items: items.length ? items : ['1 AS nothing'], ...(groupBy ? { groupBy } : {}) }
}

/**
 * An aggregate of nothing but columns of a query further out is one of this query in Trino; DuckDB would hold it for one
 * of the other. As columns of the input they are ours.
 */
function outerColumns(rel: Aggregate, columns: readonly Column[]): number[] {
  const known = new Set(columns.map(({ id }) => id))
  const found = new Set<number>()
  for (const { args } of rel.aggregates) {
    const ids = new Set(args.flatMap((arg) => [...columnIds(arg)]))
    if (known.isDisjointFrom(ids)) for (const id of ids) found.add(id)
  }
  return [...found]
}

function printAggregation(aggregate: Aggregation, printing: Printing): string[] {
  const { column } = aggregate
  const filter = aggregate.filter ? ` FILTER (WHERE ${printScalar(aggregate.filter, printing)})` : ''
  const order = aggregate.orderBy.length ? ` ORDER BY ${sortText(aggregate.orderBy, printing)}` : ''
  const text = aggregateText(aggregate, printing, { filter, order, over: '' })
  return [`${text} AS ${columnName(column)}`, ...resultZone(aggregate, printing, filter)]
}

/** The text of an aggregate function, plain or over a window. */
export function aggregateText(
  call: Aggregation | WindowFunction,
  printing: Printing,
  clauses: { readonly filter: string; readonly order: string; readonly over: string },
): string {
  const lower = aggregateLowerings[call.function.name]
  if (!lower) throw new SqlError('NOT_SUPPORTED', `Function ${call.function.name} is not supported by this engine`)
  const apply: AggregateCall['apply'] = (name, ...args) =>
    `${name}(${call.distinct ? 'DISTINCT ' : ''}${args.join(', ')}${clauses.order})${clauses.filter}${clauses.over}`
  const args = call.function.name === 'sum' ? call.args.map(narrow) : call.args
  return lower({
    ...callOf(call.function, args, printing),
    apply,
    distinct: call.distinct,
    ordered: clauses.order !== '',
  })
}

/** DuckDB adds up whole numbers of any width without overflow, and faster before they are widened than after. */
function narrow(value: Scalar): Scalar {
  const widens = value.kind === 'cast' && value.type.kind === 'bigint' && isInteger(value.of.type)
  return widens ? value.of : value
}

function keyZone(column: Aggregate['keys'][number]['column'], zone: Zone | undefined, printing: Printing): string[] {
  if (!holdsZone(column.type)) return []
  if (!zone || zone.name !== undefined) {
    printing.zones.set(column.id, zone ?? UTC)
    return []
  }
  // Equal instants are one group whatever their zones; one of them is shown.
  printing.zones.set(column.id, { sql: zoneName(column) })
  return [`any_value(${zone.sql}) AS ${zoneName(column)}`]
}

/** The zone of an aggregate's result; where it depends on the rows, the item that carries it. */
export function resultZone(
  aggregate: Pick<Aggregation, 'column' | 'args' | 'function'>,
  printing: Printing,
  filter: string,
): string[] {
  const { column, args } = aggregate
  if (!holdsZone(column.type)) return []
  const arg = args.find((part) => holdsZone(part.type))
  const zone = arg ? zoneOf(arg, printing, (part) => printScalar(part, printing)) : undefined
  if (!arg || !zone || zone.name !== undefined) {
    printing.zones.set(column.id, zone ?? UTC)
    return []
  }
  if (column.type.kind !== 'timestamp with time zone')
    throw new SqlError(
      'NOT_SUPPORTED',
      `${aggregate.function.name} of timestamps of several time zones is not supported`,
    )
  printing.zones.set(column.id, { sql: zoneName(column) })
  const value = printScalar(arg, printing)
  const picks: Readonly<Record<string, string>> = {
    max: `arg_max(${zone.sql}, ${value})`,
    min: `arg_min(${zone.sql}, ${value})`,
  }
  return [`${picks[aggregate.function.name] ?? `any_value(${zone.sql})`}${filter} AS ${zoneName(column)}`]
}
