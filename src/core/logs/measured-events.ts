/**
 * Lines of a group are measured by its metric filters as they come: a few at once, many on a thread of their own, since the
 * server's has others to see to.
 */
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { AskedThread } from '../asked-thread.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { Measurements } from '../measurements/measurements.ts'
import type { StateReader } from '../ports.ts'
import type { LogGroup } from './log-groups.ts'
import { type AskedFilter, type Line, measuresOf } from './measured-lines.ts'
import type { FromMeasuringThread, ToMeasuringThread } from './measured-lines-thread.ts'
import { filtersOf } from './metric-filters.ts'

/** In the published package the sources are `.js`. */
const THREAD = new URL(`./measured-lines-thread${extname(import.meta.url)}`, import.meta.url)
/** Letters of lines times filters: what takes some milliseconds. */
const MOST_HERE = 1 << 18
const LINE_LETTERS = 50
const RECORDED_AT_ONCE = 1000

export async function measureEvents(
  { state, measurements }: { readonly state: StateReader; readonly measurements: Measurements },
  scope: Scope,
  group: LogGroup,
  lines: readonly Line[],
): Promise<void> {
  const filters = filtersOf(state, group)
  if (filters.length === 0) return
  const measures = isShort(filters, lines) ? measuresOf(filters, lines) : await measuredThere(filters, lines)
  for (const [i, { metric, unit, values, atMs }] of measures.entries()) {
    if (i > 0 && i % RECORDED_AT_ONCE === 0) await setImmediate()
    measurements.record(scope, metric, unit, values, { atMs })
  }
}

/** Of a regular expression nobody knows. */
function isShort(filters: readonly AskedFilter[], lines: readonly Line[]): boolean {
  const letters = lines.reduce((sum, [, message]) => sum + message.length + LINE_LETTERS, 0)
  return letters * filters.length <= MOST_HERE && !filters.some(({ filterPattern }) => filterPattern.includes('%'))
}

let thread: AskedThread<ToMeasuringThread, FromMeasuringThread> | undefined

/** One batch after the other. */
function measuredThere(filters: readonly AskedFilter[], lines: readonly Line[]): Promise<FromMeasuringThread> {
  thread = thread?.alive ? thread : new AskedThread(THREAD, 'metric filters')
  return thread.ask({ filters, lines })
}
