/**
 * What a query would read, told before it runs, and what it would read of a table that lay otherwise: `/_lentic/explain`.
 * The plan is the one that the run makes, by the names, keys and work group of whoever asks.
 */
import type { Call } from '../../core/call.ts'
import { estimateScans, type ScanEstimate } from '../../core/estimates/scan-estimates.ts'
import { parseChange } from '../../core/estimates/table-changes.ts'
import type { ChangeEstimate } from '../../core/estimates/what-if.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { planStatement } from '../../core/queries/statements/explain.ts'
import { prepared } from '../../core/queries/statements/prepared.ts'
import type { PlannedQuery } from '../../core/queries/statements/query.ts'
import type { Expr, Statement } from '../../sql/ast.ts'
import { parseExpression, parseStatement, statementText } from '../../sql/statement.ts'
import { type ChangedScans, changedScans, wholeBytes } from './changed-scans.ts'
import { invalidRequest } from './faults.ts'
import { tableFolders } from './lake-tables.ts'
import { type Asked, inContext } from './own-context.ts'
import { type Input, textOf, textsOf } from './own-input.ts'
import { preparedStatements } from './prepared-statements.ts'
import type { QueryLimits } from './query-run.ts'
import { PRIMARY } from './work-groups.ts'

export interface Explanation {
  readonly scans: readonly ScanEstimate[]
  readonly scannedBytes: number
  /** Empty where the run reads exactly `scannedBytes`. */
  readonly atMostBecause: readonly string[]
  readonly planningMs: number
  readonly change?: ExplainedChange
}

export type ExplainedChange = ChangeEstimate & {
  /** Of the whole query, its other tables as they are. */
  readonly queryBytes: number
  /** What making the change reads: the whole table, once. */
  readonly changeBytes: number
} & Pick<ChangedScans, 'statement'>

export const explainQuery = (lake: Lake, limits: QueryLimits, asked: Asked): Promise<Explanation> =>
  inContext(lake, limits, asked, async (context) => {
    const { input, call } = asked
    const { statement, parameters } = statementOf(lake, input, call)
    const planned = await planReading(statement, context, parameters)
    const scans = await estimateScans(planned, context)
    const words = textsOf(input, 'whatIf')
    const scannedBytes = scans.reduce((sum, scan) => sum + scan.scannedBytes, 0)
    const atMostBecause = [...new Set(scans.flatMap((scan) => scan.atMostBecause))]
    const explanation = { scans, scannedBytes, atMostBecause, planningMs: planned.planningMs }
    if (words.length === 0) return explanation
    const dearest = scans.toSorted((a, b) => b.scannedBytes - a.scannedBytes)[0]?.table
    const table = textOf(input, 'table')?.toLowerCase() ?? dearest ?? 'any table'
    const changed = await changedScans(
      planned,
      { table, change: parseChange(words), folders: tableFolders(context) },
      context,
    )
    const others = scans.filter((scan) => scan.table !== table).reduce((sum, scan) => sum + scan.scannedBytes, 0)
    const change = {
      ...changed.estimate,
      queryBytes: others + changed.scannedBytes,
      changeBytes: await wholeBytes(table, context),
      statement: changed.statement,
    }
    return { ...explanation, change }
  })

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

async function planReading(
  asked: Statement,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<PlannedQuery> {
  const statement = asked.kind === 'explain' ? asked.statement : asked
  if (READING.has(statement.kind)) return planStatement(statement, context, parameters)
  throw invalidRequest('Only queries read tables: there is nothing to explain of this statement', 'MALFORMED_QUERY')
}

const READING: ReadonlySet<Statement['kind']> = new Set([
  'query',
  'create-table-as',
  'insert',
  'unload',
  'delete',
  'update',
  'merge',
])
