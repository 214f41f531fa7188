/** Tables of data sources as queries see them, and what the information schema of a source says. */
import { SqlError } from '../../sql/position.ts'
import { typeName } from '../../sql/types.ts'
import { Fault } from '../faults.ts'
import { failureText, SourceError, type SourceFunction, type SourceTable } from '../federation/connector.ts'
import type { SourceCatalog } from '../federation/source-catalogs.ts'
import type { SourceSight } from '../federation/source-sight.ts'
import type { Answers } from './answers.ts'
import type { QueryContext } from './context.ts'
import type { ListedColumn, ListedTable } from './information-schema.ts'
import type { RelationColumn } from './relation.ts'

/** Names are folded, but those that the source itself has told. */
export interface SourceAnswers {
  schemas(catalog: SourceCatalog): readonly string[]
  tables(catalog: SourceCatalog, schema: string): readonly string[]
  table(catalog: SourceCatalog, schema: string, table: string): SourceTable | undefined
  functions(catalog: SourceCatalog): readonly SourceFunction[]
  called(catalog: SourceCatalog, called: SourceFunction, values: readonly string[]): SourceTable
}

export function sourceAnswers(answers: Answers, { rooms, signal }: QueryContext): SourceAnswers {
  const ask = <T>(catalog: SourceCatalog, key: readonly string[], work: () => Promise<T>): T =>
    answers.get(JSON.stringify(['source', catalog.name, ...key]), () => askingSource(catalog, work))
  const { sources } = rooms
  return {
    schemas: (catalog) => ask(catalog, ['schemas'], () => sources.schemas(catalog.definition(), signal)),
    tables: (catalog, schema) =>
      ask(catalog, ['tables', schema], () => sources.tables(catalog.definition(), schema, signal)),
    table: (catalog, schema, table) =>
      ask(catalog, ['table', schema, table], () => sources.table(catalog.definition(), schema, table, signal)),
    functions: (catalog) => ask(catalog, ['functions'], () => sources.functions(catalog.definition(), signal)),
    called: (catalog, called, values) =>
      ask(catalog, ['called', called.schema, called.name, ...values], () =>
        sources.called(catalog.definition(), called, values, signal),
      ),
  }
}

/** A source that refuses or fails, or of which nothing can be made, is a failure of the user's query, told in its words. */
export async function askingSource<T>({ name }: SourceCatalog, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isSources = error instanceof SourceError || (error instanceof Fault && error.kind !== 'denied')
    throw isSources ? new SqlError('GENERIC_USER_ERROR', failureText(name, error)) : error
  }
}

/** `field`: as the source spells it. */
export type SourceTableColumn = RelationColumn & { readonly kind: 'data' }

/** As a relation whose files are written as the query runs. Of columns that fold to one name, the first is seen. */
export function sourceColumns({ columns }: SourceTable): SourceTableColumn[] {
  const found = new Map<string, SourceTableColumn>()
  for (const [ordinal, column] of columns.entries()) {
    const name = column.name.toLowerCase()
    if (!found.has(name)) found.set(name, { kind: 'data', name, type: column.type, field: column.name, ordinal })
  }
  return [...found.values()]
}

/** As Trino says it. */
export function missingSourceTable(
  answers: SourceAnswers,
  catalog: SourceCatalog,
  schema: string,
  name: string,
): SqlError {
  if (answers.schemas(catalog).some((one) => one.toLowerCase() === schema))
    return new SqlError('TABLE_NOT_FOUND', `Table '${catalog.name.toLowerCase()}.${schema}.${name}' does not exist`)
  return new SqlError('SCHEMA_NOT_FOUND', `Schema '${schema}' does not exist`)
}

/** What of the answers somebody may be told in listings. */
export const seenAnswers = (
  answers: SourceAnswers,
  source: SourceCatalog,
  sight: SourceSight,
): Pick<SourceAnswers, 'schemas' | 'tables' | 'table'> => ({
  schemas: () => sight.schemas(answers.schemas(source)),
  tables: (_, schema) => sight.tables(schema, answers.tables(source, schema)),
  table: (_, schema, name) => sight.table(answers.table(source, schema, name)),
})

export function* listedTables(
  answers: Pick<SourceAnswers, 'schemas' | 'tables' | 'table'>,
  catalog: SourceCatalog,
): Generator<ListedTable> {
  for (const schema of answers.schemas(catalog))
    for (const name of answers.tables(catalog, schema))
      yield {
        schema: schema.toLowerCase(),
        name: name.toLowerCase(),
        columns: () => listedColumns(answers.table(catalog, schema.toLowerCase(), name.toLowerCase())),
      }
}

const listedColumns = (table: SourceTable | undefined): ListedColumn[] =>
  (table?.columns ?? []).map(({ name, type, comment, partition }) => ({
    name: name.toLowerCase(),
    type: typeName(type),
    comment,
    partition,
  }))
