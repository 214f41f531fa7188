import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from '../position.ts'
import { statementText } from '../statement.ts'
import { withinStack } from './height.ts'
import { parseExpression, parseTrinoStatement } from './parser.ts'

/** Without Athena's second reading of what Trino refuses. */
const parseStatement = (sql: string) => parseTrinoStatement(statementText(sql))

function messageOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    assert.ok(error instanceof SqlError, String(error))
    return error.message
  }
  return 'parsed'
}

/** Texts of the parser of Trino 422. */
const BROKEN: readonly (readonly [sql: string, message: string])[] = [
  ['SELECT a FROM t LEFT JOIN u', "line 1:28: mismatched input '<EOF>'. Expecting: 'ON', 'USING'"],
  ['SELECT a FROM t JOIN u x.y', "line 1:25: mismatched input '.'. Expecting: 'ON', 'USING'"],
  ['WITH q AS (SELECT 1 AS n)', "line 1:26: mismatched input '<EOF>'. Expecting: '(', 'SELECT', 'TABLE', 'VALUES'"],
  ['SELECT a FROM UNNEST(v', "line 1:23: mismatched input '<EOF>'. Expecting: ')', ','"],
  [
    'SELECT sum(a) OVER (PARTITION',
    "line 1:30: mismatched input '<EOF>'. Expecting: ')', 'BY', 'GROUPS', 'MEASURES', 'ORDER', 'PARTITION', 'RANGE', 'ROWS'",
  ],
  [
    'SELECT sum(a) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT',
    "line 1:57: mismatched input '<EOF>'. Expecting: '%', '(', '*', '+', '-', '->', '.', '/', 'AND', 'AT', 'FOLLOWING', 'OR', 'OVER', 'PRECEDING', 'ROW', '[', '||', <predicate>, <string>",
  ],
  ['SELECT (', "line 1:9: mismatched input '<EOF>'. Expecting: ')', <expression>, <query>"],
  [
    'SELECT (1, 2',
    "line 1:13: mismatched input '<EOF>'. Expecting: '%', ')', '*', '+', ',', '-', '.', '/', 'AND', 'AT', 'OR', '[', '||', <predicate>",
  ],
  ['SELECT row(', "line 1:12: mismatched input '<EOF>'. Expecting: ')', '*', 'ALL', 'DISTINCT', 'ORDER', <expression>"],
  ['SELECT d AT TIME', "line 1:17: mismatched input '<EOF>'. Expecting: 'ZONE'"],
  [
    'SELECT a FROM t GROUP BY GROUPING SETS ((a',
    "line 1:43: mismatched input '<EOF>'. Expecting: '%', '(', ')', '*', '+', ',', '-', '->', '.', '/', 'AND', 'AT', 'OR', 'OVER', '[', '||', <predicate>, <string>",
  ],
  ['SELECT a FROM t GROUP BY GROUPING', "line 1:34: mismatched input '<EOF>'. Expecting: '(', 'SETS'"],
  [
    'SELECT count(*) 2',
    "line 1:17: mismatched input '2'. Expecting: '%', '*', '+', ',', '-', '.', '/', 'AND', 'AS', 'AT', 'EXCEPT', 'FETCH', 'FILTER', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'OVER', 'UNION', 'WHERE', 'WINDOW', '[', '||', <EOF>, <identifier>, <predicate>",
  ],
  [
    'SELECT f((a) 1',
    "line 1:14: mismatched input '1'. Expecting: '%', ')', '*', '+', ',', '-', '->', '.', '/', 'AND', 'AT', 'OR', 'ORDER', '[', '||', <predicate>",
  ],
]

