import type { Expr, FrameBound, SortItem, WindowFrame, WindowSpec } from '../ast.ts'
import { formatMatching, formatMeasures } from './format-row-pattern.ts'
import { formatIdentifier } from './format-types.ts'

type Print = (e: Expr) => string

/** In its parentheses. */
export function formatWindow(window: WindowSpec, print: Print): string {
  const { base, frame } = window
  const parts = [
    ...(base ? [formatIdentifier(base)] : []),
    ...formatPartitioning(window, print),
    ...(frame ? [formatFrame(frame, print)] : []),
  ]
  return `(${parts.join(' ')})`
}

export function formatPartitioning(
  { partitionBy, orderBy }: Pick<WindowSpec, 'partitionBy' | 'orderBy'>,
  print: Print,
): string[] {
  return [
    ...(partitionBy.length > 0 ? [`PARTITION BY ${partitionBy.map((e) => print(e)).join(', ')}`] : []),
    ...(orderBy.length > 0 ? [`ORDER BY ${formatSortItems(orderBy, print)}`] : []),
  ]
}

export function formatSortItems(items: readonly SortItem[], print: Print): string {
  return items.map((item) => formatSortItem(item, print)).join(', ')
}

function formatSortItem({ expr, descending, nullsFirst }: SortItem, print: Print): string {
  const nulls = nullsFirst === undefined ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'
  return print(expr) + (descending ? ' DESC' : '') + nulls
}

function formatFrame({ unit, start, end, recognition = {} }: WindowFrame, print: Print): string {
  const first = formatBound(start, print)
  const extent = `${unit.toUpperCase()} ${end ? `BETWEEN ${first} AND ${formatBound(end, print)}` : first}`
  return [...formatMeasures(recognition, print), extent, ...formatMatching(recognition, print)].join(' ')
}

function formatBound(bound: FrameBound, print: Print): string {
  const words = bound.kind.replace('-', ' ').toUpperCase()
  return 'value' in bound ? `${print(bound.value)} ${words}` : words
}
