/** A query of Athena's as a run: what was asked, what came of it, and the work in between. */

import type { Principal } from '../../core/call.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import type { EngineProgress } from '../../core/queries/engine-plan.ts'
import { failureOf, StatementFailure } from '../../core/queries/failure.ts'
import type { ResultColumn, StatementOutcome, StatementStatistics } from '../../core/queries/outcome.ts'
import { executeStatement } from '../../core/queries/statements/execute.ts'
import type { RunFailure } from '../../core/runs/run.ts'
import type { Expr, Statement } from '../../sql/ast.ts'
import { preparedStatements } from './prepared-statements.ts'
import { writeResult } from './result-files.ts'

export interface QuerySpec {
  readonly account: string
  readonly region: string
  readonly principal: Principal
  readonly query: string
  readonly parameters?: readonly string[]
  readonly statementType: string
  readonly substatementType: string
  readonly workGroup: string
  /** As the caller gave them, folded. */
  readonly catalog?: string
  readonly database?: string
  readonly resultUri: string
  /** The folder that results go to, ending in `/`. */
  readonly outputFolder: string
  readonly bytesScannedCutoff?: number
}

export interface QueryResult {
  readonly statistics: StatementStatistics
  readonly columns: readonly ResultColumn[]
  /** How GetQueryResults reads the result: a CSV with a header, a text of lines, or nothing to read. */
  readonly reading: 'csv' | 'lines' | 'none'
  readonly updateCount?: number
  readonly outputRows?: number
  readonly manifest?: boolean
}

/** What a failed query's record keeps beside the reason. */
export interface QueryFailureDetail extends Readonly<Record<string, unknown>> {
  readonly category: number
  readonly type: number
  readonly message: string
  readonly leavesText: boolean
}

/** How much memory and time one query may take; settings of the server. */
export interface QueryLimits {
  readonly memoryBytes: number
  readonly timeoutMs: number
}

export interface QueryTask {
  readonly id: string
  readonly spec: QuerySpec
  readonly statement: Statement
  readonly parameters: readonly Expr[]
  readonly limits: QueryLimits
  readonly onProgress: (progress: EngineProgress) => void
}

export function queryContext(
  lake: Lake,
  id: string,
  spec: Omit<QuerySpec, 'resultUri'>,
  limits: QueryLimits,
  signal: AbortSignal,
  onProgress?: (progress: EngineProgress) => void,
): QueryContext {
  return {
    rooms: lake,
    scope: { account: spec.account, region: spec.region },
    principal: spec.principal,
    queryId: id,
    catalog: spec.catalog ?? 'awsdatacatalog',
    database: spec.database ?? 'default',
    now: lake.clock.now(),
    tablesLocation: spec.outputFolder,
    limits,
    signal,
    onProgress,
  }
}

export async function runStatement(lake: Lake, task: QueryTask, signal: AbortSignal): Promise<QueryResult> {
  const { id, spec, statement, parameters } = task
  const cutoff = new AbortController()
  const onProgress = (progress: EngineProgress): void => {
    task.onProgress(progress)
    if (progress.scannedBytes > (spec.bytesScannedCutoff ?? Number.POSITIVE_INFINITY)) cutoff.abort(scannedTooMuch())
  }
  const context = queryContext(lake, id, spec, task.limits, AbortSignal.any([signal, cutoff.signal]), onProgress)
  try {
    const outcome = await executeStatement(
      statement,
      context,
      preparedStatements(lake, spec, spec.workGroup),
      parameters,
    )
    if (outcome.statistics.scannedBytes > (spec.bytesScannedCutoff ?? Number.POSITIVE_INFINITY)) {
      if (outcome.result.kind === 'rows') await outcome.result.file.discard()
      throw scannedTooMuch()
    }
    await writeResult(lake, spec.resultUri, id, spec.substatementType, outcome)
    return summary(outcome)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.leavesText && !signal.aborted)
      await lake.files.put(spec.resultUri, Buffer.from(failure.reason), 'application/octet-stream')
    throw failure
  }
}

function summary({ result, statistics }: StatementOutcome): QueryResult {
  switch (result.kind) {
    case 'rows':
      return { statistics, columns: result.columns, reading: 'csv', updateCount: 0, outputRows: result.rows }
    case 'table':
      return { statistics, columns: result.columns, reading: 'csv', updateCount: 0, outputRows: result.rows.length }
    case 'lines':
      return { statistics, columns: result.columns, reading: 'lines', outputRows: result.lines.length }
    case 'written':
      return {
        statistics,
        columns: [{ name: 'rows', type: { kind: 'bigint' } }],
        reading: 'none',
        updateCount: result.rows,
        outputRows: result.rows,
        manifest: result.files.length > 0,
      }
    case 'done':
      return { statistics, columns: [], reading: 'none' }
  }
}

const scannedTooMuch = (): StatementFailure =>
  new StatementFailure('Query exhausted resources: Bytes scanned limit was exceeded', { category: 2, type: 1008 })

export function explainFailure(error: unknown): RunFailure {
  const { reason, category, type, message, leavesText, cause } = failureOf(error)
  if (category === 1) console.error(reason, cause ?? '')
  return { reason, detail: { category, type, message, leavesText } satisfies QueryFailureDetail }
}
