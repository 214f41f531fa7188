import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Dialect, lex } from './lexer.ts'

const kinds = (sql: string, dialect: Dialect = 'trino'): string[] =>
  lex(sql, dialect).map(({ kind, text }) => `${kind} ${text}`)

test('positions count lines and columns from 1 and offsets in UTF-16 units', () => {
  const tokens = lex("/* 😀\n */ a\r\n  'x\ny' b", 'trino')
  const places = tokens.map(({ text, line, column, start, end }) => [text, line, column, start, end])
  assert.deepEqual(places, [
    ['a', 2, 5, 10, 11],
    ["'x\ny'", 3, 3, 15, 20],
    ['b', 4, 4, 21, 22],
    ['<EOF>', 4, 5, 22, 22],
  ])
})

test('numbers and words that look like numbers', () => {
  assert.deepEqual(kinds('1 1.5 .5 1. 1e5 1.5E-3 1x 1e 1e5x 1.5x'), [
    'integer 1',
    'decimal 1.5',
    'decimal .5',
    'decimal 1.',
    'double 1e5',
    'double 1.5E-3',
    'digit-word 1x',
    'digit-word 1e',
    'digit-word 1e5x',
    'decimal 1.5',
    'word x',
    'eof <EOF>',
  ])
})

test('double quotes are names to Trino and strings to Hive; X and U& are literals only to Trino', () => {
  assert.deepEqual(kinds("\"a\" `b` X'00' U&'c'"), [
    'quoted "a"',
    'backquoted `b`',
    "binary X'00'",
    "unicode-string U&'c'",
    'eof <EOF>',
  ])
  assert.deepEqual(kinds('"a" X\'00\'', 'hive'), ['string "a"', 'word X', "string '00'", 'eof <EOF>'])
})

test('doubled quotes stand for one, and backslashes escape only in Hive', () => {
  assert.deepEqual(
    lex(`'it''s' "a""b" 'c\\'`, 'trino').map(({ value }) => value),
    ["it's", 'a"b', 'c\\', '<EOF>'],
  )
  assert.deepEqual(
    lex(`'it\\'s' "a\\tb"`, 'hive').map(({ value }) => value),
    ["it's", 'a\tb', '<EOF>'],
  )
})

test('quotes that never close and characters of no meaning are kept as unknown', () => {
  assert.deepEqual(kinds("a 'b c"), ['word a', "unknown '", 'eof <EOF>'])
  assert.deepEqual(kinds('a 日 😀'), ['word a', 'unknown 日', 'unknown 😀', 'eof <EOF>'])
  assert.deepEqual(kinds('a /* b'), ['word a', 'operator /', 'operator *', 'word b', 'eof <EOF>'])
})

test('an opening parenthesis knows what closes it', () => {
  assert.deepEqual(
    lex('((a) b', 'trino').map(({ closes }) => closes),
    [-1, 3, -1, -1, -1, -1],
  )
})
