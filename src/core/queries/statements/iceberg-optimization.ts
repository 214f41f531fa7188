/** OPTIMIZE ... REWRITE DATA USING BIN_PACK: https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html */
import { currentSchema, specById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { type PartitionFilter, partitionFilters } from '../../../sql/analysis/partition-filters.ts'
import { columnIds, visitScalars } from '../../../sql/analysis/transform.ts'
import type { Expr, Query, Statement } from '../../../sql/ast.ts'
import type { Rel } from '../../../sql/plan.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { bindQuery } from '../binding.ts'
import type { QueryContext } from '../context.ts'
import { type Compacted, type Compaction, compact, compactionOf } from '../iceberg/compactions.ts'
import { readMetadata } from '../iceberg/metadata-file.ts'
import type { StatementOutcome, StatementStatistics } from '../outcome.ts'
import { NO_FILTER } from '../scan-planning.ts'

type Optimize = Extract<Statement, { kind: 'optimize' }>

export async function optimizeIceberg(
  statement: Optimize,
  table: Table,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<StatementOutcome> {
  const compaction = await plannedCompaction(statement, table, context, parameters)
  const statistics = statisticsOf(compaction, await compact(compaction, context))
  return { result: { kind: 'done' }, statistics }
}

/** A file is chosen where any of its rows may match: what the condition says of partitions decides. */
async function plannedCompaction(
  { where, table: name }: Optimize,
  table: Table,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<Compaction> {
  if (!where) return compactionOf(table, NO_FILTER, context)
  const filter = await partitionCondition(
    matchingRows(name, where),
    await readMetadata(table, context),
    context,
    parameters,
  )
  return compactionOf(table, filter, context)
}

function matchingRows(name: Optimize['table'], where: Expr): Query {
  const { at } = name
  const body = {
    kind: 'select',
    distinct: false,
    items: [{ kind: 'expr', expr: { kind: 'number', text: '1', at }, at }],
    from: { kind: 'name', name, at },
    where,
    windows: [],
    at,
  } as const
  return { kind: 'query', body, orderBy: [], at }
}

/** Throws, in the words of Trino, where the condition is about more than what the table is partitioned by. */
async function partitionCondition(
  query: Query,
  metadata: TableMetadata,
  context: QueryContext,
  parameters: readonly Expr[],
): Promise<PartitionFilter> {
  const { bound } = await bindQuery(query, context, parameters)
  const { fields } = currentSchema(metadata)
  const keys = new Set(
    specById(metadata, metadata['default-spec-id']).fields.flatMap(({ 'source-id': source, transform }) =>
      transform === 'void' ? [] : (fields.find(({ id }) => id === source)?.name.toLowerCase() ?? []),
    ),
  )
  const { relation, names } = conditionOf(bound.root)
  if (relation === undefined || ![...names].every((name) => keys.has(name)))
    throw new SqlError(
      'NOT_SUPPORTED',
      'Unexpected FilterNode found in plan; probably connector was not able to handle provided WHERE expression',
    )
  return partitionFilters(bound).get(relation) ?? NO_FILTER
}

interface FoundCondition {
  /** Undefined where the plan is more than a condition over the rows of a table. */
  readonly relation?: string
  /** Of the columns that the condition is about. */
  readonly names: ReadonlySet<string>
}

function conditionOf(root: Rel): FoundCondition {
  const ids = new Set<number>()
  let rel = root
  for (; rel.kind === 'project' || rel.kind === 'filter'; rel = rel.input) {
    if (rel.kind === 'project') continue
    columnIds(rel.predicate, ids)
    let asksMore = false
    visitScalars(rel.predicate, (scalar) => {
      asksMore ||= ['scalar-query', 'exists', 'in-query', 'quantified'].includes(scalar.kind)
    })
    if (asksMore) return { names: new Set() }
  }
  if (rel.kind !== 'scan') return { names: new Set() }
  const names = rel.columns.filter(({ id }) => ids.has(id)).map(({ source }) => source)
  return { relation: rel.relation, names: new Set(names) }
}

const statisticsOf = ({ table }: Compaction, compacted: Compacted): StatementStatistics => ({
  scannedBytes: compacted.scannedBytes,
  planningMs: compacted.planningMs,
  engineMs: compacted.engineMs,
  peakMemoryBytes: compacted.peakMemoryBytes,
  writtenBytes: compacted.writtenBytes,
  scannedByTable: { [dottedName(table)]: compacted.scannedBytes },
})
