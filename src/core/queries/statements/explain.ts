import type { Expr, Statement } from '../../../sql/ast.ts'
import { distributedJson, fragmentText, graphviz, logicalJson, treeText } from '../../../sql/explained/formats.ts'
import { planNodes } from '../../../sql/explained/nodes.ts'
import { SqlError } from '../../../sql/position.ts'
import { BOOLEAN, varchar } from '../../../sql/types.ts'
import type { QueryContext } from '../context.ts'
import { NOTHING_SCANNED, type ResultColumn, type StatementOutcome } from '../outcome.ts'
import { analysisJson, analysisText, analyzedPlan } from './analyzed-plan.ts'
import { planCreation } from './create-table-as.ts'
import { describeScans, ioJson } from './explained-scans.ts'
import { planInsert } from './insert.ts'
import { execute, type PlannedQuery, planQuery, statisticsOf } from './query.ts'
import { rowChangeQuery } from './row-changes.ts'
import { planUnload } from './unload.ts'

type Explain = Extract<Statement, { kind: 'explain' }>

/** The plan as Lentic made it: never the engine's own text, which would tell file names and hidden rows. */
export async function explain(
  statement: Explain,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  checkOptions(statement)
  const planned = await planStatement(statement.statement, context, parameters)
  if (statement.type === 'validate') return explanation('true', { name: 'Valid', type: BOOLEAN })
  if (statement.analyze) return analyzed(planned, context, statement.format === 'json')
  return explanation(await planText(statement, planned, context))
}

/** As Trino's own planner refuses them. */
function checkOptions({ analyze, type, format, at }: Explain): void {
  if (analyze && type) throw new SqlError('NOT_SUPPORTED', 'EXPLAIN ANALYZE does not take the TYPE option', at)
  if (format === 'graphviz' && (analyze || type === 'io'))
    throw new SqlError('NOT_SUPPORTED', `EXPLAIN ${analyze ? 'ANALYZE' : '(TYPE IO)'} has no graph`, at)
}

/** Distributed is what EXPLAIN shows unless told otherwise. */
async function planText({ type, format }: Explain, planned: PlannedQuery, context: QueryContext): Promise<string> {
  if (type === 'io') return ioJson(planned, context)
  const root = planNodes(planned.bound, await describeScans(planned, context))
  if (format === 'graphviz') return graphviz(root)
  if (format === 'json') return type === 'logical' ? logicalJson(root) : distributedJson(root)
  return type === 'logical' ? treeText(root) : fragmentText(root)
}

/**
 * The query by which a statement reads tables: of one that changes rows, that which finds them. Throws where the statement
 * could not write where it says, as far as that is known before there are rows.
 */
export async function planStatement(
  statement: Statement,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<PlannedQuery> {
  switch (statement.kind) {
    case 'query':
      return planQuery(statement, context, parameters)
    case 'create-table-as': {
      const creation = await planCreation(statement, context, parameters)
      return creation ? creation.planned : planQuery(statement.query, context, parameters)
    }
    case 'insert':
      return planInsert(statement, context, parameters)
    case 'unload':
      return (await planUnload(statement, context, parameters)).planned
    case 'delete':
    case 'update':
    case 'merge':
      return planQuery(await rowChangeQuery(statement, context), context, parameters)
    default:
      throw new SqlError('NOT_SUPPORTED', 'EXPLAIN of this statement is not supported', statement.at)
  }
}

/** The query runs as it would by itself; its rows go nowhere. */
async function analyzed(planned: PlannedQuery, context: QueryContext, asJson: boolean): Promise<StatementOutcome> {
  const file = await context.rooms.files.stage()
  const sink = { kind: 'result-csv', localPath: file.localPath! } as const
  const outcome = await execute(planned, sink, context, true).finally(() => file.discard())
  const column = { name: 'Query Plan', type: varchar(UNBOUNDED_LENGTH) }
  const text = (asJson ? analysisJson : analysisText)(await analyzedPlan(planned, outcome, context))
  return { ...explanation(text, column), statistics: statisticsOf(planned, outcome) }
}

/** What EXPLAIN ANALYZE says, where EXPLAIN knows its text beforehand (observed). */
const UNBOUNDED_LENGTH = 2_147_483_647

/** The column's name is the first line, as of any query's rows, and the plan ends with an empty one (observed). */
function explanation(
  text: string,
  column: ResultColumn = { name: 'Query Plan', type: varchar(text.length) },
): StatementOutcome {
  const lines = [column.name, ...`${text}\n`.split('\n')]
  return { result: { kind: 'lines', columns: [column], lines }, statistics: NOTHING_SCANNED }
}
