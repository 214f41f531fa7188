import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BIGINT, VARCHAR } from '../types.ts'
import { failure, parseEngineError } from './failures.ts'

test('a failure is a cast that can not succeed', () => {
  assert.equal(
    failure('DIVISION_BY_ZERO', 'Division by zero', BIGINT),
    "CAST(CAST(CAST('!DIVISION_BY_ZERO!Division by zero' AS INTEGER) AS VARCHAR) AS BIGINT)",
  )
  assert.equal(
    failure('INVALID_CAST_ARGUMENT', "it's ", VARCHAR, 'c1'),
    "CAST(CAST('!INVALID_CAST_ARGUMENT!it''s ' || CAST(c1 AS VARCHAR) AS INTEGER) AS VARCHAR)",
  )
})

const MESSAGES: readonly (readonly [string, string | undefined, string?])[] = [
  [
    "Conversion Error: Could not convert string '!DIVISION_BY_ZERO!Division by zero' to INT32\n\nLINE 1: ...",
    'DIVISION_BY_ZERO',
    'Division by zero',
  ],
  [
    "Conversion Error: Could not convert string '!INVALID_CAST_ARGUMENT!Cannot cast 'x' to INT' to INT32 when casting from source column c1",
    'INVALID_CAST_ARGUMENT',
    "Cannot cast 'x' to INT",
  ],
  [
    'Invalid Input Error: !INVALID_FUNCTION_ARGUMENT!Radix must be between 2 and 36',
    'INVALID_FUNCTION_ARGUMENT',
    'Radix must be between 2 and 36',
  ],
  [
    'Out of Range Error: Overflow in multiplication of INT64 (9 * 8)!',
    'NUMERIC_VALUE_OUT_OF_RANGE',
    'bigint multiplication overflow: 9 * 8',
  ],
  [
    "Conversion Error: Type INT64 with value 300 can't be cast because the value is out of range for the destination type INT8",
    'NUMERIC_VALUE_OUT_OF_RANGE',
    'Out of range for tinyint: 300',
  ],
  [
    'Conversion Error: extract specifier "{"a": 1}" not recognized',
    'INVALID_FUNCTION_ARGUMENT',
    `'{"a": 1}' is not a valid TIMESTAMP field`,
  ],
  ['Out of Memory Error: failed to allocate data of size 1.0 GiB', 'EXCEEDED_MEMORY_LIMIT'],
  ['IO Error: No files found', undefined],
]
for (const [message, code, text] of MESSAGES)
  test(message.slice(0, 60), () => {
    const parsed = parseEngineError(message)
    assert.equal(parsed?.code, code)
    if (text !== undefined) assert.equal(parsed?.text, text)
  })
