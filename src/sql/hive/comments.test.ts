import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStatement } from '../statement.ts'
import { commentFailure } from './comments.ts'

const failure = (sql: string): string | undefined => commentFailure(sql, parseStatement(sql))

/** As measured on Athena; every reason begins with `FAILED: ParseException`. */
const MEASURED: readonly (readonly [sql: string, reason: string])[] = [
  ['/* c */ SHOW CREATE TABLE t', "line 1:0 cannot recognize input near '/' '*' 'c'"],
  ['/**/ SHOW CREATE TABLE t', "line 1:0 cannot recognize input near '/' '*' '*'"],
  ['/* , */ MSCK REPAIR TABLE t', "line 1:0 cannot recognize input near '/' '*' ','"],
  ["/* 'x' */ SHOW CREATE TABLE t", "line 1:0 cannot recognize input near '/' '*' ''x''"],
  ['/* || */ SHOW CREATE TABLE t', "line 1:0 cannot recognize input near '/' '*' '|'"],
  ['/* あ */ SHOW CREATE TABLE t', "line 1:0 cannot recognize input near '/' '*' '*'"],
  ['SHOW /* c */ CREATE TABLE t', "line 1:5 cannot recognize input near 'SHOW' '/' '*' in ddl statement"],
  ['SHOW  /* c */ CREATE TABLE t', "line 1:5 cannot recognize input near 'SHOW' '/' '*' in ddl statement"],
  ['show\n/* c */ create table t', "line 2:0 cannot recognize input near 'show' '/' '*' in ddl statement"],
  ['SHOW CREATE /* c */ TABLE t', "line 1:12 mismatched input '/' expecting TABLE near 'CREATE' in show statement"],
  ['SHOW CREATE TABLE /* 1 */ t', "line 1:18 cannot recognize input near '/' '*' '1' in table name"],
  ['SHOW CREATE TABLE db./* c */t', "line 1:21 cannot recognize input near 'db' '.' '/' in table name"],
  ['MSCK /* c */ REPAIR TABLE t', "line 1:5 missing EOF at '/' near 'MSCK'"],
  ['MSCK REPAIR /* c */ TABLE t', "line 1:12 missing EOF at '/' near 'REPAIR'"],
  ['MSCK REPAIR TABLE db.t /* c */', "line 1:23 missing EOF at '/' near 't'"],
  [
    'ALTER /* c */ TABLE t ADD COLUMNS (a int)',
    "line 1:0 cannot recognize input near 'ALTER' '/' '*' in alter statement",
  ],
  ['ALTER TABLE /* c */ t ADD COLUMNS (a int)', "line 1:12 cannot recognize input near '/' '*' 'c' in table name"],
  [
    'ALTER TABLE db.t /* c */ ADD COLUMNS (a int)',
    "line 1:17 cannot recognize input near '/' '*' 'c' in alter table statement",
  ],
  ['DESC /* c */ t', "line 1:0 cannot recognize input near 'DESC' '/' '*' in describe statement"],
  [
    'DESCRIBE EXTENDED /* c */ t',
    "line 1:18 cannot recognize input near '/' '*' 'c' in specifying describe table types",
  ],
]

for (const [sql, reason] of MEASURED)
  test(`fails on a Hive table: ${JSON.stringify(sql)}`, () =>
    assert.equal(failure(sql), `FAILED: ParseException ${reason}`))

test('other statements and other comments do not fail', () => {
  for (const sql of [
    'SHOW PARTITIONS /* c */ t',
    'SHOW TBLPROPERTIES /* c */ t',
    'SHOW COLUMNS FROM /* c */ t',
    'SHOW CREATE /* c */ VIEW v',
    'CREATE EXTERNAL /* c */ TABLE t (n int)',
    "ALTER /* c */ TABLE t ADD PARTITION (p = 'x')",
    'DESCRIBE -- /* c */\nt',
    "ALTER TABLE t ADD COLUMNS (a int COMMENT '/* c */')",
  ])
    assert.equal(failure(sql), undefined, sql)
})
