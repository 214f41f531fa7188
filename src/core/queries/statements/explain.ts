import type { Expr, Query, Statement } from '../../../sql/ast.ts'
import { planText } from '../../../sql/plan-text.ts'
import { SqlError } from '../../../sql/position.ts'
import { BOOLEAN, varchar } from '../../../sql/types.ts'
import type { QueryContext } from '../context.ts'
import { NOTHING_SCANNED, type ResultColumn, type StatementOutcome } from '../outcome.ts'
import type { NamedRelation } from '../scan-planning.ts'
import { execute, type PlannedQuery, planQuery, statisticsOf } from './query.ts'

type Explain = Extract<Statement, { kind: 'explain' }>

/** The plan as Lentic made it: never the engine's own text, which would tell file names and hidden rows. */
export async function explain(
  statement: Explain,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  if (statement.format === 'graphviz')
    throw new SqlError('NOT_SUPPORTED', 'EXPLAIN (FORMAT GRAPHVIZ) is not supported', statement.at)
  const planned = await planQuery(explainedQuery(statement), context, parameters)
  if (statement.type === 'validate') return explanation('true', { name: 'Valid', type: BOOLEAN })
  if (statement.analyze) return analyzed(planned, context)
  const text =
    statement.format === 'json' || statement.type === 'io'
      ? JSON.stringify(ioPlan(planned), undefined, 2)
      : textPlan(planned)
  return explanation(text)
}

function explainedQuery({ statement }: Explain): Query {
  if (statement.kind === 'query') return statement
  if (statement.kind === 'create-table-as' || statement.kind === 'insert' || statement.kind === 'unload')
    return statement.query
  throw new SqlError('NOT_SUPPORTED', `EXPLAIN of this statement is not supported`, statement.at)
}

/** The query runs as it would by itself; its rows go nowhere. */
async function analyzed(planned: PlannedQuery, context: QueryContext): Promise<StatementOutcome> {
  const file = await context.rooms.files.stage()
  const outcome = await execute(planned, { kind: 'result-csv', localPath: file.localPath! }, context).finally(() =>
    file.discard(),
  )
  const summary = `Queued: 0.00ns, Analysis: ${planned.planningMs.toFixed(2)}ms, Planning: ${outcome.timings.planMs.toFixed(2)}ms, Execution: ${outcome.timings.runMs.toFixed(2)}ms\nOutput: ${outcome.rows} rows, Input: ${outcome.scannedBytes}B\n`
  const column = { name: 'Query Plan', type: varchar(UNBOUNDED_LENGTH) }
  return { ...explanation(summary + textPlan(planned), column), statistics: statisticsOf(planned, outcome) }
}

/** What EXPLAIN ANALYZE says, where EXPLAIN knows its text beforehand (observed). */
const UNBOUNDED_LENGTH = 2_147_483_647

const textPlan = ({ bound, scans }: PlannedQuery): string =>
  [
    `Output [${bound.output.map(({ name, column }) => `${name} := #${column.id}`).join(', ')}]`,
    planText(bound.root),
    ...scans.relations.map((relation) => `${relation.id}: ${scanText(relation)}`),
    '',
  ].join('\n')

function scanText(relation: NamedRelation): string {
  const bytes = relation.files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const partitions = new Set(relation.files.map((file) => file.partitionName)).size
  return `${relation.name}, ${relation.format.kind}, ${relation.files.length} files of ${bytes} bytes${relation.files[0]?.partition.length ? ` in ${partitions} partitions` : ''}`
}

const ioPlan = ({ bound, scans }: PlannedQuery) => ({
  inputTableColumnInfos: scans.relations.map((relation) => ({
    table: relation.name,
    format: relation.format.kind,
    files: relation.files.length,
    outputSizeInBytes: relation.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    partitions: [...new Set(relation.files.map((file) => file.partitionName))].filter(Boolean),
  })),
  output: bound.output.map(({ name }) => name),
})

/** The column's name is the first line, as of any query's rows, and the plan ends with an empty one (observed). */
function explanation(
  text: string,
  column: ResultColumn = { name: 'Query Plan', type: varchar(text.length) },
): StatementOutcome {
  const lines = [column.name, ...`${text}\n`.split('\n')]
  return { result: { kind: 'lines', columns: [column], lines }, statistics: NOTHING_SCANNED }
}
