/** Against the messages that the SDK publishes for all versions of its serialization (tests/golden/federation). */
import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { arrowField, columnTypeOf } from '../arrow/types.ts'
import { CorruptData } from '../corrupt-data.ts'
import { plainValues } from '../vectors.fixture.ts'
import { arrowTypeJson, arrowTypeShape } from './arrow-type-shape.ts'
import { type Block, readBlock, writeBlock } from './blocks.ts'
import { type FederationResponse, request, response } from './messages.ts'
import { readSpilledBlock, writeSpilledBlock } from './spilled-block.ts'

const golden = new URL('../../../tests/golden/federation/', import.meta.url)
const jsonOf = (path: string): unknown => JSON.parse(readFileSync(new URL(path, golden), 'utf8'))
const shapeOf = (path: string) => (path.endsWith('Request.json') ? request : response)

/** All blocks that a message holds, wherever. */
function blocksIn(message: unknown): Block[] {
  if (typeof message !== 'object' || message === null) return []
  if ('aId' in message) return [message as Block]
  return Object.values(message).flatMap(blocksIn)
}

function plainRows(block: Block): Record<string, unknown> {
  const { schema, columns } = readBlock(block)
  return Object.fromEntries(
    schema.fields.map((field, i) => [field.name, plainValues(columns[i]!, columnTypeOf(field))]),
  )
}

for (const version of [2, 4, 5, 6]) {
  const files = readdirSync(new URL(`v${version}/`, golden)).filter((file) => /(Request|Response)\.json$/.test(file))
  for (const file of files)
    test(`version ${version}: ${file} is read and written again, member by member in its order`, () => {
      const json = jsonOf(`v${version}/${file}`)
      const shape = shapeOf(file)
      const message = shape.read(json, file)
      assert.equal(JSON.stringify(shape.write(message as never, version)), JSON.stringify(json))
      for (const block of blocksIn(message)) {
        const { schema, columns, rows } = readBlock(block)
        const again = writeBlock(schema, columns, rows, version, block.aId)
        assert.deepEqual(plainRows(again), plainRows(block))
        assert.deepEqual(readBlock(again).schema, schema)
        assert.equal(again.records.length > 0, block.records.length > 0)
      }
    })
}

test('pings, also with members that are not known yet', () => {
  const ping = request.read(jsonOf('PingRequest.json'), 'ping')
  assert.equal(JSON.stringify(request.write(ping, 2)), JSON.stringify(jsonOf('PingRequest.json')))
  const later = response.read(jsonOf('PingResponseForwardsCompatible.json'), 'ping')
  assert.equal(JSON.stringify(response.write(later, 2)), JSON.stringify(jsonOf('PingResponse.json')))
  assert.deepEqual(request.read(jsonOf('PingRequestForwardsCompatible.json'), 'ping'), ping)
  const { serDeVersion: _, ...early } = jsonOf('PingResponse.json') as { serDeVersion: number }
  assert.equal((response.read(early, 'ping') as Extract<FederationResponse, { serDeVersion: number }>).serDeVersion, 1)
})

test('what the blocks of the published messages hold', () => {
  const [records] = blocksIn(response.read(jsonOf('v2/ReadRecordsResponse.json'), 'read'))
  const ten = [...Array(10).keys()]
  assert.deepEqual(plainRows(records!), {
    year: ten.map((i) => 2016 + i),
    month: ten.map((i) => 1 + i),
    day: ten.map((i) => 1 + i),
  })
  const asked = request.read(jsonOf('v4/ReadRecordsRequest.json'), 'read')
  assert.ok(asked['@type'] === 'ReadRecordsRequest')
  const { summary, expression, orderByClause, limit } = asked.constraints
  const { col3, col4 } = summary
  assert.ok(col3?.['@type'] === 'SortedRangeSet' && col4?.['@type'] === 'EquatableValueSet')
  const [range] = col3.ranges
  assert.deepEqual([range!.low.bound, plainRows(range!.low.valueBlock)], ['ABOVE', { col1: [-10_000] }])
  assert.deepEqual([range!.high.nullValue, plainRows(range!.high.valueBlock)], [true, { col1: [] }])
  assert.deepEqual([col4.whiteList, plainRows(col4.valueBlock)], [false, { col1: [1.1] }])
  assert.ok(expression[0]?.['@type'] === 'FunctionCallExpression')
  assert.equal(expression[0].functionName.functionName, '$greater_than')
  assert.deepEqual(orderByClause[1], { columnName: 'col2', direction: 'DESC_NULLS_FIRST' })
  assert.equal(limit, -1)
})

