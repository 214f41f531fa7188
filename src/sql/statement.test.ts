import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Statement } from './ast.ts'
import { SqlError } from './position.ts'
import { DEFINITIONS, QUERIES, WRITES } from './samples.ts'
import { classify, parseStatement, statementText } from './statement.ts'
import { formatStatement, type TrinoStatement } from './trino/format.ts'

function messageOf(sql: string): string {
  try {
    parseStatement(sql)
  } catch (error) {
    assert.ok(error instanceof SqlError, String(error))
    return error.message
  }
  return 'parsed'
}

const BEGINNINGS =
  "'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', 'DENY', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', 'PREPARE', 'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', 'TRUNCATE', 'UNLOAD', 'UPDATE', 'USE', <query>"

/** As measured on Athena engine version 3 (athena-local, docs/dev/measurements). */
const REFUSALS: readonly (readonly [sql: string, message: string])[] = [
  [
    "USING EXTERNAL FUNCTION f(a int) RETURNS double SAGEMAKER 'endpoint' SELECT f(1)",
    'line 1:25: Functions of SageMaker are not supported: f',
  ],
  [
    "USING EXTERNAL FUNCTION f(a int) LAMBDA 'x' SELECT f(1)",
    "line 1:34: mismatched input 'LAMBDA'. Expecting: 'RETURNS'",
  ],
  ['SELEC 1', `line 1:1: mismatched input 'SELEC'. Expecting: ${BEGINNINGS}`],
  ['-- only', `line 1:8: mismatched input '<EOF>'. Expecting: ${BEGINNINGS}`],
  ['/* only */', `line 1:11: mismatched input '<EOF>'. Expecting: ${BEGINNINGS}`],
  ['/* c SELECT 1', `line 1:1: mismatched input '/'. Expecting: ${BEGINNINGS}`],
  ['MSCK REPAIR TABLE "t"', `line 1:1: mismatched input 'MSCK'. Expecting: ${BEGINNINGS}`],
  ['OPTIMIZE"t" REWRITE DATA USING BIN_PACK', `line 1:1: mismatched input 'OPTIMIZE'. Expecting: ${BEGINNINGS}`],
  ['SELECT;', "line 1:7: mismatched input '<EOF>'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"],
  [
    'CREATE EXTERNAL TABLE my-table (a int)',
    "line 1:8: mismatched input 'EXTERNAL'. Expecting: 'MATERIALIZED', 'MULTI', 'OR', 'PROTECTED', 'ROLE', 'SCHEMA', 'TABLE', 'VIEW'",
  ],
  [
    'CREATE OR REPLACE TABLE t AS SELECT 1',
    "line 1:19: mismatched input 'TABLE'. Expecting: 'MATERIALIZED', 'MULTI', 'PROTECTED', 'VIEW'",
  ],
  ['ALTER TABLE"t" ADD COLUMNS (m1 int)', "line 1:20: mismatched input 'COLUMNS'. Expecting: '.', 'ADD'"],
  [
    'ALTER TABLE t ALTER COLUMN m SET DATA TYPE bigint',
    "line 1:15: mismatched input 'ALTER'. Expecting: '.', 'ADD', 'DROP', 'EXECUTE', 'RENAME', 'SET'",
  ],
  ['ALTER TABLE t ADD COLUMN m int', "line 1:19: no viable alternative at input 'ALTER TABLE t ADD COLUMN'"],
  ['ALTER TABLE t SET PROPERTIES x = 1', "line 1:19: no viable alternative at input 'ALTER TABLE t SET PROPERTIES'"],
  ['ALTER TABLE t EXECUTE optimize', "line 1:15: no viable alternative at input 'ALTER TABLE t EXECUTE'"],
  ['ALTER TABLE IF EXISTS t RENAME TO u', "line 1:16: no viable alternative at input 'ALTER TABLE IF EXISTS'"],
  ['ALTER TABLE\nIF EXISTS t RENAME TO u', "line 2:4: no viable alternative at input 'ALTER TABLE\\nIF EXISTS'"],
  ['ALTER TABLE "nope" RENAME TO u', `line 1:13: no viable alternative at input 'ALTER TABLE "nope"'`],
  ['  DESCRIBE "t"', `line 1:10: no viable alternative at input 'DESCRIBE "t"'`],
  ['/* あ */ DESCRIBE "t"', `line 1:18: no viable alternative at input 'DESCRIBE "t"'`],
  ['DESCRIBE\r\n"t"', `line 2:1: no viable alternative at input 'DESCRIBE\\r\\n"t"'`],
  ['CREATE TABLE x (n int NOT NULL)', "line 1:23: no viable alternative at input 'CREATE TABLE x (n int NOT'"],
  ['CREATE TABLE x ("n" int)', `line 1:17: no viable alternative at input 'CREATE TABLE x ("n"'`],
  ['CREATE TABLE x (n row(a int))', "line 1:23: no viable alternative at input 'CREATE TABLE x (n row(a'"],
  [
    "CREATE TABLE x (n int) WITH (format = 'ORC')",
    "line 1:29: no viable alternative at input 'CREATE TABLE x (n int) WITH ('",
  ],
  [
    'CREATE TABLE IF NOT EXISTS "t" (n int)',
    `line 1:28: no viable alternative at input 'CREATE TABLE IF NOT EXISTS "t"'`,
  ],
  ['SHOW CREATE TABLE "t"', 'Queries of this type are not supported'],
  ['DESCRIBE a.b.C.d', 'Invalid table name a.b.c.d'],
  ['SHOW COLUMNS FROM a.b."C".d', 'Invalid table name a.b.c.d'],
  ['SHOW CREATE TABLE a.b.c.d.e', 'Invalid table name a.b.c.d.e'],
  ['CREATE TABLE a.b.c.d AS SELECT 1 AS n', 'Invalid table name a.b.c.d'],
  ['DESCRIBE db."t"', `line 1:13: no viable alternative at input 'db."t"'`],
  ['DESC "db".t', `line 1:6: no viable alternative at input 'DESC "db"'`],
  ['SHOW COLUMNS IN db."t"', `line 1:20: no viable alternative at input 'db."t"'`],
  ['DROP TABLE IF EXISTS db."t"', `line 1:25: no viable alternative at input 'db."t"'`],
  ['ALTER TABLE a."db".t RENAME TO x', `line 1:15: no viable alternative at input 'ALTER TABLE a."db"'`],
  ['SHOW CREATE TABLE db."t"', 'Queries of this type are not supported'],
  ['DROP TABLE a.b.c.d', "line 1:17: mismatched input '.' expecting {<EOF>, 'PURGE'}"],
  ['ALTER TABLE a.b.c.d RENAME TO x', "line 1:18: no viable alternative at input 'ALTER TABLE a.b.c.'"],
  ['SHOW TABLES IN a.b.c', "line 1:19: mismatched input '.' expecting {<EOF>, 'LIKE', STRING}"],
  ['SHOW TABLES IN a.b."c"', "line 1:19: extraneous input '.' expecting {<EOF>, 'LIKE', STRING}"],
  [
    'CREATE TABLE a.b.c.d (n int)',
    "line 1:19: mismatched input '.' expecting {<EOF>, '(', 'SELECT', 'FROM', 'AS', 'ROW', 'WITH', 'VALUES', 'TABLE', 'INSERT', 'MAP', 'COMMENT', 'REDUCE', 'TBLPROPERTIES', 'SKEWED', 'STORED', 'LOCATION', 'CLUSTERED', 'PARTITIONED'}",
  ],
  ['CREATE TABLE db."t" (n int)', `line 1:17: no viable alternative at input 'CREATE TABLE db."t"'`],
  ['ALTER TABLE t RENAME COLUMN a TO b', "line 1:22: missing 'TO' at 'COLUMN'"],
  ['alter table t drop column if exists m', "line 1:30: mismatched input 'exists' expecting {<EOF>, '.'}"],
  ['ALTER TABLE t DROP COLUMNS (m)', "line 1:20: mismatched input 'COLUMNS'. Expecting: '.', 'DROP'"],
  [
    'ALTER TABLE t REPLACE COLUMN (n int)',
    "line 1:15: mismatched input 'REPLACE'. Expecting: '.', 'ADD', 'DROP', 'EXECUTE', 'RENAME', 'SET'",
  ],
  ['ALTER TABLE IF EXISTS t ADD COLUMNS (m int)', "line 1:29: mismatched input 'COLUMNS'. Expecting: '.', 'ADD'"],
  [
    'ALTER TABLE IF EXISTS t ALTER COLUMN m SET DATA TYPE bigint',
    "line 1:25: mismatched input 'ALTER'. Expecting: '.', 'ADD', 'DROP', 'RENAME'",
  ],
  ['ALTER TABLE IF EXISTS "t" DROP COLUMN m', "line 1:16: no viable alternative at input 'ALTER TABLE IF EXISTS'"],
  ['SHOW STATS FOR t', 'Queries of this type are not supported'],
  ['DESCRIBE INPUT p', 'Queries of this type are not supported'],
  ["EXPORT TABLE t TO 'x'", 'Queries of this type are not supported'],
  // What the grammar of DDL reads as a query: some measured there, some reported by users of Athena.
  ['SELECT FROM', 'Queries of this type are not supported'],
  ['SELECT * FROM', 'Queries of this type are not supported'],
  ['SELECT 1\nFROM;', 'Queries of this type are not supported'],
  ['SELECT a.start, a.end, a.id FROM appointment a', 'Queries of this type are not supported'],
  [
    "SELECT * FROM t WHERE d BETWEEN lpad(CAST('1'), 2, '0') AND '2' LIMIT 50",
    'Queries of this type are not supported',
  ],
  ["SELECT i FROM 0000000000_cur WHERE i NOT LIKE '' LIMIT 10", 'Queries of this type are not supported'],
  ["INSERT INTO t PARTITION (year = '2026') SELECT 1", 'Queries of this type are not supported'],
  ['SELECT 1 +', "line 1:11: mismatched input '<EOF>'. Expecting: <expression>"],
  ['ALTER VIEW orders FORCE ADD DIALECT AS SELECT 1', 'Queries of this type are not supported'],
  ['ALTER VIEW db.orders DROP DIALECT', 'Queries of this type are not supported'],
  ['ALTER VIEW orders RENAME TO dialect', "line 1:7: no viable alternative at input 'ALTER VIEW'"],
  ['SELECT count(*) FROM t WHERE x IN ()', "line 1:36: mismatched input ')'. Expecting: <expression>, <query>"],
  ['SELECT 1; SELEC 2', 'Only one sql statement is allowed. Got: SELECT 1; SELEC 2'],
  ['SELECT 1; -- c', 'Only one sql statement is allowed. Got: SELECT 1; -- c'],
  [';', 'Empty sql statement: ;'],
]

