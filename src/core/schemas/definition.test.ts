import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  type Compatibility,
  compatibilityFault,
  definitionFault,
  definitionHash,
  type SchemaFormat,
} from './definition.ts'

type Outcome = readonly [backward: boolean, forward: boolean]

/** Whether the later definition may follow the earlier one. */
function follows(format: SchemaFormat, earlier: string, later: string): Outcome {
  for (const text of [earlier, later]) assert.equal(definitionFault(format, text), undefined)
  const may = (mode: Compatibility) => compatibilityFault(format, mode, later, [earlier]) === undefined
  const [backward, forward] = [may('BACKWARD'), may('FORWARD')]
  assert.equal(may('FULL'), backward && forward)
  assert.ok(may('NONE'))
  return [backward, forward]
}

const record = (fields: readonly (readonly [string, unknown, unknown?])[], name = 'R') =>
  JSON.stringify({
    type: 'record',
    name,
    fields: fields.map(([field, type, fallback]) => ({
      name: field,
      type,
      ...(fallback !== undefined && { default: fallback }),
    })),
  })
const OPTIONAL = ['null', 'string']

suite('Avro: what may follow what', () => {
  // docs: glue dg, schema-registry, the examples of BACKWARD and FORWARD; the Avro specification, Schema Resolution.
  const first = [
    ['first', 'string'],
    ['last', 'string'],
    ['email', 'string'],
    ['phone', OPTIONAL, null],
  ] as const
  const people = record(first)
  const cases: readonly [string, string, string, Outcome][] = [
    ['a required field is removed', people, record(first.filter(([name]) => name !== 'email')), [true, false]],
    ['a required field is added', people, record([...first, ['zip', 'string']]), [false, true]],
    ['an optional field is added', people, record([...first, ['zip', OPTIONAL]]), [true, true]],
    ['a field with a default is added', people, record([...first, ['zip', 'string', '']]), [true, true]],
    ['an optional field is removed', people, record(first.filter(([name]) => name !== 'phone')), [true, true]],
    ['int becomes long', record([['n', 'int']]), record([['n', 'long']]), [true, false]],
    ['string becomes bytes', record([['n', 'string']]), record([['n', 'bytes']]), [true, true]],
    ['string becomes int', record([['n', 'string']]), record([['n', 'int']]), [false, false]],
    ['a type becomes a union with it', record([['n', 'int']]), record([['n', ['null', 'int']]]), [true, false]],
    ['another record', people, record(first, 'S'), [false, false]],
    [
      'an enum gets a symbol',
      '{"type":"enum","name":"E","symbols":["A"]}',
      '{"type":"enum","name":"E","symbols":["A","B"]}',
      [true, false],
    ],
    ['items are promoted', '{"type":"array","items":"int"}', '{"type":"array","items":"double"}', [true, false]],
    [
      'a list that holds itself',
      '{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}',
      '{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]},{"name":"v","type":"int"}]}',
      [false, true],
    ],
    [
      'a field is found by an alias',
      record([['old', 'string']]),
      '{"type":"record","name":"R","fields":[{"name":"new","aliases":["old"],"type":"string"}]}',
      [true, false],
    ],
    [
      'another size of a fixed',
      '{"type":"fixed","name":"F","size":4}',
      '{"type":"fixed","name":"F","size":8}',
      [false, false],
    ],
  ]
  for (const [what, earlier, later, outcome] of cases)
    test(what, () => assert.deepEqual(follows('AVRO', earlier, later), outcome))
})

