import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from '../position.ts'
import { typeName } from '../types.ts'
import { hiveTypeName, parseHiveType } from './type.ts'

// Trino's Hive connector: "Hive type mapping"; Athena: "Data types in Amazon Athena".
const mapping: readonly [hive: string, trino: string, kept?: string][] = [
  ['boolean', 'boolean'],
  ['tinyint', 'tinyint'],
  ['smallint', 'smallint'],
  ['int', 'integer'],
  ['INTEGER', 'integer', 'int'],
  ['bigint', 'bigint'],
  ['long', 'bigint', 'bigint'],
  ['float', 'real'],
  ['double', 'double'],
  ['string', 'varchar'],
  ['binary', 'varbinary'],
  ['date', 'date'],
  ['timestamp', 'timestamp(3)'],
  ['timestamp with local time zone', 'timestamp(3) with time zone'],
  ['decimal', 'decimal(10,0)', 'decimal(10,0)'],
  ['decimal(12)', 'decimal(12,0)', 'decimal(12,0)'],
  ['decimal(38, 10)', 'decimal(38,10)', 'decimal(38,10)'],
  ['varchar(10)', 'varchar(10)'],
  ['char( 3 )', 'char(3)', 'char(3)'],
  ['array<int>', 'array(integer)'],
  ['map<string,array<double>>', 'map(varchar, array(double))'],
  [
    'struct<userIdentity:struct<type:string,arn:string>,tags:map<string,string>>',
    'row(userIdentity row(type varchar, arn varchar), tags map(varchar, varchar))',
  ],
  ['struct< a : int , `b:c` : string >', 'row(a integer, b:c varchar)', 'struct<a:int,`b:c`:string>'],
  ['struct<int:int,my field:bigint>', 'row(int integer, my field bigint)'],
]

for (const [hive, trino, kept] of mapping)
  test(`${hive} is ${trino}`, () => {
    const type = parseHiveType(hive)
    assert.equal(typeName(type), trino)
    assert.equal(hiveTypeName(type), kept ?? hive)
  })

const refused: readonly [text: string, code: string][] = [
  ['', 'HIVE_INVALID_METADATA'],
  ['text', 'HIVE_INVALID_METADATA'],
  ['array<int', 'HIVE_INVALID_METADATA'],
  ['array<int>>', 'HIVE_INVALID_METADATA'],
  ['struct<a int>', 'HIVE_INVALID_METADATA'],
  ['decimal(39,0)', 'HIVE_INVALID_METADATA'],
  ['decimal(4,5)', 'HIVE_INVALID_METADATA'],
  ['varchar(0)', 'HIVE_INVALID_METADATA'],
  ['uniontype<int,string>', 'NOT_SUPPORTED'],
  [`${'array<'.repeat(100_000)}int`, 'NOT_SUPPORTED'],
]

for (const [text, code] of refused)
  test(`${text.slice(0, 30)} is refused`, () => {
    assert.throws(
      () => parseHiveType(text),
      (error) => error instanceof SqlError && error.code === code,
    )
  })

test('an error says where', () => {
  assert.throws(() => parseHiveType('array<text>'), {
    message: "Error: type expected at the position 6 of 'array<text>' but 'text' is found.",
  })
})

test('types that Hive does not have are refused', () => {
  assert.throws(() => hiveTypeName({ kind: 'json' }), { message: 'Unsupported Hive type: json' })
  assert.throws(() => hiveTypeName({ kind: 'row', fields: [{ type: { kind: 'date' } }] }), SqlError)
})