for (const [sql, message] of REFUSALS)
  test(`refused as Athena does: ${JSON.stringify(sql)}`, () => assert.equal(messageOf(sql), message))

test('a name in double quotes is text to the grammar of DDL', () => {
  for (const [sql, place, text] of [
    ['DROP TABLE "nope"', '1:12', '"nope"'],
    ['SHOW COLUMNS FROM "t"', '1:19', '"t"'],
    ['SHOW TABLES IN "db"', '1:16', '"db"'],
    ['DESCRIBE a.db."t"', '1:15', '"t"'],
  ]) {
    const [head, list] = messageOf(sql!).split(' expecting ')
    assert.equal(head, `line ${place}: mismatched input '${text}'`)
    assert.match(list!, /^\{'SELECT', 'FROM', 'ADD', 'AS', .*, IDENTIFIER, BACKQUOTED_IDENTIFIER\}$/)
  }
})

test('the statement is kept without blanks and semicolons around it', () => {
  for (const sql of ['  SELECT 1;', 'SELECT 1\t;', ';SELECT 1', 'SELECT 1;;', '\n\nSELECT 1\n', 'SELECT 1; \r\n'])
    assert.equal(statementText(sql), 'SELECT 1')
  for (const sql of ["SELECT 'a;b'", 'SELECT 1 AS "a;b"', 'SELECT 1 -- a;b', 'SELECT 1 /* a;b */'])
    assert.equal(statementText(sql), sql)
  assert.equal(statementText("SHOW TABLES 'it\\'s;';"), "SHOW TABLES 'it\\'s;'")
})