test('a version leaves out what it does not have', () => {
  const { queryPassthroughArguments: _, ...rest } = jsonOf('v5/GetTableRequest.json') as Record<string, unknown>
  const message = request.read(jsonOf('v5/GetTableRequest.json'), 'table')
  assert.deepEqual(request.write(message, 4), rest)
  const newest = request.read(jsonOf('v6/ReadRecordsRequest.json'), 'read')
  const asVersion = (version: number) =>
    Object.keys((request.write(newest, version) as { constraints: object }).constraints)
  assert.deepEqual(asVersion(2), ['summary'])
  assert.deepEqual(asVersion(4), ['summary', 'expression', 'orderByClause', 'limit'])
  assert.deepEqual(asVersion(5).slice(4), ['queryPassthroughArguments'])
  assert.deepEqual(asVersion(6).slice(5), ['queryPlan'])
})

test('a message of another shape is told by where it is wrong', () => {
  const splits = jsonOf('v2/GetSplitsResponse.json') as { splits: { properties: unknown }[] }
  splits.splits[1]!.properties = ['year']
  assert.throws(() => response.read(splits, 'GetSplitsResponse'), {
    message: 'GetSplitsResponse.splits[1].properties is no object',
  })
  assert.throws(() => response.read({ '@type': 'Nothing' }, 'answer'), CorruptData)
  assert.throws(() => response.read('text', 'answer'), CorruptData)
})

test("types are told by the names of Java's classes", () => {
  const type = arrowField('at', { kind: 'instant' }).type
  const json = { '@type': 'Timestamp', unit: 'MILLISECOND', timezone: 'UTC' }
  assert.deepEqual(arrowTypeShape.write(arrowTypeJson(type), 5), json)
  assert.deepEqual(arrowTypeJson({ kind: 'int', bitWidth: 32, signed: true }), {
    '@type': 'Int',
    bitWidth: 32,
    isSigned: true,
  })
})

test('a spilled block is encrypted with its key, and told from one that is not', () => {
  const schema = { fields: [arrowField('n', { kind: 'int' })], metadata: {} }
  const columns = [{ rows: 2, valid: undefined, values: { kind: 'int32', values: Int32Array.of(7, 8) } }] as const
  const key = { key: Buffer.alloc(32, 1).toString('base64'), nonce: Buffer.alloc(12, 2).toString('base64') }
  const plain = writeSpilledBlock(schema, columns, 2, undefined)
  const stored = writeSpilledBlock(schema, columns, 2, key)
  const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32, 1), Buffer.alloc(12, 2))
  assert.deepEqual(Buffer.from(stored), Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
  const { columns: read } = readSpilledBlock(schema, stored, key)
  assert.deepEqual(plainValues(read[0]!, { kind: 'int' }), [7, 8])
  const other = { ...key, key: Buffer.alloc(32, 3).toString('base64') }
  assert.throws(() => readSpilledBlock(schema, stored, other), { message: /not encrypted with its split's key/ })
  assert.throws(() => readSpilledBlock(schema, stored, { ...key, nonce: '' }), CorruptData)
  assert.throws(() => readSpilledBlock(schema, stored.subarray(0, 9), key), CorruptData)
})
