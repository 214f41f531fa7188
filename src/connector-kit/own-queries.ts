/** Queries in the source's own language as the protocol has them: the SDK's QueryPassthroughSignature. */
import { DefinitionError, type OwnQueries, type SourceDefinition, type TableDefinition } from './definition.ts'

type Told = Readonly<Record<string, string>>

const SIGNATURE = 'SYSTEM.QUERY'
const SIGNATURE_KEY = 'schemaFunctionName'

const argumentsOf = ({ arguments: names = ['QUERY'] }: OwnQueries): readonly string[] => names

/** What a source that answers them says of itself. */
export const ownCapabilities = ({ ownQueries }: SourceDefinition) =>
  ownQueries && {
    [SIGNATURE]: [
      { subType: 'query_passthrough_schema', properties: ['system'] },
      { subType: 'query_passthrough_name', properties: ['query'] },
      { subType: 'query_passthrough_arguments', properties: argumentsOf(ownQueries) },
    ],
  }

/** By the names of its arguments; undefined where a table is asked for. */
export function ownQuery(told: Told): Told | undefined {
  const { [SIGNATURE_KEY]: _, ...values } = told
  return Object.keys(told).length === 0 ? undefined : values
}

/** Throws DefinitionError for one that the source does not take. */
export async function ownAnswer({ ownQueries }: SourceDefinition, told: Told): Promise<TableDefinition> {
  const values = ownQuery(told) ?? {}
  const signature = told[SIGNATURE_KEY] ?? ''
  if (!ownQueries || signature.toUpperCase() !== SIGNATURE)
    throw new DefinitionError(`The source answers no queries of its own language by ${signature || 'that name'}`)
  for (const name of argumentsOf(ownQueries))
    if (!values[name]) throw new DefinitionError(`Argument ${name} of the query is missing`)
  return ownQueries.answer(values)
}
