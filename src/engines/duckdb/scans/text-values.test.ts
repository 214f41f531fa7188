import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance, listValue } from '@duckdb/node-api'
import { dice } from '../../../formats/seeded.fixture.ts'
import { BIGINT, INTEGER, SMALLINT, TINYINT, type Type } from '../../../sql/types.ts'
import { castOf, castText, integerFromText } from './text-values.ts'

const RANGES: readonly (readonly [Type, bigint])[] = [
  [TINYINT, 1n << 7n],
  [SMALLINT, 1n << 15n],
  [INTEGER, 1n << 31n],
  [BIGINT, 1n << 63n],
]

const ODD = `5 +5 -5 007 0 -0 +0 00 1_000 1__0 0x10 0X1F 0xFFFFFFFF 0b11 5. 5.0 .5 5.5 9.5 99.5 1e3 1E3 1e+3 1e2 12e2 12e3 1.2e3 1.23e5
  1.239e2 1.5e1 9e0 1e-3 100e-2 + - -- +-1 --5 1, 12abc NaN inf nan null true 9223372036854775807 9223372036854775808 -9223372036854775808
  -9223372036854775809 92233720368547758070 2147483647 2147483648 -2147483648 32767 32768 127 128 -128 -129 100 1000 10 99 101
  １２ 1\u00a0 1\u0000 12345678901234567890123 1e17 12e17 99999999999999e4 1_0e2 10_0 0_1 1_`
const ALPHABET = '00112359..__eE+-x '

/** As Hive reads a whole number: digits after at most one sign, within the range of the type. */
function wholeNumber(text: string, most: bigint): string | null {
  if (!/^[+-]?[0-9]+$/.test(text)) return null
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''))
  return value >= -most && value < most ? String(value) : null
}

/** The same in every run. */
function randomTexts(count: number): string[] {
  const below = dice(42)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(8) }, () => ALPHABET[below(ALPHABET.length)]).join(''),
  )
}

test('a whole number is digits after at most one sign, whichever way it is read', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const texts = [...ODD.split(/\s+/), '', ' ', ' 5', '5 ', '\t5', '5\n', '\u000b5', ...randomTexts(40_000)]
  for (const [type, most] of RANGES) {
    const ways = [integerFromText(type, 'f'), integerFromText(type, 'f', castOf('f'))]
    const below = `SELECT f, ${castText(type, 'f')} AS ${castOf('f')} FROM (SELECT unnest($1::VARCHAR[]) AS f)`
    const query = `SELECT ${ways.map((way) => `CAST(${way} AS VARCHAR)`).join(', ')} FROM (${below})`
    const rows = (await connection.runAndReadAll(query, [listValue(texts)])).getRowsJson()
    for (const [i, text] of texts.entries()) {
      const expected = wholeNumber(text, most)
      assert.deepEqual(rows[i], [expected, expected], `${type.kind} of ${JSON.stringify(text)}`)
    }
  }
  connection.closeSync()
})
