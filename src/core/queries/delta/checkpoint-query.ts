/** The actions in a Parquet file of a log: the engine reads it, as it would read a table of that one file. */
import { type Action, parseActions } from '../../../formats/delta/actions.ts'
import { invalidLog } from '../../../formats/delta/log-error.ts'
import { analyzeQuery } from '../../../sql/analysis/analyze.ts'
import { resolveType } from '../../../sql/analysis/type-resolution.ts'
import type { BoundQuery } from '../../../sql/plan.ts'
import { parseQuery, parseType } from '../../../sql/statement.ts'
import type { LakeFile } from '../../objects/files.ts'
import type { QueryContext } from '../context.ts'
import { EngineError, type EngineOutcome } from '../engine-plan.ts'
import type { Relation, RelationColumn } from '../relation.ts'

const VECTOR =
  'row(storageType varchar, pathOrInlineDv varchar, "offset" integer, sizeInBytes integer, cardinality bigint)'
/** What a checkpoint holds besides is of no use to a reader; removed files stay in it only to be deleted some day. */
const ACTIONS: Readonly<Record<string, string>> = {
  protocol: 'row(minReaderVersion integer, readerFeatures array(varchar))',
  metaData: 'row(schemaString varchar, partitionColumns array(varchar), configuration map(varchar, varchar))',
  add: `row(path varchar, partitionValues map(varchar, varchar), size bigint, stats varchar, deletionVector ${VECTOR})`,
  sidecar: 'row(path varchar)',
}
const KINDS = Object.keys(ACTIONS)
/** More files than a table may have; the engine answers no more than 256 Mi characters of them. */
const MOST_ROWS = 3_000_000
const RELATION = 'checkpoint'

const columns: readonly RelationColumn[] = KINDS.map((kind, ordinal) => {
  const type = resolveType(parseType(ACTIONS[kind]!))
  return { kind: 'data', name: kind.toLowerCase(), type, field: kind, ordinal }
})

export async function checkpointActions(file: LakeFile, context: QueryContext): Promise<Iterable<Action>> {
  const data = { ...file, partition: [], partitionName: '' }
  const relation: Relation = { id: RELATION, columns, format: { kind: 'parquet' }, files: [data] }
  const { limits, signal, rooms } = context
  const sink = { kind: 'rows', limit: MOST_ROWS } as const
  try {
    const plan = { query: boundQuery(context), relations: [relation], sink, limits }
    return actionsIn((await rooms.engine.run(plan, signal)).values, file.uri)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'EXCEEDED_MEMORY_LIMIT') throw error
    throw invalidLog(`Malformed Delta log: ${file.uri} tells more files than can be read: ${error.message}`)
  }
}

function* actionsIn(rows: EngineOutcome['values'], name: string): Generator<Action> {
  for (const [i, row] of rows.entries())
    for (const [kind, json] of row.entries())
      if (json !== null) yield* parseActions(`{"${KINDS[kind]}":${json}}`, name, i)
}

function boundQuery({ now }: QueryContext): BoundQuery {
  const items = KINDS.map((kind) => `json_format(CAST("${kind.toLowerCase()}" AS json))`)
  const resolver = {
    table: () => ({
      kind: 'table' as const,
      relation: RELATION,
      columns: columns.map(({ name, type }) => ({ name, type, hidden: false })),
    }),
  }
  const session = { now, timeZone: 'UTC', user: '', catalog: '', database: '' }
  return analyzeQuery(parseQuery(`SELECT ${items.join(', ')} FROM ${RELATION}`), resolver, session, [])
}
