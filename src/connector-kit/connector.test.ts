/** The kit by its messages alone; engines/lambda reads it as a source. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeSchema } from '../formats/arrow/schema.ts'
import { arrowField } from '../formats/arrow/types.ts'
import { readBlock, writeBlock } from '../formats/federation/blocks.ts'
import type { Constraints } from '../formats/federation/constraints.ts'
import {
  type FederationRequest,
  type Identity,
  type ResponseOf,
  request,
  response,
} from '../formats/federation/messages.ts'
import { plainValues as fixtureValues } from '../formats/vectors.fixture.ts'
import type { ColumnType } from '../formats/vectors.ts'
import { parseColumnType } from './column-text.ts'
import { connector, DefinitionError, type Query, type SourceDefinition, serve } from './connector.ts'
import { plainValues } from './plain-values.ts'
import { RowBlock } from './row-block.ts'
import { shop } from './shop.fixture.ts'

const identity: Identity = {
  id: 'UNKNOWN',
  principal: 'UNKNOWN',
  account: '000000000000',
  arn: 'arn:aws:iam::000000000000:user/ann',
  tags: { team: 'sales' },
  groups: ['readers'],
  configOptions: undefined,
}
const caller = { identity, queryId: 'q', catalogName: 'c' }
const everything: Constraints = {
  summary: {},
  expression: [],
  orderByClause: [],
  limit: -1,
  queryPassthroughArguments: {},
  queryPlan: undefined,
}
const noSpill = { bucket: 'b', put: () => Promise.reject(new Error('nothing is spilled')) }

async function ask(source: SourceDefinition, asked: FederationRequest, version = 5) {
  return response.read(await connector(source)(request.write(asked, version)), 'answer')
}

const NAMES = arrowField('name', { kind: 'string' })

async function namesOf(source: SourceDefinition, constraints: Partial<Constraints>, version = 5): Promise<unknown[]> {
  const schema = writeSchema({ fields: [NAMES], metadata: {} }, version < 3 ? 'legacy' : 'current')
  const answer = (await ask(
    source,
    {
      '@type': 'ReadRecordsRequest',
      ...caller,
      tableName: { schemaName: 's', tableName: 't' },
      schema,
      split: { spillLocation: undefined, encryptionKey: undefined, properties: {} },
      constraints: { ...everything, ...constraints },
      maxBlockSize: 16_000_000,
      maxInlineBlockSize: 5_000_000,
    },
    version,
  )) as ResponseOf<'ReadRecordsResponse'>
  assert.equal(answer.records.schema[0] === 0xff, version >= 3, 'it is answered as it was asked')
  return fixtureValues(readBlock(answer.records).columns[0]!, { kind: 'string' })
}

const queries: Query[] = []
const names: SourceDefinition = {
  sourceType: 'names',
  schemas: () => ['s'],
  tables: () => ['t'],
  table: () => ({ columns: { name: 'string', n: 'int' } }),
  *rows(query) {
    queries.push(query)
    yield* [{ name: 'a', n: 1 }, { name: 'b', n: 2 }, { name: 'ä', n: 3 }, { name: null }]
  },
}

function blockOf(type: ColumnType, values: readonly unknown[]) {
  const field = arrowField('col1', type)
  const block = new RowBlock([field])
  for (const value of values) block.add({ col1: value as never })
  const { columns, rows } = block.take()
  return writeBlock({ fields: [field], metadata: {} }, columns, rows, 5, 'test')
}

test('values in every form that a query may ask for them', async () => {
  const valueBlock = blockOf({ kind: 'string' }, ['a', 'ä'])
  const among = (whiteList: boolean, nullAllowed: boolean) =>
    namesOf(names, { summary: { name: { '@type': 'EquatableValueSet', valueBlock, whiteList, nullAllowed } } })
  assert.deepEqual(await among(true, false), ['a', 'ä'])
  assert.deepEqual(queries.at(-1)!.where, { name: { values: ['a', 'ä'], nullAllowed: false } })
  assert.deepEqual(await among(false, true), ['b', null])
  const allOrNone = (all: boolean, nullAllowed: boolean) =>
    namesOf(names, { summary: { name: { '@type': 'AllOrNoneValueSet', type: { '@type': 'Utf8' }, all, nullAllowed } } })
  assert.deepEqual(await allOrNone(true, false), ['a', 'b', 'ä'])
  assert.deepEqual(await allOrNone(false, true), [null])
  const marker = (value: number | undefined, bound: string) => ({
    valueBlock: blockOf({ kind: 'int' }, value === undefined ? [] : [value]),
    bound,
    nullValue: value === undefined,
  })
  const ranges = [
    { low: marker(undefined, 'ABOVE'), high: marker(1, 'EXACTLY') },
    { low: marker(2, 'ABOVE'), high: marker(undefined, 'BELOW') },
  ]
  const type = { '@type': 'Int', bitWidth: 32, isSigned: true } as const
  const n = { '@type': 'SortedRangeSet', type, ranges, nullAllowed: false } as const
  assert.deepEqual(await namesOf(names, { summary: { n } }), ['a', 'ä'])
  assert.deepEqual(queries.at(-1)!.columns, ['name', 'n'])
  assert.deepEqual(queries.at(-1)!.caller, {
    arn: identity.arn,
    account: identity.account,
    tags: { team: 'sales' },
    groups: ['readers'],
  })
  assert.deepEqual(await namesOf(names, { summary: { n }, limit: 1 }), ['a'])
  assert.deepEqual(await namesOf(names, { limit: 0 }), [])
  assert.deepEqual(await namesOf(names, {}, 2), ['a', 'b', 'ä', null])
})

test('pages of tables and of splits', async () => {
  const parts = Array.from({ length: 2500 }, (_, i) => ({ part: String(i) }))
  const source: SourceDefinition = { ...names, tables: () => ['c', 'a', 'b'], parts: () => parts }
  const tablesAfter = async (nextToken: string | undefined, pageSize: number) => {
    const asked = { '@type': 'ListTablesRequest', ...caller, schemaName: 's', nextToken, pageSize } as const
    const { tables, nextToken: next } = (await ask(source, asked)) as ResponseOf<'ListTablesResponse'>
    return [tables.map(({ tableName }) => tableName), next]
  }
  assert.deepEqual(await tablesAfter(undefined, 2), [['a', 'b'], 'b'])
  assert.deepEqual(await tablesAfter('b', 2), [['c'], undefined])
  assert.deepEqual(await tablesAfter(undefined, -1), [['a', 'b', 'c'], undefined])
  const tableName = { schemaName: 's', tableName: 't' }
  const whole = { ...caller, tableName, constraints: everything, partitionColumns: [] }
  const schema = writeSchema({ fields: [NAMES], metadata: {} }, 'current')
  const layout = (await ask(source, {
    '@type': 'GetTableLayoutRequest',
    ...whole,
    schema,
  })) as ResponseOf<'GetTableLayoutResponse'>
  const found: string[] = []
  const sizes: number[] = []
  let continuationToken: string | undefined
  do {
    const asked = { '@type': 'GetSplitsRequest', ...whole, partitions: layout.partitions, continuationToken } as const
    const answer = (await ask(source, asked)) as ResponseOf<'GetSplitsResponse'>
    found.push(...answer.splits.map(({ properties }) => properties.part!))
    sizes.push(answer.splits.length)
    continuationToken = answer.continuationToken
  } while (continuationToken)
  assert.deepEqual(sizes, [1000, 1000, 500])
  assert.deepEqual(
    found,
    parts.map(({ part }) => part),
  )
})

test('functions are called for each row, and fail in their own words', async () => {
  const source = shop(0, noSpill, () => {})
  const call = (methodName: string) => {
    const output = writeSchema({ fields: [arrowField('result', { kind: 'long' })], metadata: {} }, 'current')
    const inputRecords = blockOf({ kind: 'int' }, [21, null, -1])
    const asked = { '@type': 'UserDefinedFunctionRequest', identity, inputRecords, methodName } as const
    return ask(source, { ...asked, outputSchema: output, functionType: 'SCALAR' })
  }
  const { records } = (await call('twice')) as ResponseOf<'UserDefinedFunctionResponse'>
  assert.deepEqual(fixtureValues(readBlock(records).columns[0]!, { kind: 'long' }), ['42', null, '-2'])
  await assert.rejects(call('refuse'), { name: 'RangeError', message: 'I will not' })
  await assert.rejects(call('toString'), { name: 'DefinitionError', message: 'Function toString does not exist' })
})

test('moments before 1970 are told to the millisecond below', () => {
  const micros = [-1n, -1000n, -1001n, 0n, 999n, 1000n]
  const values = { kind: 'int64', values: BigInt64Array.from(micros) } as const
  assert.deepEqual(
    plainValues({ rows: micros.length, valid: undefined, values }, { kind: 'timestamp' }).map((value) =>
      (value as Date).getTime(),
    ),
    [-1, -1, -2, 0, 0, 1],
  )
})

test('types of columns as DDL spells them', () => {
  assert.deepEqual(parseColumnType('array<struct<a: int, b: map<string, decimal(12, 3)>>>'), {
    kind: 'list',
    element: {
      kind: 'struct',
      fields: [
        { name: 'a', type: { kind: 'int' } },
        {
          name: 'b',
          type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'decimal', precision: 12, scale: 3 } },
        },
      ],
    },
  })
  assert.deepEqual(parseColumnType('TIMESTAMP WITH TIME ZONE'), { kind: 'instant' })
  assert.deepEqual(parseColumnType('decimal'), { kind: 'decimal', precision: 10, scale: 0 })
  for (const text of ['varchar(20)', 'char(3)', 'varchar']) assert.deepEqual(parseColumnType(text), { kind: 'string' })
  for (const text of [
    '',
    'number',
    'array<int',
    'decimal(39,0)',
    'int int',
    'struct<a int>',
    'varchar()',
    'char(x)',
    'char(3',
  ])
    assert.throws(() => parseColumnType(text), DefinitionError, text)
})

test('a value that is not of its column is told with the column', () => {
  const added = (type: ColumnType, value: unknown) => () =>
    new RowBlock([arrowField('x', type)]).add({ x: value as never })
  const message = (text: string) => ({ name: 'DefinitionError', message: `Column x: ${text}` })
  assert.throws(added({ kind: 'tinyint' }, 128), message('128 is no tinyint'))
  assert.throws(added({ kind: 'int' }, 1.5), message('1.5 is no int'))
  assert.throws(added({ kind: 'long' }, 2n ** 63n), message('9223372036854775808 is no long'))
  assert.throws(added({ kind: 'decimal', precision: 4, scale: 2 }, '100'), message("'100' is no decimal"))
  assert.throws(added({ kind: 'date' }, 'yesterday'), message("'yesterday' is no date"))
  assert.throws(added({ kind: 'boolean' }, 1), message('1 is no boolean'))
  assert.throws(added({ kind: 'list', element: { kind: 'int' } }, 'a'), message("'a' is no list"))
})

test('a function that is not served is not found, whatever its address', async () => {
  const functions = await serve({ shop: async () => ({}) })
  try {
    for (const name of ['absent', '50%', '%ff']) {
      const answer = await fetch(`${functions.url}/2015-03-31/functions/${name}/invocations`, { method: 'POST' })
      assert.equal(answer.status, 404, name)
    }
  } finally {
    await functions.close()
  }
})
