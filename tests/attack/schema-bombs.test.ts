/** Definitions of schemas that say more than anybody could compare: each is answered, while others are. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type DataFormat, Glue } from '@aws-sdk/client-glue'
import { startLake, type TestLake } from '../acceptance/server.ts'

/** `SchemaDefinitionString`. */
const MOST_LETTERS = 170_000

let lake: TestLake
let glue: Glue
let schemas = 0
before(async () => {
  lake = await startLake()
  glue = new Glue(lake.client)
})
after(async () => {
  const { log } = lake
  await lake.stop()
  assert.deepEqual(log, [])
})

/** What becomes of a definition, and of one that follows it. */
async function registered(DataFormat: DataFormat, first: object | string, second = first): Promise<string> {
  const [definition, next] = [first, second].map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  for (const text of [definition!, next!]) assert.ok(text.length <= MOST_LETTERS, `${text.length}`)
  const SchemaName = `s${schemas++}`
  const created = glue.createSchema({ SchemaName, DataFormat, Compatibility: 'FULL_ALL', SchemaDefinition: definition })
  assert.equal((await fetch(`${lake.endpoint}/_lentic/health`)).status, 200)
  try {
    await created
    const { Status } = await glue.registerSchemaVersion({ SchemaId: { SchemaName }, SchemaDefinition: next })
    return Status!
  } catch (error) {
    assert.equal((error as Error).name, 'InvalidInputException')
    return (error as Error).message
  }
}

const nested = (levels: number, inside = '') => `${'['.repeat(levels)}${inside}${']'.repeat(levels)}`

test('JSON: lists of values, branches against branches, references in circles', async () => {
  const numbers = Array.from({ length: 24_000 }, (_, i) => i)
  assert.match(await registered('JSON', { enum: numbers }, { enum: numbers.toReversed() }), /FAILURE|AVAILABLE/)
  const branches = (start: number) =>
    Array.from({ length: 5_000 }, (_, i) => ({ minimum: start + i, maximum: start + i }))
  assert.match(await registered('JSON', { anyOf: branches(0) }, { anyOf: branches(9_000) }), /FAILURE/)
  const circle = { allOf: [{ $ref: '#/definitions/a' }], definitions: { a: { allOf: [{ $ref: '#/definitions/a' }] } } }
  assert.match(await registered('JSON', circle, { ...circle, title: 'again' }), /FAILURE|AVAILABLE/)
  assert.match(await registered('JSON', { pattern: '(a+)+$' }, { pattern: '(a*)*$' }), /FAILURE/)
})

test('what is nested beyond measure', async () => {
  assert.match(await registered('JSON', `{"default":${nested(80_000)}}`), /nested too deeply/)
  assert.match(await registered('JSON', `${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`), /nested too deeply/)
  assert.match(
    await registered('AVRO', `${'{"type":"array","items":'.repeat(6_000)}"int"${'}'.repeat(6_000)}`),
    /nested too deeply/,
  )
  const messages = `syntax = "proto3";${'message A{'.repeat(10_000)}${'}'.repeat(10_000)}`
  assert.match(await registered('PROTOBUF', messages), /nested too deeply/)
})

test('Avro: a default that may be either of two records at each of forty levels', async () => {
  const union = ['null', 'A', 'B']
  const value = `${'{"x":'.repeat(40)}1${'}'.repeat(40)}`
  const b = { type: 'record', name: 'B', fields: [{ name: 'x', type: union }] }
  const a = { type: 'record', name: 'A', fields: [{ name: 'x', type: ['null', 'A', b] }] }
  const root = { type: 'record', name: 'R', fields: [{ name: 'a', type: a, default: JSON.parse(value) }] }
  assert.match(await registered('AVRO', root), /takes too long|Invalid default/)
})

test('Avro: columns of records that name records twice', async () => {
  const twice = (level: number): object =>
    level === 0
      ? { type: 'record', name: 'r0', fields: [{ name: 'x', type: 'int' }] }
      : {
          type: 'record',
          name: `r${level}`,
          fields: [
            { name: 'a', type: twice(level - 1) },
            { name: 'b', type: `r${level - 1}` },
          ],
        }
  await glue.createSchema({
    ...{ SchemaName: 'doubled', DataFormat: 'AVRO', Compatibility: 'NONE' },
    SchemaDefinition: JSON.stringify(twice(50)),
  })
  await glue.createDatabase({ DatabaseInput: { Name: 'db' } })
  const SchemaReference = { SchemaId: { SchemaName: 'doubled' }, SchemaVersionNumber: 1 }
  const table = { Name: 't', StorageDescriptor: { SchemaReference } }
  const made = glue.createTable({ DatabaseName: 'db', TableInput: table })
  await assert.rejects(
    made.then(() => glue.getTable({ DatabaseName: 'db', Name: 't' })),
    /a record of so many fields/,
  )
})

test('Protocol Buffers: many fields, deep in messages of long names', async () => {
  const fields = Array.from({ length: 4_000 }, (_, i) => `int32 a${i}=${i + 1};`).join('')
  assert.equal(await registered('PROTOBUF', `syntax="proto3";message M{${fields}}`), 'AVAILABLE')
  const deep = Array.from({ length: 60 }, (_, i) => `message ${'x'.repeat(1500)}${i}{`).join('')
  const named = Array.from({ length: 4_000 }, (_, i) => `M a${i}=${i + 1};`).join('')
  const text = `syntax="proto3";message M{}${deep}${named}${'}'.repeat(60)}`
  assert.match(await registered('PROTOBUF', text), /AVAILABLE|takes too long/)
})
