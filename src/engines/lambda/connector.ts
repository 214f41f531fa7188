/**
 * A source behind a Lambda function that speaks Athena's federation protocol, or two of them: one tells what there is, the
 * other reads it. https://docs.aws.amazon.com/athena/latest/ug/connect-data-source-serverless-app-repo.html
 */
import {
  type Connector,
  type ConnectorHost,
  type OpenConnector,
  type Pushdown,
  SourceError,
  type SourceFunction,
  type SourceRows,
  type SourceScan,
  type SourceTable,
  type Split,
} from '../../core/federation/connector.ts'
import { readSchema, writeSchema } from '../../formats/arrow/schema.ts'
import type { ArrowSchema } from '../../formats/arrow/types.ts'
import { type BlockRows, framingOf, readBlock } from '../../formats/federation/blocks.ts'
import { type Constraints, NO_LIMIT } from '../../formats/federation/constraints.ts'
import type { FederationSplit, ResponseOf, SpillLocation, TableName } from '../../formats/federation/messages.ts'
import { readSpilledBlock } from '../../formats/federation/spilled-block.ts'
import { typeOfField } from './column-types.ts'
import { callerOf, FunctionClient } from './function-client.ts'
import { type FunctionEndpoints, invocationUrl } from './invocation.ts'
import {
  type Capabilities,
  type PassthroughArguments,
  passthroughArguments,
  passthroughFunctions,
} from './passthrough.ts'
import { Remembered } from './remembered.ts'
import { sourceRows } from './source-rows.ts'
import { valueSetOf } from './value-sets.ts'

/** As Athena asks for them. */
const BLOCK_BYTES = { most: 16_000_000, inline: 5_242_880 } as const
/** Tables of a schema that a function is asked for at a time; functions may tell more or fewer. */
const PAGE_TABLES = 1000
/** A function that never says that it has told all would be asked for ever. */
const MOST_PAGES = 10_000

/** `function`, or `metadata-function` and `record-function`: names or ARNs. */
export const openLambda =
  (endpoints: FunctionEndpoints): OpenConnector =>
  (source, host) => {
    const { properties } = source
    const metadata = properties['metadata-function'] ?? properties.function
    const records = properties['record-function'] ?? properties.function
    if (!metadata || !records)
      throw new SourceError(`Data catalog ${source.catalog} names no function for its metadata or for its records`)
    const caller = callerOf(source.account, source.catalog)
    const client = (reference: string) => new FunctionClient(reference, invocationUrl(endpoints, reference), caller)
    const metadataClient = client(metadata)
    return new LambdaConnector(metadataClient, records === metadata ? metadataClient : client(records), host)
  }

/** What a table's function has told of it, kept as `detail`: its schema in base64, with all that no column tells. */
interface TableDetail {
  readonly schema: string
  readonly partitions: readonly string[]
  /** Of a query in the source's own language. */
  readonly passthrough: PassthroughArguments
}

class LambdaConnector implements Connector {
  readonly #metadata: FunctionClient
  readonly #records: FunctionClient
  readonly #host: ConnectorHost
  readonly #capabilities = new Remembered<Capabilities>()

  constructor(metadata: FunctionClient, records: FunctionClient, host: ConnectorHost) {
    this.#metadata = metadata
    this.#records = records
    this.#host = host
  }

