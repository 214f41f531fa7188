import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from '../../src/lentic.ts'
import type { RunningServer } from '../../src/main.ts'
import { launch, run } from './process.ts'

let lake: RunningServer
let environment: Record<string, string>
before(async () => {
  lake = await start({ engine: { workers: 2, memoryBytes: 512 << 20 } })
  environment = { LENTIC_ENDPOINT: lake.endpoint }
})
after(() => lake.stop())

const QUERY = `SELECT * FROM (VALUES (1, 'a,"b"', DECIMAL '1.50', true), (NULL, 'c|d', NULL, false)) AS t (n, s, d, b) ORDER BY n`

test('a table for people', async () => {
  const answer = await run(['sql', QUERY], environment)
  assert.equal(answer.code, 0, answer.err)
  assert.equal(
    answer.out,
    `┌───┬───────┬──────┬───────┐
│ n │ s     │ d    │ b     │
├───┼───────┼──────┼───────┤
│ 1 │ a,"b" │ 1.50 │ true  │
│ ∅ │ c|d   │    ∅ │ false │
└───┴───────┴──────┴───────┘
`,
  )
  assert.match(answer.err, /^2 rows · 0 B scanned · .* · \$0 on AWS\n$/)
})

test('csv, json and markdown for programs', async () => {
  const csv = await run(['sql', '--format=csv', QUERY], environment)
  assert.equal(csv.out, 'n,s,d,b\n1,"a,""b""",1.50,true\n,c|d,,false\n')
  const json = await run(['sql', '--format', 'json', QUERY], environment)
  assert.deepEqual(JSON.parse(json.out), [
    { n: 1, s: 'a,"b"', d: '1.50', b: true },
    { n: null, s: 'c|d', d: null, b: false },
  ])
  const markdown = await run(['sql', '--format', 'markdown', QUERY], environment)
  assert.equal(
    markdown.out,
    '| n | s | d | b |\n| ---: | --- | ---: | --- |\n| 1 | a,"b" | 1.50 | true |\n|  | c\\|d |  | false |\n',
  )
})

test('more rows than a page of the API', async () => {
  const answer = await run(
    ['sql', '--format', 'csv', 'SELECT x FROM UNNEST(sequence(1, 2500)) AS t (x) ORDER BY x'],
    environment,
  )
  assert.equal(answer.out, `x\n${Array.from({ length: 2500 }, (_, i) => `${i + 1}\n`).join('')}`)
})

test('a statement from standard input, and one without rows', async () => {
  const made = await run(['sql', '-'], environment, 'CREATE DATABASE shop\n')
  assert.equal(made.code, 0, made.err)
  assert.equal(made.out, '')
  const listed = await run(['sql', '--format', 'csv', 'SHOW DATABASES'], environment)
  assert.match(listed.out, /^shop$/m)
})

test('a statement that writes says how many rows', async () => {
  const made = await run(
    ['sql', '--database', 'shop', 'CREATE TABLE two AS SELECT * FROM (VALUES 1, 2) AS t (n)'],
    environment,
  )
  assert.equal(made.out, '')
  assert.match(made.err, /^2 rows written · 0 B scanned /)
  const added = await run(['sql', '--database', 'shop', 'INSERT INTO two VALUES 3'], environment)
  assert.match(added.err, /^1 row written · /)
})

test("a failure exits with 1 and Athena's message", async () => {
  const unknown = await run(['sql', 'SELECT nothing FROM nowhere'], environment)
  assert.equal(unknown.code, 1)
  assert.equal(unknown.out, '')
  assert.match(unknown.err, /line 1:21: .*does not exist/)
  const refused = await run(['sql', ''], environment)
  assert.equal(refused.code, 1)
  assert.match(refused.err, /^lentic: /)
})

test('what is wrong with a call exits with 2 and says how to call it', async () => {
  for (const args of [
    ['sql'],
    ['sql', 'SELECT 1', 'SELECT 2'],
    ['sql', '--colour', 'red', 'SELECT 1'],
    ['sql', 'SELECT 1', '--format'],
  ]) {
    const answer = await run(args, environment)
    assert.equal(answer.code, 2, args.join(' '))
    assert.match(answer.err, /usage: lentic sql/)
  }
  const format = await run(['sql', '--format', 'constructor', 'SELECT 1'], environment)
  assert.equal(format.code, 2)
  assert.match(format.err, /table, csv, json, markdown/)
  for (const name of ['constructor', 'no-such-command']) {
    const command = await run([name])
    assert.equal(command.code, 2)
    assert.match(command.err, new RegExp(`there is no command '${name}'`))
  }
})

test('help is an answer, not a failure', async () => {
  for (const args of [
    [],
    ['help'],
    ['--help'],
    ['serve', '--help'],
    ['sql', '-h'],
    ['status', '--help'],
    ['tour', '--help'],
  ]) {
    const answer = await run(args)
    assert.equal(answer.code, 0, args.join(' '))
    assert.match(answer.out, /lentic/)
    assert.equal(answer.err, '')
  }
  assert.match((await run(['--version'])).out, /^lentic \d+\.\d+\.\d+\n$/)
})

test('nobody there is said, with what to do', async () => {
  for (const args of [['sql', 'SELECT 1'], ['status']]) {
    const answer = await run([...args, '--endpoint', 'http://127.0.0.1:9'])
    assert.equal(answer.code, 1)
    assert.match(answer.err, /nobody answers at http:\/\/127\.0\.0\.1:9: start the server with 'lentic serve'/)
  }
})

test('Ctrl-C stops the query', async () => {
  const endless =
    'SELECT sum(a.x * b.x % 7) FROM UNNEST(sequence(1, 10000)) AS a (x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b (x) CROSS JOIN UNNEST(sequence(1, 10000)) AS c (x)'
  const command = launch(['sql', endless], environment)
  await queries('RUNNING')
  command.child.kill('SIGINT')
  const answer = await command.ended
  assert.equal(answer.code, 130, answer.err)
  assert.equal(answer.out, '')
  await queries('CANCELLED')
})

/** Resolves when the newest query is in this state. */
async function queries(state: string): Promise<void> {
  const { AthenaClient, GetQueryExecutionCommand, ListQueryExecutionsCommand } = await import('@aws-sdk/client-athena')
  const client = new AthenaClient(lake)
  for (;;) {
    const { QueryExecutionIds: [id] = [] } = await client.send(new ListQueryExecutionsCommand({ MaxResults: 1 }))
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
    if (QueryExecution?.Status?.State === state && /CROSS JOIN/.test(QueryExecution.Query!)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('progress is lines when standard error is no terminal, and never in the rows', async () => {
  const answer = await run(['sql', '--format', 'csv', 'SELECT 1 AS one'], environment)
  assert.equal(answer.out, 'one\n1\n')
  assert.doesNotMatch(answer.err.replaceAll('\n', ''), /\p{Cc}/u)
})

test('the tour builds its five tables and compares them', async () => {
  const answer = await run(['tour', '--size', '0.002'], environment)
  assert.equal(answer.code, 0, answer.err)
  for (const title of [
    'CSV, a partition per day',
    'Parquet, per day, projected',
    'All five gave the same answer',
    'approx_distinct',
    'its result reused',
  ])
    assert.ok(answer.out.includes(title), answer.out)
})