/** Values of GetQueryExecution as measured, comments and odd spacing included. */
const CLASSES: readonly (readonly [sql: string, type: string, substatement: string])[] = [
  ['-- SELECT\nSHOW TABLES', 'UTILITY', 'SHOW_TABLES'],
  ['/* SHOW TABLES */ SELECT 1', 'DML', 'SELECT'],
  ['(SELECT 1)', 'DML', 'SELECT'],
  ['TABLE t', 'DML', 'SELECT'],
  ["SELECT'a'", 'DML', 'SELECT'],
  ['VALUES(1)', 'DML', 'SELECT'],
  ['WITH"w" AS (SELECT 1 AS x) SELECT x FROM "w"', 'DML', 'SELECT'],
  ['EXPLAIN(TYPE IO) SELECT 1', 'DML', 'EXPLAIN'],
  ['EXPLAIN ANALYZE SELECT 1', 'DML', 'EXPLAIN'],
  ['CREATE TABLE"c1" AS SELECT 1 AS x', 'DDL', 'CREATE_TABLE_AS_SELECT'],
  ['CREATE TABLE t AS(SELECT 1 AS n)', 'DDL', 'CREATE_TABLE_AS_SELECT'],
  ['CREATE TABLE t (n) AS VALUES 1', 'DDL', 'CREATE_TABLE_AS_SELECT'],
  ['CREATE /* c */ TABLE t (n int)', 'DDL', 'CREATE_TABLE'],
  ['CREATE VIEW"v1" AS SELECT 1 AS x', 'DDL', 'CREATE_VIEW'],
  ['DROP VIEW"v1"', 'DDL', 'DROP_VIEW'],
  ['SHOW CREATE VIEW"v1"', 'UTILITY', 'SHOW_CREATE_VIEW'],
  ['SHOW CREATE TABLE t', 'UTILITY', 'SHOW_CREATE_TABLE'],
  ['SHOW TBLPROPERTIES t', 'UTILITY', 'SHOW_TABLE_PROPERTIES'],
  ['SHOW COLUMNS FROM t', 'UTILITY', 'SHOW_COLUMNS'],
  ['SHOW PARTITIONS t', 'UTILITY', 'SHOW_PARTITIONS'],
  ['SHOW FUNCTIONS', 'UTILITY', 'SHOW_FUNCTIONS'],
  ['DESC t', 'UTILITY', 'DESCRIBE_TABLE'],
  ['MSCK REPAIR TABLE t', 'DDL', 'MSCK_REPAIR'],
  ['CREATE SCHEMA d', 'DDL', 'CREATE_DATABASE'],
  ['DROP DATABASE d', 'DDL', 'DROP_DATABASE'],
  ['DROP TABLE t', 'DDL', 'DROP_TABLE'],
  ['INSERT INTO t SELECT 1', 'DML', 'INSERT'],
  ['ALTER TABLE t ADD COLUMNS (c string)', 'DDL', 'ALTER_TABLE_ADD_COLUMN'],
  ['ALTER TABLE t REPLACE COLUMNS (c string)', 'DDL', 'ALTER_TABLE_REPLACE_COLUMN'],
  ['ALTER TABLE t CHANGE COLUMN n n2 int', 'DDL', 'ALTER_TABLE_CHANGE_COLUMN'],
  ["ALTER TABLE t SET TBLPROPERTIES ('a' = 'add column')", 'DDL', 'ALTER_TABLE_PROPERTIES'],
  ["ALTER TABLE t ADD PARTITION (p = 'v')", 'DDL', 'ALTER_TABLE_ADD_PARTITION'],
  ["ALTER TABLE t DROP PARTITION (p = 'v')", 'DDL', 'ALTER_TABLE_DROP_PARTITION'],
  ['ALTER TABLE t RENAME TO u', 'DDL', 'ALTER_TABLE_RENAME'],
]

