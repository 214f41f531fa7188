/** What the history of queries has cost: `/_lentic/spending`. It knows of as many days as Athena keeps. */
import type { Call } from '../../core/call.ts'
import type { Lake } from '../../core/lake.ts'
import { priceBook } from '../../core/prices/price-book.ts'
import {
  type CapacityRow,
  capacitySpending,
  DIMENSIONS,
  type Dimension,
  type SpendingRow,
  type SpentQuery,
  spending,
} from '../../core/prices/spending.ts'
import { isOver } from '../../core/runs/run.ts'
import { heldReservations } from './capacity-reservations.ts'
import { invalidRequest } from './faults.ts'
import { type Input, textOf, textsOf } from './own-input.ts'
import type { QueryRun, QueryRuns } from './query-executions.ts'
import type { UnfinishedQuery } from './query-run.ts'

export interface Spending {
  readonly since: string
  readonly prices: string
  readonly by: readonly Dimension[]
  readonly rows: readonly SpendingRow[]
  readonly capacity: readonly CapacityRow[]
}

export const spendingOperation =
  (lake: Lake, runs: QueryRuns) =>
  (input: Input, call: Call): Spending => {
    const since = sinceOf(input, runs)
    const by = textsOf(input, 'by').map(dimension)
    const book = priceBook(textOf(input, 'prices'))
    const rows = spending(spentQueries(runs, call, since), by, book)
    const capacity = capacitySpending(heldReservations(lake, call), new Date(since), book)
    return { since, prices: book.name, by, rows, capacity }
  }

function sinceOf(input: Input, runs: QueryRuns): string {
  const asked = textOf(input, 'since')
  if (asked === undefined) return runs.keptSince()
  const moment = new Date(asked)
  if (Number.isNaN(moment.getTime())) throw invalidRequest(`since is no moment: ${asked}`)
  return moment.toISOString()
}

function dimension(word: string): Dimension {
  const found = DIMENSIONS.find((one) => one === word)
  if (!found) throw invalidRequest(`There is no spending by '${word}': ${DIMENSIONS.join(', ')}`)
  return found
}

function* spentQueries(runs: QueryRuns, call: Call, since: string): Generator<SpentQuery> {
  for (const run of runs.since(since))
    if (isOver(run.state) && run.spec.account === call.account && run.spec.region === call.region) yield spentQuery(run)
}

function spentQuery({ spec, state, submittedAt, result, failure }: QueryRun): SpentQuery {
  const { workGroup, principal, statementType, substatementType, capacityReservation } = spec
  return {
    submittedAt,
    workGroup,
    principal: principal.arn,
    statementType,
    substatementType,
    state,
    scannedBytes:
      result?.statistics.scannedBytes ?? (failure?.detail as UnfinishedQuery | undefined)?.scannedBytes ?? 0,
    scannedByTable: result?.reusedFrom === undefined ? (result?.statistics.scannedByTable ?? {}) : {},
    capacityReservation,
  }
}
