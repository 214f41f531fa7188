/** A query of Athena's as a run: what was asked, what came of it, and the work in between. */
import { setImmediate } from 'node:timers/promises'
import type { EngineVersion } from '@aws-sdk/client-athena'
import type { Principal } from '../../core/call.ts'
import { recordedCatalog } from '../../core/events/recorded-catalog.ts'
import { registeredSources } from '../../core/federation/registered-sources.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import type { NameContext, QueryContext } from '../../core/queries/context.ts'
import type { EngineProgress } from '../../core/queries/engine-plan.ts'
import { failureOf, isExpected } from '../../core/queries/failure.ts'
import type { ResultColumn, StatementOutcome, StatementStatistics } from '../../core/queries/outcome.ts'
import { executeStatement } from '../../core/queries/statements/execute.ts'
import type { TableRead } from '../../core/queries/table-reads.ts'
import { type Ending, RunCancelled, type RunFailure } from '../../core/runs/run.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import type { Expr, Statement } from '../../sql/ast.ts'
import { lakeCatalogs } from './data-catalogs.ts'
import { namedPlace, requireDefaultDatabase } from './default-database.ts'
import { arriveManaged } from './managed-results.ts'
import { preparedStatements } from './prepared-statements.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import { queryEvents } from './query-events.ts'
import { ROWS_COLUMN } from './result-columns.ts'
import type { ResultPlace } from './result-configuration.ts'
import { isHiveTask, leavesManifest, resultFiles } from './result-files.ts'
import { guardedFiles, requireWritable } from './result-keys.ts'
import { reusableTables } from './result-reuse.ts'

export interface QuerySpec extends ResultPlace {
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
  /** What the work group had chosen. */
  readonly engineVersion: EngineVersion
  readonly bytesScannedCutoff?: number
  /** Its work group publishes metrics. */
  readonly isMeasured?: true
  /** The capacity that its work group had reserved: then what it scans is not billed. */
  readonly capacityReservation?: string
  /** How old a result may be to be taken instead of running the query; absent when none shall be. */
  readonly reuseMinutes?: number
  /** What an EXECUTE stood for. */
  readonly preparedText?: string
  /** Of who may not see everything: who it is, and under which permissions; what others have seen is not for them. */
  readonly rights?: string
  /** Of the request that started it. */
  readonly requestToken: string
}

export interface QueryResult {
  readonly statistics: StatementStatistics
  readonly columns: readonly ResultColumn[]
  /** How GetQueryResults reads the result: a CSV with a header, a text of lines, or nothing to read. */
  readonly reading: 'csv' | 'lines' | 'none'
  readonly updateCount?: number
  readonly outputRows?: number
  /** Whether there is one; absent where there can be none. */
  readonly manifest?: boolean
  /** The tables that it was made of, where it may be taken for the result of the same query, later. */
  readonly reusable?: readonly string[]
  /** And what was read of them, for the record of whoever takes it. */
  readonly reads?: readonly TableRead[]
  /** The result file of another execution, which this one points to. */
  readonly reusedFrom?: string
}

/** What a failed query's record keeps beside the reason. */
export interface QueryFailureDetail extends Readonly<Record<string, unknown>> {
  readonly category: number
  readonly type: number
  readonly message: string
  readonly leavesText: boolean
}

/** What is kept of any query that did not succeed, also where nothing is to be explained: what it has cost. */
export interface UnfinishedQuery extends Readonly<Record<string, unknown>> {
  readonly scannedBytes: number
}

/** How much memory and time one query may take; settings of the server. */
export interface QueryLimits {
  readonly memoryBytes: number
  readonly timeoutMs: number
}

export interface QuerySettings extends QueryLimits {
  /** Where tables of table buckets lie. */
  readonly places: TablePlaces
  /** Hears of bugs. */
  readonly report: (error: unknown) => void
}

export interface QueryTask {
  readonly id: string
  readonly spec: QuerySpec
  readonly statement: Statement
  readonly parameters: readonly Expr[]
  readonly limits: QueryLimits
  /** Of the tables of table buckets. */
  readonly places: TablePlaces
  readonly onProgress: (progress: EngineProgress) => void
}

/** Where the names of a statement are looked up, known before there is a query. */
export function nameContext(
  lake: Lake,
  spec: Pick<QuerySpec, 'account' | 'region' | 'principal' | 'catalog' | 'database'>,
): NameContext {
  const { account, region, principal } = spec
  const own = { account, region, principal }
  const { catalog, database } = namedPlace(spec)
  const catalogs = lakeCatalogs(lake, own)
  return {
    rooms: lake,
    principal,
    scope: catalogs.find(catalog)?.scope ?? own,
    catalog,
    database,
    lakeCatalogs: catalogs,
    sourceCatalogs: registeredSources(lake, spec),
  }
}

/** To read it takes some ten milliseconds. */
const LONG_TEXT = 16_384