test('statements are classified as Athena classifies them', () => {
  for (const [sql, type, substatement] of CLASSES)
    assert.deepEqual(classify(parseStatement(sql)), { type, substatement }, sql)
})

test('a view keeps the text of its query, a prepared statement its own, and parameters are counted', () => {
  const view = parseStatement('CREATE VIEW v AS /* why */ SELECT  1 AS a -- end\n;')
  assert.equal(view.kind === 'create-view' && view.queryText, 'SELECT  1 AS a')
  const prepared = parseStatement('PREPARE p FROM  INSERT INTO t VALUES (?, ?) ')
  assert.equal(prepared.kind === 'prepare' && prepared.text, 'INSERT INTO t VALUES (?, ?)')
  const query = parseStatement('SELECT ? FROM t WHERE a = ? OFFSET ? LIMIT ?')
  assert.ok(query.kind === 'query' && query.limit && 'parameter' in query.limit && query.limit.parameter === 3)
})

/** Linear congruential generator, so that a failure comes again. */
function randomizer(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const SCRAPS = [
  '(',
  ')',
  ',',
  "'",
  '"',
  '`',
  '--',
  '/*',
  '*/',
  ';',
  '.',
  '?',
  ' AS ',
  ' SELECT ',
  '->',
  '0',
  '\\',
  '日',
  '\u0000',
  '<',
  'WITH ',
]

function mutate(sql: string, random: (below: number) => number): string {
  let text = sql
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(text.length + 1)
    const to = Math.min(text.length, at + random(8))
    const scrap = SCRAPS[random(SCRAPS.length)] as string
    switch (random(4)) {
      case 0:
        text = text.slice(0, at) + text.slice(to)
        break
      case 1:
        text = text.slice(0, at) + scrap + text.slice(at)
        break
      case 2:
        text = text.slice(0, to) + text.slice(at)
        break
      default:
        text = text.slice(0, at) + scrap + text.slice(to)
    }
  }
  return text
}