  async schemas(signal: AbortSignal): Promise<readonly string[]> {
    const { message } = await this.#metadata.ask(
      { '@type': 'ListSchemasRequest', queryId: crypto.randomUUID() },
      ['ListSchemasResponse'],
      signal,
    )
    return message.schemas
  }

  async tables(schemaName: string, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = []
    const queryId = crypto.randomUUID()
    let nextToken: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const { message } = await this.#metadata.ask(
        { '@type': 'ListTablesRequest', queryId, schemaName, nextToken, pageSize: PAGE_TABLES },
        ['ListTablesResponse'],
        signal,
      )
      names.push(...message.tables.map(({ tableName }) => tableName))
      nextToken = message.nextToken
      if (!nextToken) return names
    }
    throw endless(this.#metadata, 'tables')
  }

  /** A function has no answer for a table that is not there: it fails, in its own words. */
  async table(
    schema: string,
    name: string,
    signal: AbortSignal,
    queryPassthroughArguments: PassthroughArguments = {},
  ): Promise<SourceTable> {
    const tableName = { schemaName: schema, tableName: name }
    const { message } = await this.#metadata.ask(
      { '@type': 'GetTableRequest', queryId: crypto.randomUUID(), tableName, queryPassthroughArguments },
      ['GetTableResponse'],
      signal,
    )
    return this.#metadata.blamed('retrieving meta-data', () => tableOf(message, queryPassthroughArguments))
  }

  /** Those that are told among its capabilities, since version 5. */
  async functions(signal: AbortSignal): Promise<readonly SourceFunction[]> {
    const queryId = crypto.randomUUID()
    if ((await this.#metadata.version(queryId, signal)) < 5) return []
    return passthroughFunctions(await this.#toldCapabilities(queryId, signal))
  }

  called(called: SourceFunction, values: readonly string[], signal: AbortSignal): Promise<SourceTable> {
    return this.table(called.schema, called.name, signal, passthroughArguments(called, values))
  }

  pushdown(scan: SourceScan): Pushdown {
    const told = Object.keys(constraintsOf(scan, 2).summary)
    const text = `${told.length > 0 ? `constraints on ${told.join(', ')}` : 'no constraints'}, columns ${scan.columns.map(({ name }) => name).join(', ')}`
    // Functions may leave a constraint to the plan, so none is sure to be seen to.
    return { columns: [], exact: false, text }
  }

  async *splits(scan: SourceScan, signal: AbortSignal): AsyncIterable<Split> {
    const { queryId, table } = scan
    const version = await this.#metadata.version(queryId, signal)
    const constraints = constraintsOf(scan, version, await this.#limit(scan, signal))
    const tableName = nameOf(table)
    const { schema, partitions: partitionColumns } = detailOf(table)
    const { message: layout } = await this.#metadata.ask(
      {
        '@type': 'GetTableLayoutRequest',
        queryId,
        tableName,
        constraints,
        schema: writeSchema(readSchema(Buffer.from(schema, 'base64')), framingOf(version)),
        partitionColumns,
      },
      ['GetTableLayoutResponse'],
      signal,
    )
    const { partitions } = layout
    if (partitions.records.length === 0) return
    let continuationToken: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const { message } = await this.#metadata.ask(
        {
          '@type': 'GetSplitsRequest',
          queryId,
          tableName,
          partitions,
          partitionColumns,
          constraints,
          continuationToken,
        },
        ['GetSplitsResponse'],
        signal,
      )
      yield* message.splits as unknown as Split[]
      continuationToken = message.continuationToken
      if (!continuationToken) return
    }
    throw endless(this.#metadata, 'splits')
  }

  async *read(scan: SourceScan, split: Split, signal: AbortSignal): AsyncIterable<SourceRows> {
    const { queryId, table } = scan
    const told = split as unknown as FederationSplit
    const version = await this.#records.version(queryId, signal)
    const context = told.spillLocation ? spillText(told.spillLocation) : 'reading records'
    const { message, receivedBytes } = await this.#records.ask(
      {
        '@type': 'ReadRecordsRequest',
        queryId,
        tableName: nameOf(table),
        schema: writeSchema(wantedSchema(scan), framingOf(version)),
        split: told,
        constraints: constraintsOf(scan, version, await this.#limit(scan, signal)),
        maxBlockSize: BLOCK_BYTES.most,
        maxInlineBlockSize: BLOCK_BYTES.inline,
      },
      ['ReadRecordsResponse', 'RemoteReadRecordsResponse'],
      signal,
      context,
    )
    if (message['@type'] === 'ReadRecordsResponse') {
      const rows = await this.#records.blamed(context, () =>
        sourceRows(scan, readBlock(message.records), receivedBytes),
      )
      if (rows.rows > 0) yield rows
      return
    }
    for (const location of message.remoteBlocks)
      yield await this.#records.blamed(context, () => this.#spilled(scan, message, location, signal))
  }

  async #spilled(
    scan: SourceScan,
    { schema, encryptionKey }: ResponseOf<'RemoteReadRecordsResponse'>,
    { bucket, key }: SpillLocation,
    signal: AbortSignal,
  ): Promise<SourceRows> {
    const stored = await this.#host.readObject(`s3://${bucket}/${key}`, signal)
    const told = readSchema(schema)
    const block: BlockRows = { schema: told, ...readSpilledBlock(told, stored, encryptionKey) }
    return sourceRows(scan, block, stored.length)
  }

  async close(): Promise<void> {}

  /** Athena tells a limit only to those who say that they take one. */
  async #limit({ limit, queryId }: SourceScan, signal: AbortSignal): Promise<number> {
    if (limit === undefined || (await this.#metadata.version(queryId, signal)) < 4) return NO_LIMIT
    const told = await this.#toldCapabilities(queryId, signal)
    return 'supports_limit_pushdown' in told ? limit : NO_LIMIT
  }

  #toldCapabilities(queryId: string, signal: AbortSignal): Promise<Capabilities> {
    return this.#capabilities.get(async (asking) => {
      const { message } = await this.#metadata.ask(
        { '@type': 'GetDataSourceCapabilitiesRequest', queryId },
        ['GetDataSourceCapabilitiesResponse'],
        asking,
      )
      return message.capabilities
    }, signal)
  }
}

