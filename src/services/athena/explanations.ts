/**
 * What a query would read, told before it runs, and what it would read of a table that lay otherwise: `/_lentic/explain`.
 * The plan is the one that the run makes, by the names, keys and work group of whoever asks.
 */
import { randomUUID } from 'node:crypto'
import type { Call } from '../../core/call.ts'
import { estimateScans, type ScanEstimate } from '../../core/estimates/scan-estimates.ts'
import {
  parseChange,
  rewritingStatement,
  type TableChange,
  type TableForm,
} from '../../core/estimates/table-changes.ts'
import { type ChangeEstimate, estimateChange } from '../../core/estimates/what-if.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { failureOf, isExpected } from '../../core/queries/failure.ts'
import { prepared } from '../../core/queries/statements/prepared.ts'
import { type PlannedQuery, planQuery } from '../../core/queries/statements/query.ts'
import type { Expr, Query, Statement } from '../../sql/ast.ts'
import { parseExpression, parseQuery, parseStatement, statementText } from '../../sql/statement.ts'
import { invalidRequest } from './faults.ts'
import { type Input, textOf, textsOf } from './own-input.ts'
import { preparedStatements } from './prepared-statements.ts'
import { nameContext, type QueryLimits } from './query-run.ts'
import { PRIMARY } from './work-groups.ts'

export interface Explanation {
  readonly scans: readonly ScanEstimate[]
  readonly scannedBytes: number
  /** Empty where the run reads exactly `scannedBytes`. */
  readonly atMostBecause: readonly string[]
  readonly planningMs: number
  readonly change?: ExplainedChange
}

export interface ExplainedChange extends ChangeEstimate {
  /** Of the whole query, its other tables as they are. */
  readonly queryBytes: number
  /** What making the change reads: the whole table, once. */
  readonly changeBytes: number
  readonly statement: string
}

export const explainOperation =
  (lake: Lake, limits: QueryLimits) =>
  async (input: Input, call: Call): Promise<Explanation> =>
    inContext(lake, limits, { input, call }, async (context) => {
      const { statement, parameters } = statementOf(lake, input, call)
      const planned = await planQuery(explainedQuery(statement), context, parameters)
      const scans = await estimateScans(planned, lake.files)
      const words = textsOf(input, 'whatIf')
      const scannedBytes = scans.reduce((sum, scan) => sum + scan.scannedBytes, 0)
      const atMostBecause = [...new Set(scans.flatMap((scan) => scan.atMostBecause))]
      const explanation = { scans, scannedBytes, atMostBecause, planningMs: planned.planningMs }
      if (words.length === 0) return explanation
      const table = textOf(input, 'table')
      return {
        ...explanation,
        change: await explainedChange(planned, scans, { change: parseChange(words), table }, context),
      }
    })

/** Everything that the statement holds is let go when the work is over. */
async function inContext<T>(
  lake: Lake,
  limits: QueryLimits,
  { input, call }: { readonly input: Input; readonly call: Call },
  work: (context: QueryContext) => Promise<T>,
): Promise<T> {
  const names = {
    account: call.account,
    region: call.region,
    catalog: textOf(input, 'catalog')?.toLowerCase(),
    database: textOf(input, 'database')?.toLowerCase(),
  }
  const held: { release(): void }[] = []
  const context: QueryContext = {
    ...nameContext(lake, names),
    rooms: lake,
    principal: call.principal,
    text: textOf(input, 'sql') ?? '',
    queryId: randomUUID(),
    now: lake.clock.now(),
    protection: {},
    limits,
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(limits.timeoutMs)]),
    async hold(files) {
      const pin = lake.files.pin(files)
      held.push(pin)
      await pin.ready
    },
  }
  try {
    return await work(context)
  } catch (error) {
    if (error instanceof Fault || !isExpected(error)) throw error
    throw invalidRequest(failureOf(error).reason, 'MALFORMED_QUERY')
  } finally {
    for (const pin of held) pin.release()
  }
}

interface AskedStatement {
  readonly statement: Statement
  readonly parameters: readonly Expr[]
}

function statementOf(lake: Lake, input: Input, call: Call): AskedStatement {
  const statement = parseStatement(statementText(textOf(input, 'sql') ?? ''))
  if (statement.kind !== 'execute')
    return { statement, parameters: textsOf(input, 'parameters').map((text) => parseExpression(text)) }
  return prepared(statement, preparedStatements(lake, call, textOf(input, 'workGroup') ?? PRIMARY))
}

function explainedQuery(statement: Statement): Query {
  if (statement.kind === 'query') return statement
  if (statement.kind === 'create-table-as' || statement.kind === 'insert' || statement.kind === 'unload')
    return statement.query
  if (statement.kind === 'explain') return explainedQuery(statement.statement)
  throw invalidRequest('Only queries read tables: there is nothing to explain of this statement', 'MALFORMED_QUERY')
}

interface AskedChange {
  readonly change: TableChange
  /** Otherwise it is the one of which the query reads the most. */
  readonly table: string | undefined
}

async function explainedChange(
  planned: PlannedQuery,
  scans: readonly ScanEstimate[],
  { change, table }: AskedChange,
  context: QueryContext,
): Promise<ExplainedChange> {
  const name = table?.toLowerCase() ?? scans.toSorted((a, b) => b.scannedBytes - a.scannedBytes)[0]?.table
  const changed = planned.scans.relations.filter((relation) => relation.name === name)
  const [first] = changed
  if (!first) throw invalidRequest(`The query does not read ${name ?? 'any table'}`, 'MALFORMED_QUERY')
  const [database = '', tableName = ''] = first.name.split('.')
  const { catalog } = context.rooms
  const descriptor = catalog.tables.get(context.scope, database, tableName).descriptor
  const entry = {
    change,
    partitionKeys: (descriptor.PartitionKeys ?? []).map((key) => key.Name.toLowerCase()),
    parameters: descriptor.Parameters ?? {},
  }
  const estimates: ChangeEstimate[] = []
  for (const { id } of changed) estimates.push(await estimateChange(planned, { ...entry, relationId: id }, context))
  const estimate = estimates[0]!
  const others = scans.filter((scan) => scan.table !== first.name).reduce((sum, scan) => sum + scan.scannedBytes, 0)
  const columns = first.columns.flatMap(({ kind, name: column }) => (kind === 'hidden' ? [] : [column]))
  const location = descriptor.StorageDescriptor?.Location ?? ''
  return {
    ...estimate,
    queryBytes: others + estimates.reduce((sum, one) => sum + one.scannedBytes, 0),
    changeBytes: await wholeBytes(first.name, context),
    statement: changeStatement(first.name, estimate.form, columns, location),
  }
}

async function wholeBytes(table: string, context: QueryContext): Promise<number> {
  const whole = await planQuery(
    parseQuery(
      `SELECT * FROM ${table
        .split('.')
        .map((part) => `"${part}"`)
        .join('.')}`,
    ),
    context,
  )
  const scans = await estimateScans(whole, context.rooms.files)
  return scans.reduce((sum, scan) => sum + scan.scannedBytes, 0)
}

/** Into a folder beside the table's own. */
function changeStatement(from: string, form: TableForm, columns: readonly string[], location: string): string {
  const folder = `${location.replace(/\/+$/, '')}_${form.format.toLowerCase()}/`
  return rewritingStatement({ from, to: `${from}_${form.format.toLowerCase()}`, form, location: folder, columns })
}