export async function runStatement(lake: Lake, task: QueryTask, signal: AbortSignal): Promise<Ending<QueryResult>> {
  const { id, spec, statement, parameters } = task
  // Who has started it has just had it read.
  if (spec.query.length > LONG_TEXT) await setImmediate()
  const cutoff = new AbortController()
  const mostBytes = spec.bytesScannedCutoff ?? Number.POSITIVE_INFINITY
  const onProgress = (progress: EngineProgress): void => {
    // A query that is cut off has scanned as much as it may (observed).
    task.onProgress({ ...progress, scannedBytes: Math.min(progress.scannedBytes, mostBytes) })
    if (progress.scannedBytes > mostBytes) cutoff.abort(scannedTooMuch())
  }
  const held: { release(): void }[] = []
  const reads: TableRead[] = []
  const forCaller = forwardedLake(lake, spec, ATHENA_PRINCIPAL)
  requireWritable(forCaller, spec)
  const { files, protection } = await guardedFiles(forCaller, spec)
  const names = nameContext(forCaller, spec)
  const events = queryEvents(lake, task)
  const context: QueryContext = {
    ...names,
    places: task.places,
    rooms: { ...forCaller, files, catalog: recordedCatalog(forCaller.catalog, events.changed) },
    text: spec.query,
    queryId: id,
    now: lake.clock.now(),
    tablesLocation: spec.managed ? undefined : spec.outputFolder,
    protection,
    guard: ({ option, keyId }) =>
      guardedFiles(forCaller, { ...spec, encryption: { EncryptionOption: option, KmsKey: keyId } }),
    limits: task.limits,
    signal: AbortSignal.any([signal, cutoff.signal]),
    async hold(found) {
      const pin = files.pin(found)
      held.push(pin)
      await pin.ready
    },
    onProgress,
    onRead(found) {
      reads.push(...found)
      events.read(found)
    },
    onWrite: events.wrote,
    onGrant: events.changed,
  }
  try {
    await requireDefaultDatabase(lake, forCaller, spec)
    const outcome = await executeStatement(
      statement,
      context,
      preparedStatements(lake, spec, spec.workGroup),
      parameters,
    )
    if (outcome.statistics.scannedBytes > mostBytes) {
      onProgress(outcome.statistics)
      if (outcome.result.kind === 'rows') await outcome.result.file.discard()
      throw scannedTooMuch()
    }
    const query = { ...spec, id, startedAt: context.now, statement, protection: context.protection }
    // Nobody looks at them before the query has ended, so they appear as it does.
    const results = resultFiles(query, outcome)
    const { appear } = await (spec.managed ? arriveManaged(lake, results) : files.arrive(results))
    const result = summary(outcome, spec)
    return { result: result.reusable ? { ...result, reads } : result, appear }
  } catch (error) {
    if (cutoff.signal.aborted || error instanceof RunCancelled) throw scannedTooMuch()
    const failure = failureOf(error)
    events.failed(failure, await askedStatement(task), names)
    if (failure.leavesText && !signal.aborted && !spec.managed)
      await files.put(spec.resultUri, Buffer.from(failure.reason), {
        contentType: 'application/octet-stream',
        ...context.protection,
      })
    throw failure
  } finally {
    for (const pin of held) pin.release()
  }
}

/** What an EXECUTE stands for; the statement itself where it is none. */
async function askedStatement({ statement, spec }: QueryTask): Promise<Statement> {
  if (spec.preparedText === undefined) return statement
  const { parseStatement } = await import('../../sql/statement.ts')
  return parseStatement(spec.preparedText)
}

function summary({ result, statistics }: StatementOutcome, { substatementType }: QuerySpec): QueryResult {
  switch (result.kind) {
    case 'rows':
      return {
        statistics,
        columns: result.columns,
        reading: 'csv',
        updateCount: 0,
        outputRows: result.rows,
        reusable: result.deterministic ? reusableTables(result.tables) : undefined,
      }
    case 'table':
      return { statistics, columns: result.columns, reading: 'csv', updateCount: 0, outputRows: result.rows.length }
    case 'lines':
      return {
        statistics,
        columns: result.columns,
        reading: 'lines',
        updateCount: isHiveTask(substatementType, result) ? undefined : 0,
        outputRows: result.lines.length,
      }
    case 'written':
      return {
        statistics,
        columns: [ROWS_COLUMN],
        reading: 'none',
        updateCount: result.rows,
        outputRows: result.rows,
        manifest: leavesManifest(substatementType, result.files),
      }
    case 'done':
      return { statistics, columns: [], reading: 'none' }
  }
}

/** docs: athena ug, workgroups-setting-control-limits-cloudwatch: the query is cancelled (reason as observed), and what it scanned is paid. */
const scannedTooMuch = (): RunCancelled => new RunCancelled('Bytes scanned limit was exceeded')

/** `report` hears of failures that are nobody's but ours. */
export function explainFailure(error: unknown, report: (error: unknown) => void): RunFailure {
  const { reason, category, type, message, leavesText, cause } = failureOf(error)
  if (cause !== undefined && !isExpected(cause)) report(cause)
  return { reason, detail: { category, type, message, leavesText } satisfies QueryFailureDetail }
}