/** Texts of Trino's own tests of its parser, and of Athena where it differs. */
const STATEMENTS: readonly (readonly [sql: string, message: string])[] = [
  ['select * from foo where @what', "line 1:25: mismatched input '@'. Expecting: <expression>"],
  [
    "select * from 'oops",
    "line 1:15: mismatched input '''. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>",
  ],
  [
    'select *\nfrom x\nfrom',
    "line 3:1: mismatched input 'from'. Expecting: ',', '.', 'AS', 'CROSS', 'EXCEPT', 'FETCH', 'FOR', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'MATCH_RECOGNIZE', 'NATURAL', 'OFFSET', 'ORDER', 'RIGHT', 'TABLESAMPLE', 'UNION', 'WHERE', 'WINDOW', <EOF>, <identifier>",
  ],
  ['select *\nfrom x\nwhere from', "line 3:7: mismatched input 'from'. Expecting: <expression>"],
  ['SELECT', "line 1:7: mismatched input '<EOF>'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"],
  ['SELECT 1 +', "line 1:11: mismatched input '<EOF>'. Expecting: <expression>"],
  [
    'select * from `foo`',
    'line 1:15: backquoted identifiers are not supported; use double quotes to quote identifiers',
  ],
  [
    'select * from foo `bar`',
    'line 1:19: backquoted identifiers are not supported; use double quotes to quote identifiers',
  ],
  [
    'select 1x from dual',
    'line 1:8: identifiers must not start with a digit; surround the identifier with double quotes',
  ],
  [
    'select fuu from dual order by fuu order by fuu',
    "line 1:35: mismatched input 'order'. Expecting: '%', '*', '+', ',', '-', '.', '/', 'AND', 'ASC', 'AT', 'DESC', 'FETCH', 'LIMIT', 'NULLS', 'OFFSET', 'OR', '[', '||', <EOF>, <predicate>",
  ],
  ['select fuu from dual limit 10 order by fuu', "line 1:31: mismatched input 'order'. Expecting: <EOF>"],
  [
    'select CAST(12223222232535343423232435343 AS BIGINT)',
    'line 1:1: Invalid numeric literal: 12223222232535343423232435343',
  ],
  [
    'select CAST(-12223222232535343423232435343 AS BIGINT)',
    'line 1:1: Invalid numeric literal: -12223222232535343423232435343',
  ],
  ['select foo.!', "line 1:12: mismatched input '!'. Expecting: '*', <identifier>"],
  ['select foo(,1)', "line 1:12: mismatched input ','. Expecting: ')', '*', 'ALL', 'DISTINCT', 'ORDER', <expression>"],
  ['select foo(DISTINCT)', "line 1:20: mismatched input ')'. Expecting: <expression>"],
  ['select foo(DISTINCT ,1)', "line 1:21: mismatched input ','. Expecting: <expression>"],
  [
    'SELECT grouping(a+2) FROM (VALUES (1)) AS t (a) GROUP BY a+2',
    "line 1:18: mismatched input '+'. Expecting: ')', ',', '.'",
  ],
  [
    'SELECT x() over (ROWS select) FROM t',
    "line 1:23: mismatched input 'select'. Expecting: 'BETWEEN', 'CURRENT', 'UNBOUNDED', <expression>",
  ],
  ['SELECT X() OVER (ROWS UNBOUNDED) FROM T', "line 1:32: mismatched input ')'. Expecting: 'FOLLOWING', 'PRECEDING'"],
  ['SELECT a FROM x ORDER BY (SELECT b FROM t WHERE ', "line 1:48: mismatched input '<EOF>'. Expecting: <expression>"],
  ['SELECT a FROM a AS x TABLESAMPLE x ', "line 1:34: mismatched input 'x'. Expecting: 'BERNOULLI', 'SYSTEM'"],
  [
    'SELECT a AS z FROM t GROUP BY CUBE (a),',
    "line 1:40: mismatched input '<EOF>'. Expecting: '(', 'CUBE', 'GROUPING', 'ROLLUP', <expression>",
  ],
  [
    'SELECT * FROM (',
    "line 1:16: mismatched input '<EOF>'. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>, <query>",
  ],
  ['SELECT CAST(a AS )', "line 1:18: mismatched input ')'. Expecting: <type>"],
  ['SELECT CAST(a AS decimal()', "line 1:26: mismatched input ')'. Expecting: <integer>, <type>"],
  ['SELECT foo(*) filter (', "line 1:23: mismatched input '<EOF>'. Expecting: 'WHERE'"],
  [
    'SELECT * FROM t t x',
    "line 1:19: mismatched input 'x'. Expecting: '(', ',', 'CROSS', 'EXCEPT', 'FETCH', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'MATCH_RECOGNIZE', 'NATURAL', 'OFFSET', 'ORDER', 'RIGHT', 'TABLESAMPLE', 'UNION', 'WHERE', 'WINDOW', <EOF>",
  ],
  ['SELECT * FROM t WHERE EXISTS (', "line 1:31: mismatched input '<EOF>'. Expecting: <query>"],
  ['SELECT "" FROM t', 'line 1:8: Zero-length delimited identifier not allowed'],
  ['SELECT a FROM "".s.t', 'line 1:15: Zero-length delimited identifier not allowed'],
]

