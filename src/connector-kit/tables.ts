/** An author's tables with the types that their columns have in messages. */
import { type ArrowSchema, arrowField } from '../formats/arrow/types.ts'
import type { TableName } from '../formats/federation/messages.ts'
import type { ColumnType } from '../formats/vectors.ts'
import { parseColumnType } from './column-text.ts'
import { DefinitionError, type SourceDefinition } from './definition.ts'
import { ownAnswer, ownQuery } from './own-queries.ts'

export interface Table {
  readonly types: Readonly<Record<string, ColumnType>>
  readonly partitionedBy: readonly string[]
  readonly schema: ArrowSchema
}

/** Throws DefinitionError for a table that is not there or makes no sense. */
export async function tableOf(
  source: SourceDefinition,
  { schemaName, tableName }: TableName,
  passthrough: Readonly<Record<string, string>>,
): Promise<Table> {
  const definition = ownQuery(passthrough)
    ? await ownAnswer(source, passthrough)
    : await source.table(schemaName, tableName)
  if (!definition) throw new DefinitionError(`Table ${schemaName}.${tableName} does not exist`)
  const { columns, partitionedBy = [], comments = {} } = definition
  const types = Object.fromEntries(told(columns).map(([name, text]) => [name, parseColumnType(text)]))
  for (const name of partitionedBy)
    if (!types[name]) throw new DefinitionError(`${tableName} is partitioned by ${name}, which is no column of it`)
  return {
    types,
    partitionedBy,
    // A comment is told where the name of its column is a key.
    schema: {
      fields: Object.entries(types).map(([name, type]) => arrowField(name, type)),
      metadata: Object.fromEntries(told(comments)),
    },
  }
}

/** Members that are undefined are not there: literals of several tables have them. */
const told = (members: Readonly<Record<string, string | undefined>>): [string, string][] =>
  Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined)
