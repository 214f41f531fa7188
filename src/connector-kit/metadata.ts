/** What a source answers when it is asked what it has, and how it can be read. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readSchema, writeSchema } from '../formats/arrow/schema.ts'
import { type ArrowSchema, arrowField, columnTypeOf } from '../formats/arrow/types.ts'
import { framingOf, readBlock, writeBlock } from '../formats/federation/blocks.ts'
import type {
  EncryptionKey,
  FederationSplit,
  RequestOf,
  ResponseOf,
  SpillLocation,
} from '../formats/federation/messages.ts'
import type { Part, Query, Row, SourceDefinition, Value } from './definition.ts'
import { plainValues } from './plain-values.ts'
import { queryOf } from './query.ts'
import { RowBlock } from './row-block.ts'
import { tableOf } from './tables.ts'
import { filterOf } from './wanted.ts'

export const ALLOCATOR = 'lentic-connector'
const DEFAULT_SPILL_PREFIX = 'athena-federation-spill'
/** Told by tables that have no partitions, as the SDK does: no partition would be nothing to read. */
const WHOLE_TABLE = { column: 'partitionId', value: 1 } as const
/** Splits of one answer; a function is asked again for more. */
const PAGE_SPLITS = 1000

export async function listSchemas(
  source: SourceDefinition,
  { catalogName }: RequestOf<'ListSchemasRequest'>,
): Promise<ResponseOf<'ListSchemasResponse'>> {
  return { '@type': 'ListSchemasResponse', catalogName, schemas: await source.schemas() }
}

/** Paged by names; a size below one asks for all. */
export async function listTables(
  source: SourceDefinition,
  { catalogName, schemaName, nextToken = '', pageSize }: RequestOf<'ListTablesRequest'>,
): Promise<ResponseOf<'ListTablesResponse'>> {
  const names = [...(await source.tables(schemaName))].sort().filter((name) => name > nextToken)
  const page = pageSize > 0 ? names.slice(0, pageSize) : names
  return {
    '@type': 'ListTablesResponse',
    tables: page.map((tableName) => ({ schemaName, tableName })),
    catalogName,
    nextToken: page.length < names.length ? page.at(-1) : undefined,
  }
}

export async function getTable(
  source: SourceDefinition,
  { catalogName, tableName, queryPassthroughArguments }: RequestOf<'GetTableRequest'>,
  version: number,
): Promise<ResponseOf<'GetTableResponse'>> {
  const { schema, partitionedBy } = await tableOf(source, tableName, queryPassthroughArguments)
  return {
    '@type': 'GetTableResponse',
    catalogName,
    tableName,
    schema: writeSchema(schema, framingOf(version)),
    partitionColumns: partitionedBy,
  }
}

/** Partitions that the query wants. */
export async function getTableLayout(
  source: SourceDefinition,
  request: RequestOf<'GetTableLayoutRequest'>,
  version: number,
): Promise<ResponseOf<'GetTableLayoutResponse'>> {
  const { catalogName, tableName, constraints } = request
  const { types, partitionedBy } = await tableOf(source, tableName, constraints.queryPassthroughArguments)
  const partitionTypes = Object.fromEntries(partitionedBy.map((name) => [name, types[name]!]))
  const { matches } = filterOf(constraints, partitionTypes)
  const isPartitioned = partitionedBy.length > 0 && source.partitions !== undefined
  const schema: ArrowSchema = {
    fields: isPartitioned
      ? partitionedBy.map((name) => arrowField(name, types[name]!))
      : [arrowField(WHOLE_TABLE.column, { kind: 'int' })],
    metadata: {},
  }
  const block = new RowBlock(schema.fields)
  if (!isPartitioned) block.add({ [WHOLE_TABLE.column]: WHOLE_TABLE.value })
  else
    for await (const partition of source.partitions!(queryOf(request, readSchema(request.schema))))
      if (matches(partition)) block.add(partition)
  const { columns, rows } = block.take()
  const partitions = writeBlock(schema, columns, rows, version, ALLOCATOR)
  return { '@type': 'GetTableLayoutResponse', catalogName, tableName, partitions }
}

/** The token is how many splits have been told. */
export async function getSplits(
  source: SourceDefinition,
  request: RequestOf<'GetSplitsRequest'>,
): Promise<ResponseOf<'GetSplitsResponse'>> {
  const told = Number(request.continuationToken ?? 0)
  const splits: FederationSplit[] = []
  let at = 0
  for await (const part of partsOf(source, request)) {
    if (at++ < told) continue
    if (splits.length === PAGE_SPLITS) return answer(request, splits, String(told + PAGE_SPLITS))
    splits.push(splitOf(source, request.queryId, part))
  }
  return answer(request, splits, undefined)
}

const answer = (
  { catalogName }: RequestOf<'GetSplitsRequest'>,
  splits: readonly FederationSplit[],
  continuationToken: string | undefined,
): ResponseOf<'GetSplitsResponse'> => ({ '@type': 'GetSplitsResponse', catalogName, splits, continuationToken })

async function* partsOf(source: SourceDefinition, request: RequestOf<'GetSplitsRequest'>): AsyncIterable<Part> {
  const { schema, columns, rows } = readBlock(request.partitions)
  const values = columns.map((column, i) => plainValues(column, columnTypeOf(schema.fields[i]!)))
  const query: Query = queryOf(request, { fields: [], metadata: {} })
  for (let i = 0; i < rows; i++) {
    const partition: Record<string, Value> = {}
    schema.fields.forEach(({ name }, column) => {
      if (name !== WHOLE_TABLE.column) partition[name] = values[column]![i]
    })
    const told = partTexts(partition)
    if (!source.parts || query.own) yield told
    else for await (const part of source.parts(query, partition)) yield { ...told, ...part }
  }
}

/** A partition's values as text; those that it does not have are left out. */
function partTexts(partition: Row): Part {
  const present = Object.entries(partition).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(
    present.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]),
  )
}

function splitOf({ spill }: SourceDefinition, queryId: string, properties: Part): FederationSplit {
  if (!spill) return { spillLocation: undefined, encryptionKey: undefined, properties }
  const key = `${spill.prefix ?? DEFAULT_SPILL_PREFIX}/${queryId}/${randomUUID()}`
  const spillLocation: SpillLocation = { '@type': 'S3SpillLocation', bucket: spill.bucket, key, directory: true }
  return { spillLocation, encryptionKey: newKey(), properties }
}

const newKey = (): EncryptionKey => ({
  key: randomBytes(32).toString('base64'),
  nonce: randomBytes(12).toString('base64'),
})
