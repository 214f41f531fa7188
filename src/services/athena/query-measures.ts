/** What Athena tells CloudWatch of a query that is over. docs: athena ug, query-metrics-viewing. */
import type { Lake } from '../../core/lake.ts'
import { ofValues } from '../../core/measurements/distribution.ts'
import type { Dimensions } from '../../core/measurements/measurements.ts'
import type { QueryRun } from './query-executions.ts'
import { timings } from './runtime-statistics.ts'

const NAMESPACE = 'AWS/Athena'

/** `bytes`: scanned, also by a query that did not succeed. */
export function measureQuery({ measurements, clock }: Lake, run: QueryRun, bytes: number): void {
  const { spec } = run
  const time = timings(run, clock.now())
  const values: Readonly<Record<string, readonly [unit: string, value: number]>> = {
    EngineExecutionTime: ['Milliseconds', time.engineMs],
    QueryPlanningTime: ['Milliseconds', time.planningMs ?? 0],
    QueryQueueTime: ['Milliseconds', time.queueMs],
    ServiceProcessingTime: ['Milliseconds', time.serviceMs],
    TotalExecutionTime: ['Milliseconds', time.totalMs],
    ...(spec.statementType === 'DML' && { ProcessedBytes: ['Bytes', bytes] as const }),
  }
  const state = run.state === 'CANCELLED' ? 'CANCELED' : run.state
  const group = ['WorkGroup', spec.workGroup] as const
  const all: Dimensions = [['QueryState', state], ['QueryType', spec.statementType], group]
  // Of a work group as a whole too, as its page of the console shows it.
  const sets: readonly Dimensions[] = [all, [group]]
  for (const [name, [unit, value]] of Object.entries(values))
    for (const dimensions of sets)
      measurements.record(spec, { namespace: NAMESPACE, name, dimensions }, unit, ofValues([value]))
}