const endless = ({ reference }: FunctionClient, what: string): SourceError =>
  new SourceError(`LambdaFunction[${reference}] has told ${MOST_PAGES} pages of ${what} and more to come`)

function tableOf(
  { tableName, schema, partitionColumns }: ResponseOf<'GetTableResponse'>,
  passthrough: PassthroughArguments,
): SourceTable {
  const { fields, metadata } = readSchema(schema)
  const detail: TableDetail = {
    schema: Buffer.from(schema).toString('base64'),
    partitions: partitionColumns,
    passthrough,
  }
  return {
    schema: tableName.schemaName,
    name: tableName.tableName,
    columns: fields.map((field) => ({
      name: field.name,
      type: typeOfField(field),
      ...(partitionColumns.includes(field.name) && { partition: true as const }),
      // Where the SDK keeps a column's comment.
      ...(metadata[field.name] && { comment: metadata[field.name] }),
    })),
    detail: { ...detail },
  }
}

const nameOf = ({ schema, name }: SourceTable): TableName => ({ schemaName: schema, tableName: name })
const detailOf = ({ detail }: SourceTable): TableDetail => detail as unknown as TableDetail

const tableSchema = (table: SourceTable): ArrowSchema => readSchema(Buffer.from(detailOf(table).schema, 'base64'))

/** Of the wanted columns, in their order, with what the function has said of the table. */
function wantedSchema({ table, columns }: SourceScan): ArrowSchema {
  const { fields, metadata } = tableSchema(table)
  const byName = new Map(fields.map((field) => [field.name, field]))
  return { fields: columns.map(({ name }) => byName.get(name)!), metadata }
}

function constraintsOf({ table, domains }: SourceScan, version: number, limit = NO_LIMIT): Constraints {
  const summary: Record<string, Constraints['summary'][string]> = {}
  for (const field of tableSchema(table).fields) {
    const domain = domains[field.name]
    const valueSet = domain && valueSetOf(field, domain, version)
    if (valueSet) summary[field.name] = valueSet
  }
  return {
    summary,
    expression: [],
    orderByClause: [],
    limit,
    queryPassthroughArguments: detailOf(table).passthrough,
    queryPlan: undefined,
  }
}

/** As the SDK shows it in errors. */
const spillText = ({ bucket, key, directory }: SpillLocation): string =>
  `S3SpillLocation{bucket='${bucket}', key='${key}', directory=${directory}}`
