/** What a statement is about to change, kept in a file of its own while the files of the table are made of it. */
import { analyzeQuery } from '../../../sql/analysis/analyze.ts'
import { parseQuery } from '../../../sql/statement.ts'
import { BIGINT, INTEGER, type Type, VARCHAR } from '../../../sql/types.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, Sink } from '../engine-plan.ts'
import type { Relation, RelationColumn } from '../relation.ts'
import { execute, type PlannedQuery } from './query.ts'

const RELATION = 'changes'

export interface StagedColumn {
  readonly name: string
  readonly type: Type
}

/** Of the file: the address and number of a row, what happens to it, and its values from then on. */
export const stagedColumns = (types: readonly Type[]): readonly StagedColumn[] => [
  { name: 'path', type: VARCHAR },
  { name: 'place', type: BIGINT },
  { name: 'action', type: INTEGER },
  ...types.map((type, i) => ({ name: `c${i}`, type })),
]

export class StagedChanges {
  readonly rows: number
  /** Of the query that found them. */
  readonly outcome: EngineOutcome
  readonly #relation: Relation
  readonly #context: QueryContext

  private constructor(outcome: EngineOutcome, columns: readonly StagedColumn[], context: QueryContext) {
    this.outcome = outcome
    this.rows = outcome.rows
    this.#context = context
    this.#relation = {
      id: RELATION,
      columns: columns.map(
        ({ name, type }, ordinal): RelationColumn => ({ kind: 'data', name, type, field: name, ordinal }),
      ),
      format: { kind: 'parquet' },
      files: outcome.files.map(({ path, sizeBytes }) => ({
        localPath: path,
        uri: path,
        sizeBytes,
        modifiedAt: context.now,
        partition: [],
        partitionName: '',
      })),
    }
  }

  /** `planned`: its output are `columns`. The file lies below `directory`. */
  static async write(
    planned: PlannedQuery,
    columns: readonly StagedColumn[],
    directory: string,
    context: QueryContext,
  ): Promise<StagedChanges> {
    const sink = {
      kind: 'files',
      directory,
      format: 'PARQUET',
      compression: 'SNAPPY',
      partitionBy: [],
      maxPartitions: 1,
    } as const
    return new StagedChanges(await execute(planned, sink, context), columns, context)
  }

  /** `text` selects from `changes`. */
  async rowsOf(text: string, limit: number): Promise<EngineOutcome['values']> {
    return (await this.run(text, { kind: 'rows', limit })).values
  }

  run(text: string, sink: Sink): Promise<EngineOutcome> {
    const { limits, signal, rooms, now } = this.#context
    const columns = this.#relation.columns.map(({ name, type }) => ({ name, type, hidden: false }))
    const resolver = { table: () => ({ kind: 'table' as const, relation: RELATION, columns }) }
    const session = { now, timeZone: 'UTC', user: '', catalog: '', database: '' }
    const query = analyzeQuery(parseQuery(text), resolver, session, [])
    return rooms.engine.run({ query, relations: [this.#relation], sink, limits }, signal)
  }
}
