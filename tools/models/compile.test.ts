import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileModel, formatModel } from './compile.ts'
import { differences } from './difference.ts'
import type { SourceModel } from './source.ts'

const source: SourceModel = {
  metadata: {
    protocol: 'json',
    jsonVersion: '1.1',
    endpointPrefix: 'x',
    serviceId: 'X',
    apiVersion: '2020-01-01',
    targetPrefix: 'X',
  },
  operations: {
    Get: { http: { method: 'POST', requestUri: '/' }, input: { shape: 'GetRequest' }, errors: [{ shape: 'Gone' }] },
  },
  shapes: {
    GetRequest: {
      type: 'structure',
      required: ['Name'],
      members: { Name: { shape: 'Name' }, When: { shape: 'Time', locationName: 'when' } },
    },
    Name: { type: 'string', min: 1, max: 9, pattern: '[a-z]+' },
    Time: { type: 'timestamp' },
    Gone: { type: 'structure', members: {}, exception: true, error: { httpStatusCode: 404 } },
    Unused: { type: 'string' },
  },
}

test('what is reachable is compiled, one shape or operation a line', () => {
  const model = compileModel('x', source)
  assert.deepEqual(Object.keys(model.shapes), ['GetRequest', 'Gone', 'Name', 'Time'])
  const text = formatModel(model)
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(model)))
  const lines = text.split('\n')
  assert.ok(lines.includes('"Get":{"http":"POST /","input":"GetRequest","errors":["Gone"]}'))
  assert.ok(lines.includes('"Name":{"type":"string","min":1,"max":9,"pattern":"[a-z]+"},'))
})

test('differences name members, operations and values', () => {
  const before = compileModel('x', source)
  const after = compileModel('x', {
    ...source,
    operations: { ...source.operations, Put: { http: { method: 'POST', requestUri: '/' } } },
    shapes: {
      ...source.shapes,
      Name: { type: 'string', min: 1, max: 20, pattern: '[a-z]+' },
      GetRequest: {
        type: 'structure',
        required: ['Name'],
        members: { Name: { shape: 'Name' }, New: { shape: 'Name' } },
      },
    },
  })
  assert.deepEqual(differences(before, after), [
    '+ operation Put',
    '+ shape GetRequest.New: "Name"',
    '- shape GetRequest.When: ["Time",{"name":"when"}]',
    '~ shape Name.max: 9 -> 20',
    '- shape Time',
  ])
  assert.deepEqual(differences(before, before), [])
})
