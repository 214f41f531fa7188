/**
 * The package's second door, `import { connector } from 'lentic/connector'`: an author says what a source has and gives its
 * rows, and what comes back is the handler of a Lambda function that speaks Athena's federation protocol, to AWS's Athena
 * as to this one.
 */
import type { Block } from '../formats/federation/blocks.ts'
import { type FederationRequest, type FederationResponse, request, response } from '../formats/federation/messages.ts'
import type { SourceDefinition } from './definition.ts'
import { callFunction } from './functions.ts'
import { getSplits, getTable, getTableLayout, listSchemas, listTables } from './metadata.ts'
import { ownCapabilities } from './own-queries.ts'
import { readRecords } from './records.ts'

export {
  type Caller,
  DefinitionError,
  type OwnQueries,
  type Part,
  type Query,
  type Row,
  type SourceDefinition,
  type Spill,
  type TableDefinition,
  type Value,
  type Wanted,
} from './definition.ts'
export { type LocalFunctions, serve } from './local-functions.ts'

/** What Lambda calls: an event, and a promise of the answer. */
export type Handler = (event: unknown) => Promise<unknown>

/** The serialization that is told to be spoken; requests of earlier ones are answered in theirs. */
const SERDE_VERSION = 5
const EARLY_SERDE_VERSION = 2
/** As the SDK told it with that version. */
const CAPABILITIES = 23

/** Its promises reject with DefinitionError, or with what the author's functions reject with: the query fails with it. */
export function connector(source: SourceDefinition): Handler {
  return async (event) => {
    const asked = request.read(event, 'event')
    const version = isEarly(asked) ? EARLY_SERDE_VERSION : SERDE_VERSION
    return response.write(await answerTo(source, asked, version), version)
  }
}

async function answerTo(
  source: SourceDefinition,
  asked: FederationRequest,
  version: number,
): Promise<FederationResponse> {
  switch (asked['@type']) {
    case 'PingRequest': {
      const { catalogName, queryId } = asked
      const { sourceType } = source
      return {
        '@type': 'PingResponse',
        catalogName,
        queryId,
        sourceType,
        capabilities: CAPABILITIES,
        serDeVersion: SERDE_VERSION,
      }
    }
    case 'ListSchemasRequest':
      return listSchemas(source, asked)
    case 'ListTablesRequest':
      return listTables(source, asked)
    case 'GetTableRequest':
      return getTable(source, asked, version)
    case 'GetTableLayoutRequest':
      return getTableLayout(source, asked, version)
    case 'GetSplitsRequest':
      return getSplits(source, asked)
    case 'GetDataSourceCapabilitiesRequest':
      return {
        '@type': 'GetDataSourceCapabilitiesResponse',
        catalogName: asked.catalogName,
        capabilities: { ...OPTIMIZATIONS, ...ownCapabilities(source) },
      }
    case 'ReadRecordsRequest':
      return readRecords(source, asked, version)
    case 'UserDefinedFunctionRequest':
      return callFunction(source, asked, version)
  }
}

/** The kit sees to these whatever the author does. */
const OPTIMIZATIONS = {
  supports_filter_pushdown: [
    { subType: 'sorted_range_set', properties: [] },
    { subType: 'nullable_comparison', properties: [] },
  ],
  supports_limit_pushdown: [{ subType: 'integer_constant', properties: [] }],
}

/** Its Arrow messages begin without a marker; where it has none, it is as good as new. */
function isEarly(asked: FederationRequest): boolean {
  const { schema, partitions, inputRecords } = asked as {
    readonly schema?: Uint8Array
    readonly partitions?: Block
    readonly inputRecords?: Block
  }
  const message = schema ?? partitions?.schema ?? inputRecords?.schema
  return message !== undefined && message[0] !== 0xff
}