for (const [sql, message] of [...BROKEN, ...STATEMENTS])
  test(`refused as Trino does: ${sql}`, () =>
    assert.equal(
      messageOf(() => parseStatement(sql)),
      message,
    ))

test('expressions are refused as Trino does', () => {
  assert.equal(
    messageOf(() => parseExpression('')),
    "line 1:1: mismatched input '<EOF>'. Expecting: <expression>",
  )
  assert.equal(
    messageOf(() => parseExpression('1 + 1 x')),
    "line 1:7: mismatched input 'x'. Expecting: '%', '*', '+', '-', '.', '/', 'AND', 'AT', 'OR', '[', '||', <EOF>, <predicate>",
  )
})

test('literals that cannot be decoded are errors', () => {
  assert.match(
    messageOf(() => parseExpression("U&'\\00G1'")),
    /Invalid hexadecimal digit: G/,
  )
  assert.match(
    messageOf(() => parseExpression("U&'\\004'")),
    /Incomplete escape sequence/,
  )
  assert.match(
    messageOf(() => parseExpression("U&'!d800' UESCAPE '!'")),
    /surrogate/,
  )
  assert.match(
    messageOf(() => parseExpression("X'ABC'")),
    /even number of digits/,
  )
  assert.match(
    messageOf(() => parseExpression("X'xy'")),
    /hexadecimal digits/,
  )
})

test('what the grammar has but nothing here runs is refused by name', () => {
  for (const sql of ['GRANT SELECT ON t TO u', 'SET SESSION a = 1'])
    assert.throws(() => parseStatement(sql), { code: 'NOT_SUPPORTED' }, sql)
})

const times = (text: string, count: number): string => text.repeat(count)

/** Each of these would exhaust the stack, or take quadratic time, in a parser without limits. */
const WALLS: Readonly<Record<string, string>> = {
  parentheses: `select ${times('(', 10_000)}1${times(')', 10_000)}`,
  'parentheses never closed': `select ${times('(', 500_000)}`,
  subqueries: `${times('select * from (', 10_000)}select 1`,
  calls: `select ${times('f(', 10_000)}`,
  cases: `select ${times('case when ', 10_000)}`,
  arrays: `select ${times('array[', 10_000)}`,
  types: `select cast(1 as ${times('array(', 10_000)}`,
  lambdas: `select ${times('x -> ', 10_000)}1`,
  signs: `select ${times('- ', 100_000)}1`,
  negations: `select ${times('not ', 100_000)}true`,
  sums: `select 1${times(' + 1', 100_000)}`,
  unions: `select 1${times(' union all select 1', 20_000)}`,
  joins: `select * from a${times(' join b on true', 20_000)}`,
  subscripts: `select a${times('[1]', 50_000)}`,
  explains: `${times('explain ', 50_000)}select 1`,
  relations: `select * from ${times('(', 10_000)}a`,
}

for (const [name, sql] of Object.entries(WALLS))
  test(`too large: ${name}`, () =>
    assert.equal(
      messageOf(() => parseStatement(sql)),
      'line 1:1: statement is too large (stack overflow while parsing)',
    ))

test('depth and length that generated SQL really has are accepted', () => {
  for (const sql of [
    `select ${times('(', 350)}1${times(')', 350)}`,
    `${times('select * from (', 190)}select 1${times(') t', 190)}`,
    `select 1${times(' + 1', 1000)}`,
    `select 1${times(' union all select 1', 1000)}`,
    `select x = 1${times(' or x = 1', 20_000)}`,
    `select x in (1${times(', 1', 20_000)})`,
    `values ${times('(1), ', 20_000)}1`,
    `select${times(' ', 1_000_000)}1;`,
  ])
    assert.equal(parseStatement(sql).kind, 'query')
})

test('a caller with too little stack left gets the same answer', () => {
  const forever = (): number => forever() + 1
  assert.equal(
    messageOf(() => withinStack(forever)),
    'line 1:1: statement is too large (stack overflow while parsing)',
  )
})

test('what never ends is an error where it began', () => {
  assert.match(
    messageOf(() => parseStatement(times('/* ', 200_000))),
    /^line 1:1: mismatched input '\/'/,
  )
  assert.match(
    messageOf(() => parseStatement(`select 1 as "${times('a', 1000)}`)),
    /^line 1:13: mismatched input '"'/,
  )
  assert.match(
    messageOf(() => parseStatement("select 1\n, 'abc")),
    /^line 2:3: mismatched input '''/,
  )
})