const PRINTED = new Set(
  'query explain create-table-as insert delete update merge unload create-view drop-view prepare execute deallocate'.split(
    ' ',
  ),
)
const isTrino = (tree: Statement): tree is TrinoStatement => PRINTED.has(tree.kind)
const parseTrino = (sql: string): TrinoStatement => parseStatement(sql) as TrinoStatement

function refusalOf(sql: string): unknown {
  try {
    assert.ok(parseStatement(sql).kind)
    return undefined
  } catch (error) {
    return error
  }
}

test('whatever the text, parsing ends in a tree that can be printed or in a SqlError within the text', () => {
  const samples = [...QUERIES, ...WRITES, ...DEFINITIONS]
  const random = randomizer(20_240_115)
  for (let i = 0; i < 6000; i++) {
    const sql = mutate(samples[random(samples.length)] as string, random)
    const error = refusalOf(sql)
    if (error === undefined) {
      const tree = parseStatement(sql)
      const printed = isTrino(tree) ? formatStatement(tree) : ''
      if (isTrino(tree)) assert.equal(formatStatement(parseTrino(printed)), printed, sql)
      continue
    }
    assert.ok(error instanceof SqlError, `${JSON.stringify(sql)}: ${(error as Error).stack}`)
    const { position } = error
    if (position) assert.ok(position.line >= 1 && position.column >= 1 && position.start <= sql.length, sql)
    else assert.match(error.message, /^(Only one sql|Empty sql|Queries of this type)/)
  }
})
