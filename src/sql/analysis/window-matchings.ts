/**
 * A window whose frame is the match of a row pattern becomes a search of its own, before the other windows: its measures,
 * and the functions over its frame, are columns.
 */
import { type Assignment, type Column, columnsOf, type Rel, type Scalar } from '../plan.ts'
import type { Position, SqlError } from '../position.ts'
import type { RowMatching } from '../row-matching.ts'
import type { Context } from './context.ts'
import { type Lift, notAggregated } from './grouping.ts'
import type { PatternWindow } from './pattern-windows.ts'
import { columnIds, visitScalars } from './transform.ts'

/** The search over `input`: all its columns, then those of the measures and functions. */
export function matchingOf(input: Rel, window: PatternWindow, lift: Lift, context: Context): RowMatching {
  const { spec, bound, frame, names, pattern } = window
  const read: Assignment[] = []
  const functions = window.functions.map(({ expr, ...one }) => ({
    ...one,
    args: one.args.map((arg) => {
      const of = lift(arg, () => notAggregated(expr))
      return one.value || holdsQuery(of) ? columnOf(of, read, context) : of
    }),
  }))
  const all = [...columnsOf(input), ...read.map(({ column }) => column)]
  const over: Rel =
    read.length === 0
      ? input
      : {
          kind: 'project',
          input,
          items: [...columnsOf(input).map((column) => ({ column, of: itself(column) })), ...read],
        }
  const results = functions.map(({ column }) => ({ column, result: context.ids.column(column.type) }))
  const { end } = frame
  return {
    kind: 'match',
    input: over,
    partitionBy: bound.partitionBy.map((key, i) =>
      lift(key, () => notAggregated(spec.partitionBy[i]!, 'PARTITION BY expression ')),
    ),
    orderBy: bound.orderBy.map((key, i) => ({
      ...key,
      of: lift(key.of, () => notAggregated(spec.orderBy[i]!.expr, 'ORDER BY expression ')),
    })),
    kept: all,
    rows: { each: true, emptyMatches: true, unmatchedRows: false },
    frame: { ...frame, end: 'value' in end ? { ...end, value: lift(end.value, () => notGrouped(window)) } : end },
    pattern: pattern.pattern,
    skip: pattern.skip,
    labels: pattern.primary,
    conditions: window.conditions,
    references: names.references.map((reference) => {
      const { column, of } = reference
      if (of.kind !== 'column') return reference
      const lifted = lift(itself({ id: of.id, type: column.type }), () => notGrouped(window, column.id))
      return lifted.kind === 'column' ? { ...reference, of: { kind: 'column', id: lifted.id } } : reference
    }),
    aggregates: [
      ...names.aggregates.map((one) => ({
        ...one,
        args: one.args.map((arg) => lift(arg, () => notGrouped(window))),
      })),
      ...functions.map((one, i) => ({ ...one, column: results[i]!.result })),
    ],
    classifier: names.classifier,
    matchNumber: names.matchNumber,
    measures: [...window.results, ...results.map(({ column, result }) => ({ column, of: itself(result) }))],
  }
}

const itself = ({ id, type }: Column, at?: Position): Scalar => ({ kind: 'column', id, type, ...(at && { at }) })

function columnOf(of: Scalar, read: Assignment[], { ids }: Context): Scalar {
  if (of.kind === 'column' || of.kind === 'constant' || of.kind === 'lambda') return of
  const column = ids.column(of.type)
  read.push({ column, of })
  return itself(column, of.at)
}

function holdsQuery(scalar: Scalar): boolean {
  let found = false
  visitScalars(scalar, (part) => {
    if ('query' in part) found = true
  })
  return found
}

/** Of the measure that reads the column, or else of the first condition. */
function notGrouped({ spec, results }: PatternWindow, id = 0): SqlError {
  const { measures = [], definitions = [] } = spec.frame!.recognition!
  const place = results.findIndex(({ of }) => columnIds(of).has(id))
  return notAggregated((measures[place] ?? definitions[0])!.expr)
}
