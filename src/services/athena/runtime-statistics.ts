/** Where a query's time went, what it read and wrote, and the stages it ran in. */
import type * as Sdk from '@aws-sdk/client-athena'
import type { QueryStages, StageNode } from '../../core/queries/query-stages.ts'
import type { QueryRun } from './query-executions.ts'

export interface Timings {
  readonly queueMs: number
  readonly planningMs?: number
  readonly engineMs: number
  readonly serviceMs: number
  readonly totalMs: number
}

/** What is not queueing, planning or the engine is ours: checking, naming, keeping the result. */
export function timings(run: QueryRun, now: Date): Timings {
  const submitted = Date.parse(run.submittedAt)
  const started = run.startedAt === undefined ? now.getTime() : Date.parse(run.startedAt)
  const ended = run.endedAt === undefined ? now.getTime() : Date.parse(run.endedAt)
  const { planningMs, engineMs = ended - started } = run.result?.statistics ?? {}
  // Rounded up: no query passes the queue in no time at all, and there are clients that take 0 for missing.
  const queueMs = Math.max(1, Math.min(started, ended) - submitted)
  const totalMs = Math.max(queueMs, ended - submitted)
  return {
    queueMs,
    planningMs: planningMs === undefined ? undefined : Math.round(planningMs),
    engineMs: Math.round(engineMs),
    serviceMs: Math.max(0, Math.round(totalMs - queueMs - (planningMs ?? 0) - engineMs)),
    totalMs,
  }
}

/** `outputBytes`: of the result, or of the files that were written. */
export function runtimeStatistics(
  run: QueryRun,
  now: Date,
  outputBytes: number | undefined,
): Sdk.QueryRuntimeStatistics {
  const time = timings(run, now)
  const statistics = {
    Timeline: {
      QueryQueueTimeInMillis: time.queueMs,
      QueryPlanningTimeInMillis: time.planningMs,
      EngineExecutionTimeInMillis: time.engineMs,
      ServiceProcessingTimeInMillis: time.serviceMs,
      TotalExecutionTimeInMillis: time.totalMs,
    },
  }
  if (!run.result) return statistics
  const rows = {
    InputBytes: run.result.statistics.scannedBytes,
    InputRows: run.result.statistics.inputRows,
    OutputRows: run.result.outputRows,
    OutputBytes: outputBytes,
  }
  const { stages } = run.result.statistics
  const output = { StageId: 0, State: run.state, ...rows, ExecutionTime: time.engineMs }
  return { ...statistics, Rows: rows, OutputStage: stages ? { ...output, ...outputStage(run, stages) } : output }
}

const outputStage = ({ state }: QueryRun, { output, sources }: QueryStages): Partial<Sdk.QueryStage> => ({
  QueryStagePlan: planNode(output),
  SubStages: sources.map(({ plan, inputBytes, inputRows }, i) => ({
    StageId: i + 1,
    State: state,
    InputBytes: inputBytes,
    InputRows: inputRows,
    QueryStagePlan: planNode(plan),
    SubStages: [],
  })),
})

const planNode = ({ name, identifier, children, remoteSources }: StageNode): Sdk.QueryStagePlanNode => ({
  Name: name,
  Identifier: identifier,
  Children: children.map(planNode),
  RemoteSources: remoteSources?.map(String) ?? [],
})
