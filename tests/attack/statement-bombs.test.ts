/** Statements of a line that ask for more than there is: refused, or stopped when their caller stops them, and others are answered. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { StopQueryExecutionCommand } from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed("CREATE TABLE t AS SELECT 1 AS n, 'a' AS s")
})
after(async () => {
  const { log } = a.lake
  await a.close()
  assert.deepEqual(log, [])
})

const numbers = (name: string, count = 10_000) => `UNNEST(sequence(1, ${count})) ${name}(x)`
const many = `${numbers('a')} CROSS JOIN ${numbers('b')} CROSS JOIN ${numbers('c')}`

test('what is too much from the start', async () => {
  assert.match(await a.failure('SELECT cardinality(sequence(1, 1000000000000))'), /^INVALID_FUNCTION_ARGUMENT: /)
  const sets = Array.from({ length: 40 }, (_, i) => `c${i}`)
  const row = `(VALUES (${sets.map(() => 1)})) t (${sets})`
  assert.match(await a.failure(`SELECT count(*) FROM ${row} GROUP BY CUBE (${sets})`), /^TOO_MANY_GROUPING_SETS: /)
  const endless = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r'
  assert.match(await a.failure(endless), /Recursion depth limit exceeded/)
})

test('views that double', async () => {
  await a.succeed('CREATE VIEW v0 AS SELECT n FROM t')
  for (let i = 1; i <= 8; i++)
    await a.succeed(`CREATE VIEW v${i} AS SELECT x.n FROM v${i - 1} x JOIN v${i - 1} y ON x.n = y.n`)
  assert.match(await a.failure('SELECT count(*) FROM v8 a JOIN v8 b ON a.n = b.n'), /^STACK_OVERFLOW: /)
  assert.deepEqual(await a.rows('SELECT count(*) FROM v3'), [['1']])
})

test('views that double and are wide', async () => {
  const columns = Array.from({ length: 400 }, (_, i) => `c${i}`)
  await a.succeed(`CREATE VIEW w0 AS SELECT ${columns.map((name, i) => `n + ${i} AS ${name}`)} FROM t`)
  const sums = columns.map((name, i) => `x.${name} + y.${columns.at(i - 1)} AS ${name}`)
  for (let i = 1; i <= 3; i++)
    await a.succeed(`CREATE VIEW w${i} AS SELECT ${sums} FROM w${i - 1} x JOIN w${i - 1} y ON x.c0 = y.c0`)
  // Each of the eight tables has 1 + i, and the ways to a sum lead back over up to three columns.
  assert.deepEqual(await a.rows('SELECT c3 FROM w3'), [['20']])
  const all = Array.from({ length: 16 }, (_, i) => `w3 t${i}`)
  assert.match(await a.failure(`SELECT count(*) FROM ${all.join(' CROSS JOIN ')}`), /^STACK_OVERFLOW: /)
})

test('a text longer than any is more than there is room for', async () => {
  const sql = "SELECT length(regexp_replace(rpad(s, 1000000, 'a'), 'a', rpad(s, 1000, 'b'))) FROM t"
  assert.match(await a.failure(sql), /^EXCEEDED_MEMORY_LIMIT: /)
})

test('what takes more memory than there is fails alone', async () => {
  const id = await a.start(`SELECT cardinality(array_agg(a.x)) FROM ${many}`)
  assert.deepEqual(await a.rows('SELECT n FROM t'), [['1']])
  const { State, StateChangeReason } = (await a.ended(id)).Status!
  assert.equal(State, 'FAILED')
  assert.match(StateChangeReason!, /^EXCEEDED_MEMORY_LIMIT: /)
})

/** DuckDB looks for the best order of joins by trying them: of so many that all hang on one there are too many. */
const joined = Array.from({ length: 66 }, (_, i) => `t t${i}`)
const star = `SELECT count(*) FROM ${joined} WHERE ${joined
  .slice(1)
  .map((_, i) => `t${i + 1}.n = t0.n`)
  .join(' AND ')}`

test('what takes for ever stops when its caller stops it', async () => {
  for (const sql of [
    star,
    `SELECT count(*) FROM ${many} WHERE a.x + b.x * c.x = -1`,
    "SELECT length(lpad(s, 2000000000, 'y')) FROM t",
  ]) {
    const id = await a.start(sql)
    assert.deepEqual(await a.rows('SELECT n FROM t'), [['1']])
    await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
    assert.match((await a.ended(id)).Status!.State!, /^(?:CANCELLED|FAILED|SUCCEEDED)$/, sql)
  }
})
