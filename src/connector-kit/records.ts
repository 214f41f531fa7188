/** Rows of a part of a table, told in the answer or left in S3 where they are too many for it. */
import { readSchema, writeSchema } from '../formats/arrow/schema.ts'
import type { ArrowSchema } from '../formats/arrow/types.ts'
import { framingOf, writeBlock } from '../formats/federation/blocks.ts'
import type { RequestOf, ResponseOf, SpillLocation } from '../formats/federation/messages.ts'
import { writeSpilledBlock } from '../formats/federation/spilled-block.ts'
import { DefinitionError, type Row, type SourceDefinition } from './definition.ts'
import { ALLOCATOR } from './metadata.ts'
import { queryOf } from './query.ts'
import { RowBlock } from './row-block.ts'
import { tableOf } from './tables.ts'
import { filterOf } from './wanted.ts'

type Request = RequestOf<'ReadRecordsRequest'>

/** Rows between two looks at how much memory they take. */
const LOOK = 256

export async function readRecords(
  source: SourceDefinition,
  request: Request,
  version: number,
): Promise<ResponseOf<'ReadRecordsResponse' | 'RemoteReadRecordsResponse'>> {
  const schema = readSchema(request.schema)
  const block = new RowBlock(schema.fields)
  const overflow = new Overflow(source, request, schema)
  for await (const row of wantedRows(source, request, schema)) {
    block.add(row)
    if (block.rows % LOOK !== 0 || block.sizeBytes < request.maxBlockSize) continue
    await overflow.put(block)
  }
  const { catalogName } = request
  if (overflow.locations.length === 0 && block.sizeBytes < request.maxInlineBlockSize) {
    const { columns, rows } = block.take()
    const records = writeBlock(schema, columns, rows, version, ALLOCATOR)
    return { '@type': 'ReadRecordsResponse', catalogName, records }
  }
  if (block.rows > 0) await overflow.put(block)
  return {
    '@type': 'RemoteReadRecordsResponse',
    catalogName,
    schema: writeSchema(schema, framingOf(version)),
    remoteBlocks: overflow.locations,
    encryptionKey: request.split.encryptionKey,
  }
}

/** Those that the query asks for, with the values of their partition, and no more than it wants. */
async function* wantedRows(source: SourceDefinition, request: Request, schema: ArrowSchema): AsyncIterable<Row> {
  const { tableName, constraints } = request
  const { types, partitionedBy } = await tableOf(source, tableName, constraints.queryPassthroughArguments)
  const { matches } = filterOf(constraints, types)
  const { properties } = request.split
  const partition = Object.fromEntries(partitionedBy.map((name) => [name, properties[name]]))
  const query = queryOf(request, schema)
  let left = query.limit ?? Number.POSITIVE_INFINITY
  if (left === 0) return
  for await (const row of source.rows(query, properties)) {
    const whole = partitionedBy.length > 0 ? { ...partition, ...row } : row
    if (!matches(whole)) continue
    yield whole
    if (--left === 0) return
  }
}

/** Blocks that were put into the place that the split has for them. */
class Overflow {
  readonly locations: SpillLocation[] = []
  readonly #source: SourceDefinition
  readonly #request: Request
  readonly #schema: ArrowSchema

  constructor(source: SourceDefinition, request: Request, schema: ArrowSchema) {
    this.#source = source
    this.#request = request
    this.#schema = schema
  }

  async put(block: RowBlock): Promise<void> {
    const { spillLocation, encryptionKey } = this.#request.split
    const { spill } = this.#source
    if (!spill || !spillLocation)
      throw new DefinitionError('The rows do not fit an answer, and the source has no place to spill them to')
    const { columns, rows } = block.take()
    const { bucket } = spillLocation
    const key = `${spillLocation.key}.${this.locations.length}`
    await spill.put(bucket, key, writeSpilledBlock(this.#schema, columns, rows, encryptionKey))
    this.locations.push({ '@type': 'S3SpillLocation', bucket, key, directory: false })
  }
}