suite('JSON: what may follow what', () => {
  const object = (properties: object, more: object = {}) => JSON.stringify({ type: 'object', properties, ...more })
  const text = { type: 'string' }
  const names = { first: text, last: text, email: text }
  const closed = { additionalProperties: false }
  const all = { ...names, phone: { type: 'number' } }
  const ofKind = (kind: string) => ({ type: 'object', required: ['kind'], properties: { kind: { const: kind } } })
  const one = (kind: string) => JSON.stringify(ofKind(kind))
  const cases: readonly [string, string, string, Outcome][] = [
    // docs: glue dg, schema-registry: the first four.
    ['a property is added to a closed one', object(names, closed), object(all, closed), [true, false]],
    ['a property is added to an open one', object(names), object(all), [false, true]],
    ['a property is removed and it is closed', object(all, closed), object(names, closed), [false, true]],
    ['a property is removed and it is open', object(all), object(names), [true, false]],
    ['a property is required now', object(names), object(names, { required: ['first'] }), [false, true]],
    ['integer becomes number', object({ n: { type: 'integer' } }), object({ n: { type: 'number' } }), [true, false]],
    ['another type is allowed', object({ n: text }), object({ n: { type: ['string', 'null'] } }), [true, false]],
    ['a value is added', '{"enum":["a"]}', '{"enum":["a","b"]}', [true, false]],
    ['a bound is wider', '{"type":"number","minimum":5}', '{"type":"number","minimum":3}', [true, false]],
    [
      'a bound is inclusive now',
      '{"type":"number","exclusiveMinimum":5}',
      '{"type":"number","minimum":5}',
      [true, false],
    ],
    ['texts may be longer', '{"type":"string","maxLength":5}', '{"type":"string","maxLength":9}', [true, false]],
    ['a pattern has changed', '{"type":"string","pattern":"^a"}', '{"type":"string","pattern":"^b"}', [false, false]],
    ['fewer multiples', '{"type":"integer","multipleOf":2}', '{"type":"integer","multipleOf":6}', [false, true]],
    [
      'items',
      '{"type":"array","items":{"type":"integer"}}',
      '{"type":"array","items":{"type":"number"},"maxItems":9}',
      [false, false],
    ],
    [
      'a branch is added',
      '{"anyOf":[{"type":"string"}]}',
      '{"anyOf":[{"type":"string"},{"type":"null"}]}',
      [true, false],
    ],
    [
      'only a title has changed, and where a type is said',
      object({ p: text }, { title: 'A' }),
      JSON.stringify({ $ref: '#/definitions/o', definitions: { o: JSON.parse(object({ p: text })) } }),
      [true, true],
    ],
    [
      'a tree that refers to itself',
      object({ next: { $ref: '#' } }, closed),
      object({ next: { $ref: '#' }, v: text }, closed),
      [true, false],
    ],
    ['anything', 'true', object({}), [false, true]],
    // json-schema.org, validation: oneOf is valid "against exactly one schema"; keywords are asked independently.
    [
      'branches overlap',
      '{"type":"number"}',
      '{"oneOf":[{"type":"number"},{"type":"number","minimum":0}]}',
      [false, true],
    ],
    ['branches are apart by type', '{"type":"string"}', '{"oneOf":[{"type":"string"},{"type":"null"}]}', [true, false]],
    [
      'branches are apart by what they need',
      one('a'),
      JSON.stringify({ oneOf: [ofKind('a'), ofKind('b')] }),
      [true, false],
    ],
    [
      'branches that overlap stay',
      object({}, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
      object({ c: text }, { ...closed, oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
      [false, true],
    ],
    ['two bounds', '{"exclusiveMinimum":0}', '{"exclusiveMinimum":0,"minimum":5}', [false, true]],
    ['const beside enum', '{"const":"b"}', '{"const":"b","enum":["a"]}', [false, true]],
    ['a value that is not whole', '{"enum":[1.5]}', '{"type":"integer"}', [false, false]],
    [
      'a branch does not name what is beside it',
      object({ a: text }, { ...closed, anyOf: [{ properties: { b: text } }] }),
      object({ b: text }, closed),
      [false, false],
    ],
    [
      'a branch names more beside it',
      object({ a: text }, { anyOf: [{ properties: { b: text } }] }),
      object({ a: text, b: text }),
      [true, true],
    ],
  ]
  for (const [what, earlier, later, outcome] of cases)
    test(what, () => assert.deepEqual(follows('JSON', earlier, later), outcome))
})

suite('Protobuf: what may follow what', () => {
  const two = (...fields: string[]) =>
    `syntax = "proto2"; message Person { ${fields.map((field) => `${field};`).join(' ')} }`
  const three = (...fields: string[]) => two(...fields).replace('proto2', 'proto3')
  const people = ['required string first = 1', 'required string last = 2', 'required string email = 3']
  const service = (...methods: string[]) =>
    `syntax = "proto3"; message M {} service MyService { ${methods.map((name) => `rpc ${name} (M) returns (stream M);`).join(' ')} }`
  const cases: readonly [string, string, string, Outcome][] = [
    // docs: glue dg, schema-registry: the first six. Then protobuf.dev, Updating A Message Type.
    ['a required field is removed', two(...people), two(...people.slice(0, 2)), [true, false]],
    ['a required field is added', two(...people), two(...people, 'required string zip = 4'), [false, true]],
    ['an optional field is added', two(...people), two(...people, 'optional string zip = 4'), [true, true]],
    [
      'an optional field is removed',
      two('optional string a = 1', 'optional string b = 2'),
      two('optional string a = 1'),
      [true, true],
    ],
    ['a method is added', service('Foo', 'Bar'), service('Foo', 'Bar', 'Baz'), [true, false]],
    ['a method is removed', service('Foo', 'Bar'), service('Bar'), [false, true]],
    ['int32 becomes bool', three('int32 a = 1'), three('bool a = 1'), [true, true]],
    ['int32 becomes sint32', three('int32 a = 1'), three('sint32 a = 1'), [false, false]],
    ['string becomes bytes', three('string a = 1'), three('bytes a = 1'), [true, true]],
    ['a field has another name', three('string a = 1'), three('string b = 1'), [true, true]],
    ['texts are repeated', three('string a = 1'), three('repeated string a = 1'), [true, true]],
    ['numbers are repeated', three('int32 a = 1'), three('repeated int32 a = 1'), [false, false]],
    ['optional becomes required', two('optional string a = 1'), two('required string a = 1'), [false, true]],
    [
      'fields go into a oneof',
      three('string a = 1', 'string b = 2'),
      three('oneof o { string a = 1; string b = 2; }'),
      [false, true],
    ],
    [
      'one field goes into a oneof',
      three('string a = 1'),
      three('oneof o { string a = 1; string b = 2; }'),
      [true, true],
    ],
    ['an enum is a number', three('enum E { X = 0; } E a = 1'), three('int32 a = 1'), [true, true]],
    ['values of a map widen', three('map<string, int32> a = 1'), three('map<string, int64> a = 1'), [true, true]],
    ['keys of a map change', three('map<int32, int32> a = 1'), three('map<string, int32> a = 1'), [false, false]],
    ['values of a map change', three('map<string, int32> a = 1'), three('map<string, string> a = 1'), [false, false]],
    [
      'another package',
      `syntax = "proto3"; package a; message M {}`,
      `syntax = "proto3"; package b; message M {}`,
      [false, false],
    ],
    ['a message is added', three('string a = 1'), `${three('string a = 1')} message Other {}`, [true, false]],
  ]
  for (const [what, earlier, later, outcome] of cases)
    test(what, () => assert.deepEqual(follows('PROTOBUF', earlier, later), outcome))
})

test('the _ALL modes ask every earlier version', () => {
  const versions = [record([['a', 'int']]), record([['a', 'long']])]
  const next = record([
    ['a', 'long'],
    ['b', OPTIONAL],
  ])
  const fault = (mode: Compatibility) => compatibilityFault('AVRO', mode, next, versions)
  assert.deepEqual(
    [fault('BACKWARD'), fault('BACKWARD_ALL'), fault('FORWARD'), fault('FULL')],
    [undefined, undefined, undefined, undefined],
  )
  assert.match(fault('FORWARD_ALL')!, /an earlier version cannot read its data: \/a: long cannot be read as int/)
  assert.match(fault('FULL_ALL')!, /an earlier version/)
})

suite('definitions', () => {
  // docs: glue dg, schema-registry, the three examples.
  const sound: readonly [SchemaFormat, string][] = [
    [
      'AVRO',
      `{"type": "record", "namespace": "ABC_Organization", "name": "Employee", "fields": [
        {"name": "Name", "type": "string"}, {"name": "Age", "type": "int"},
        {"name": "address", "type": {"type": "record", "name": "addressRecord", "fields": [
          {"name": "street", "type": "string"}, {"name": "zipcode", "type": "int"}]}}]}`,
    ],
    [
      'JSON',
      `{"$id": "https://example.com/person.schema.json", "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Person", "type": "object", "properties": {"firstName": {"type": "string",
        "description": "The person's first name."}, "age": {"type": "integer", "minimum": 0}}}`,
    ],
    [
      'PROTOBUF',
      `syntax = "proto2"; package tutorial; option java_multiple_files = true;
       option java_package = "com.example.tutorial.protos"; option java_outer_classname = "AddressBookProtos";
       message Person { optional string name = 1; optional int32 id = 2; optional string email = 3;
         enum PhoneType { MOBILE = 0; HOME = 1; WORK = 2; }
         message PhoneNumber { optional string number = 1; optional PhoneType type = 2 [default = HOME]; }
         repeated PhoneNumber phones = 4; }
       // all of them
       message AddressBook { repeated Person people = 1; /* and */ reserved 2, 5 to 7, 100 to max; reserved "x"; }`,
    ],
    [
      'PROTOBUF',
      'syntax = "proto3"; import "google/protobuf/timestamp.proto"; message M { google.protobuf.Timestamp at = 1; }',
    ],
    ['AVRO', '"string"'],
    ['JSON', 'false'],
  ]
  for (const [format, text] of sound)
    test(`${format} ${text.slice(0, 40)}`, () => assert.equal(definitionFault(format, text), undefined))

  const wrong: readonly [SchemaFormat, string][] = [
    ['AVRO', '{"type":"record","name":"R"}'],
    ['AVRO', '{"type":"record","name":"1R","fields":[]}'],
    [
      'AVRO',
      record([
        ['a', 'int'],
        ['a', 'int'],
      ]),
    ],
    ['AVRO', record([['a', 'unknown']])],
    ['AVRO', record([['a', 'int', 'x']])],
    ['AVRO', '["int","int"]'],
    ['AVRO', '{"type":"enum","name":"E","symbols":["A","A"]}'],
    ['AVRO', 'not json'],
    ['JSON', '{'],
    ['JSON', '[]'],
    ['JSON', '{"type":"text"}'],
    ['JSON', '{"properties":[]}'],
    ['JSON', '{"properties":{"a":{"minimum":"1"}}}'],
    ['JSON', '{"pattern":"("}'],
    ['JSON', '{"$ref":"#/definitions/none"}'],
    ['JSON', '{"$schema":"https://json-schema.org/draft/2020-12/schema"}'],
    ['PROTOBUF', ''],
    ['PROTOBUF', 'syntax = "proto4"; message M {}'],
    ['PROTOBUF', 'message M { string a = 1; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { required string a = 1; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { string a = 1; string b = 1; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { string a = 1; string a = 2; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { string a = 19000; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { reserved 1; string a = 1; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { Other a = 1; }'],
    ['PROTOBUF', 'syntax = "proto3"; enum E { A = 1; }'],
    ['PROTOBUF', 'syntax = "proto2"; message M { extensions 100 to 199; }'],
    ['PROTOBUF', 'syntax = "proto2"; message M { optional group G = 1 { } }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { map<double, string> a = 1; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { string a = 1; '],
  ]
  for (const [format, text] of wrong)
    test(`no ${format}: ${text}`, () => assert.equal(typeof definitionFault(format, text), 'string'))

  test('deep nesting is a fault, and ends', () => {
    const deep = 20_000
    assert.ok(definitionFault('JSON', `${'{"not":'.repeat(deep)}true${'}'.repeat(deep)}`))
    assert.ok(definitionFault('AVRO', `${'{"type":"array","items":'.repeat(deep)}"int"${'}'.repeat(deep)}`))
    assert.ok(definitionFault('PROTOBUF', `${'message M {'.repeat(deep)}${'}'.repeat(deep)}`))
  })

  test('the same but for blanks, comments and the order of members', () => {
    const same = (format: SchemaFormat, a: string, b: string) => definitionHash(format, a) === definitionHash(format, b)
    assert.ok(same('AVRO', '{"type":"fixed","name":"F","size":1}', '{"size": 1, "name": "F", "type": "fixed"}'))
    assert.ok(!same('AVRO', '["int","string"]', '["string","int"]'))
    assert.ok(same('PROTOBUF', 'message M{optional int32 a=1;}', 'message M {\n  optional int32 a = 1; // a\n}'))
    assert.ok(!same('PROTOBUF', 'message M {}', 'message N {}'))
  })
})
