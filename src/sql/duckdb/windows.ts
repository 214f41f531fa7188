/** Window functions. */
import { type Bound, columnsOf, type Rel, type WindowFunction } from '../plan.ts'
import { SqlError } from '../position.ts'
import { type Type, typeName } from '../types.ts'
import { aggregateText } from './aggregates.ts'
import type { Printing } from './context.ts'
import { failureAs } from './failures.ts'
import { isFine } from './fine-moments.ts'
import { aggregateLowerings } from './functions/aggregates.ts'
import { windowLowerings } from './functions/windows.ts'
import { callOf, printScalar } from './scalars.ts'
import { columnName, fromText, namesOf, type Select } from './selects.ts'
import { sortText } from './sorting.ts'
import { duckdbType, holdsZone } from './types.ts'
import { zoneOf } from './zone-inference.ts'
import { UTC } from './zones.ts'

export function printWindow(
  rel: Rel & { readonly kind: 'window' },
  printing: Printing,
  print: (rel: Rel) => Select,
): Select {
  const columns = columnsOf(rel.input)
  const from = fromText(print(rel.input), columns, printing)
  const items = rel.functions.map((fn) => `${printFunction(fn, printing)} AS ${columnName(fn.column)}`)
  for (const fn of rel.functions) adoptZone(fn, printing)
  return { from, where: [], items: [...namesOf(columns, printing), ...items] }
}

function printFunction(fn: WindowFunction, printing: Printing): string {
  const over = ` OVER (${specification(fn, printing)})`
  const window = windowLowerings[fn.function.name]
  if (window)
    return window({ ...callOf(fn.function, fn.args, printing), nulls: fn.ignoreNulls ? ' IGNORE NULLS' : '', over })
  if (!aggregateLowerings[fn.function.name])
    throw new SqlError('NOT_SUPPORTED', `Window function ${fn.function.name} is not supported by this engine`)
  const order = fn.orderByInside.length ? ` ORDER BY ${sortText(fn.orderByInside, printing)}` : ''
  return aggregateText(fn, printing, { filter: '', order, over })
}

function specification(fn: WindowFunction, printing: Printing): string {
  const parts = [
    fn.partitionBy.length && `PARTITION BY ${fn.partitionBy.map((key) => printScalar(key, printing)).join(', ')}`,
    fn.orderBy.length && `ORDER BY ${sortText(fn.orderBy, printing)}`,
    fn.frame &&
      `${fn.frame.unit.toUpperCase()} BETWEEN ${bound(fn.frame.start, 'starting', fn, printing)} AND ${bound(fn.frame.end, 'ending', fn, printing)}`,
  ]
  return parts.filter(Boolean).join(' ')
}

function bound(edge: Bound, side: 'starting' | 'ending', fn: WindowFunction, printing: Printing): string {
  if (edge.kind !== 'preceding' && edge.kind !== 'following') return edge.kind.replaceAll('-', ' ').toUpperCase()
  const value = printScalar(edge.value, printing)
  const key = fn.orderBy[0]?.of.type.kind ?? ''
  const temporal = fn.frame?.unit === 'range' && (key === 'date' || key.startsWith('time'))
  const type = duckdbType(edge.value.type)
  const text = temporal
    ? rangeOffset(value, edge.value.type, fn.orderBy[0]!.of.type)
    : checkedOffset(`CAST(${value} AS ${type})`, type, side)
  return `${text} ${edge.kind.toUpperCase()}`
}

function rangeOffset(interval: string, type: Type, key: Type): string {
  const months = type.kind === 'interval year to month'
  if (!isFine(key)) return months ? `to_months(${interval})` : `to_milliseconds(${interval})`
  if (months) throw new SqlError('NOT_SUPPORTED', `A range of months over ${typeName(key)} is not supported`)
  return `CAST(${interval} * CAST(1000000000 AS HUGEINT) AS ${duckdbType(key)})`
}

/** DuckDB would take an offset below zero for an empty frame, and none for no limit. */
function checkedOffset(value: string, type: string, side: 'starting' | 'ending'): string {
  if (/^CAST\(\d+ AS \w+\)$/.test(value)) return value
  const fails = (what: string) =>
    failureAs('INVALID_WINDOW_FRAME', `Window frame ${side} offset must not be ${what}`, type)
  return `(CASE WHEN ${value} IS NULL THEN ${fails('null')} WHEN ${value} < 0 THEN ${fails('negative')} ELSE ${value} END)`
}

function adoptZone(fn: WindowFunction, printing: Printing): void {
  if (!holdsZone(fn.column.type)) return
  const arg = fn.args.find((part) => holdsZone(part.type))
  const zone = arg ? (zoneOf(arg, printing, (part) => printScalar(part, printing)) ?? UTC) : UTC
  if (zone.name === undefined)
    throw new SqlError('NOT_SUPPORTED', `${fn.function.name} of timestamps of several time zones is not supported`)
  printing.zones.set(fn.column.id, zone)
}
