/** Named queries and prepared statements. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchGetNamedQueryCommand,
  BatchGetPreparedStatementCommand,
  CreateNamedQueryCommand,
  CreatePreparedStatementCommand,
  CreateWorkGroupCommand,
  DeleteNamedQueryCommand,
  DeletePreparedStatementCommand,
  GetNamedQueryCommand,
  GetPreparedStatementCommand,
  ListNamedQueriesCommand,
  ListPreparedStatementsCommand,
  UpdateNamedQueryCommand,
  UpdatePreparedStatementCommand,
} from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(
    "CREATE TABLE fruit AS SELECT * FROM (VALUES (1, 'apple', 1.5), (2, 'pear', 2.5)) AS t (id, name, price)",
  )
})
after(() => a.close())

test('named queries are made, found, changed and deleted', async () => {
  const named = { Name: 'all', Description: 'of it', Database: 'db', QueryString: 'SELECT * FROM fruit' }
  const { NamedQueryId } = await a.athena.send(new CreateNamedQueryCommand(named))
  const get = async () => (await a.athena.send(new GetNamedQueryCommand({ NamedQueryId }))).NamedQuery
  assert.deepEqual(await get(), { ...named, NamedQueryId, WorkGroup: 'primary' })
  await a.athena.send(new UpdateNamedQueryCommand({ NamedQueryId, Name: 'few', QueryString: 'SELECT 1' }))
  assert.deepEqual(await get(), { ...named, NamedQueryId, WorkGroup: 'primary', Name: 'few', QueryString: 'SELECT 1' })
  const missing = '00000000-0000-4000-8000-000000000000'
  const batch = await a.athena.send(new BatchGetNamedQueryCommand({ NamedQueryIds: [NamedQueryId!, missing] }))
  assert.deepEqual(
    [batch.NamedQueries!.map((q) => q.Name), batch.UnprocessedNamedQueryIds!.map((q) => q.NamedQueryId)],
    [['few'], [missing]],
  )
  await a.athena.send(new DeleteNamedQueryCommand({ NamedQueryId }))
  await assert.rejects(get(), { name: 'InvalidRequestException', message: `NamedQuery ${NamedQueryId} was not found` })
})

test('a retry with its token makes no second named query', async () => {
  const ClientRequestToken = 'token-of-a-named-query-0123456789-0123'
  const named = { Name: 'n', Database: 'db', QueryString: 'SELECT 1', ClientRequestToken }
  const made = await Promise.all([1, 2, 3].map(() => a.athena.send(new CreateNamedQueryCommand(named))))
  assert.equal(new Set(made.map((one) => one.NamedQueryId)).size, 1)
  await assert.rejects(a.athena.send(new CreateNamedQueryCommand({ ...named, QueryString: 'SELECT 2' })), {
    message: 'Idempotent parameters do not match',
  })
})

test('named queries are listed by work group, page by page', async () => {
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'shelf' }))
  const made = new Set<string>()
  for (let i = 0; i < 7; i++) {
    const { NamedQueryId } = await a.athena.send(
      new CreateNamedQueryCommand({ Name: `q${i}`, Database: 'db', QueryString: 'SELECT 1', WorkGroup: 'shelf' }),
    )
    made.add(NamedQueryId!)
  }
  const seen: string[] = []
  let NextToken: string | undefined
  do {
    const page = await a.athena.send(new ListNamedQueriesCommand({ WorkGroup: 'shelf', MaxResults: 3, NextToken }))
    seen.push(...page.NamedQueryIds!)
    NextToken = page.NextToken
  } while (NextToken)
  assert.equal(seen.length, 7)
  assert.deepEqual(new Set(seen), made)
})

test('prepared statements through the API', async () => {
  const key = { StatementName: 'by_id', WorkGroup: 'primary' }
  const made = { ...key, QueryStatement: 'SELECT name FROM fruit WHERE id = ?' }
  await a.athena.send(new CreatePreparedStatementCommand({ ...made, Description: 'one' }))
  await assert.rejects(a.athena.send(new CreatePreparedStatementCommand(made)), { name: 'InvalidRequestException' })
  assert.deepEqual(await a.rows('EXECUTE by_id USING 2'), [['pear']])
  assert.deepEqual(await a.rows('EXECUTE by_id', { ExecutionParameters: ['1'] }), [['apple']])
  await a.athena.send(
    new UpdatePreparedStatementCommand({ ...made, QueryStatement: 'SELECT price FROM fruit WHERE id = ?' }),
  )
  const { PreparedStatement } = await a.athena.send(new GetPreparedStatementCommand(key))
  assert.deepEqual(
    [PreparedStatement!.QueryStatement, PreparedStatement!.Description, PreparedStatement!.WorkGroupName],
    ['SELECT price FROM fruit WHERE id = ?', 'one', 'primary'],
  )
  assert.deepEqual(await a.rows('EXECUTE by_id USING 2'), [['2.5']])
  const batch = await a.athena.send(
    new BatchGetPreparedStatementCommand({ PreparedStatementNames: ['by_id', 'nothing'], WorkGroup: 'primary' }),
  )
  assert.deepEqual(
    [
      batch.PreparedStatements!.map((s) => s.StatementName),
      batch.UnprocessedPreparedStatementNames!.map((s) => s.StatementName),
    ],
    [['by_id'], ['nothing']],
  )
  const { PreparedStatements } = await a.athena.send(new ListPreparedStatementsCommand({ WorkGroup: 'primary' }))
  assert.deepEqual(
    PreparedStatements!.map((s) => s.StatementName),
    ['by_id'],
  )
  await a.athena.send(new DeletePreparedStatementCommand(key))
  await assert.rejects(a.athena.send(new GetPreparedStatementCommand(key)), {
    name: 'ResourceNotFoundException',
    message: 'PreparedStatement by_id was not found in workGroup primary',
  })
})

test('prepared statements in SQL are those of the work group', async () => {
  await a.succeed('PREPARE two FROM SELECT ? + id, ? FROM fruit WHERE name = ? ORDER BY 1')
  const { QueryStatement } = (
    await a.athena.send(new GetPreparedStatementCommand({ StatementName: 'two', WorkGroup: 'primary' }))
  ).PreparedStatement!
  assert.equal(QueryStatement, 'SELECT ? + id, ? FROM fruit WHERE name = ? ORDER BY 1')
  const executed = await a.succeed("EXECUTE two USING 10, 'it''s', 'apple'")
  assert.deepEqual([executed.StatementType, executed.SubstatementType], ['DML', 'SELECT'])
  assert.deepEqual(await a.rows("EXECUTE two USING 10, 'it''s', 'apple'"), [['11', "it's"]])
  assert.match(await a.failure('EXECUTE two USING 1'), /Incorrect number of parameters: expected 3 but found 1/)
  await assert.rejects(a.start('EXECUTE two USING 1, 2, 3', { WorkGroup: 'shelf' }), {
    name: 'InvalidRequestException',
  })
  await a.succeed('DEALLOCATE PREPARE two')
  await assert.rejects(a.start('EXECUTE two USING 1, 2, 3'), { name: 'InvalidRequestException' })
})

test('parameters of a query that was not prepared', async () => {
  assert.deepEqual(
    await a.rows('SELECT id FROM fruit WHERE name = ? AND price < ?', { ExecutionParameters: ["'apple'", '2'] }),
    [['1']],
  )
  assert.deepEqual(await a.rows('SELECT id FROM fruit WHERE name = ?', { ExecutionParameters: ['apple'] }), [['1']])
  assert.match(
    await a.failure('SELECT ?, ?', { ExecutionParameters: ['1'] }),
    /^INVALID_PARAMETER_USAGE: .*expected 2 but found 1/,
  )
  const { ExecutionParameters } = await a.succeed('SELECT ?', { ExecutionParameters: ['1'] })
  assert.deepEqual(ExecutionParameters, ['1'])
})

test('parameters are typed as they are written', async () => {
  const types = await a.succeed('SELECT ?, ?, ?, ?, ?, ?, ?', {
    ExecutionParameters: [
      '1',
      "'1'",
      '1.50',
      "DECIMAL '1.50'",
      "DATE '2014-07-05'",
      "TIMESTAMP '2014-07-05 01:02:03.456'",
      "CAST('7' AS bigint)",
    ],
  })
  const { ResultSet } = await a.results(types.QueryExecutionId!)
  assert.deepEqual(
    ResultSet!.ResultSetMetadata!.ColumnInfo!.map((column) => column.Type),
    ['integer', 'varchar', 'double', 'decimal', 'date', 'timestamp', 'bigint'],
  )
  assert.deepEqual(
    ResultSet!.Rows![1]!.Data!.map((datum) => datum.VarCharValue),
    ['1', '1', '1.5', '1.50', '2014-07-05', '2014-07-05 01:02:03.456', '7'],
  )
  // The guide's own case: a text is no date until it is cast.
  assert.match(
    await a.failure("SELECT DATE '2014-07-05' = ?", { ExecutionParameters: ["'2014-07-05'"] }),
    /^TYPE_MISMATCH: /,
  )
  assert.deepEqual(
    await a.rows("SELECT DATE '2014-07-05' = ?", { ExecutionParameters: ["CAST('2014-07-05' AS DATE)"] }),
    [['true']],
  )
  assert.deepEqual(
    await a.rows("SELECT '?', ? FROM fruit WHERE name = ?", { ExecutionParameters: ["'x'", "'pear'"] }),
    [['?', 'x']],
  )
  await assert.rejects(a.start('SELECT ?', { ExecutionParameters: ['1; DROP TABLE fruit'] }), {
    name: 'InvalidRequestException',
  })
  await assert.rejects(a.start('SELECT ?', { ExecutionParameters: ['1, 2'] }), { name: 'InvalidRequestException' })
})

test('parameters may stand in what writes too', async () => {
  await a.succeed('CREATE TABLE few AS SELECT id, name FROM fruit WHERE id < ?', { ExecutionParameters: ['3'] })
  await a.succeed('INSERT INTO few SELECT ?, ?', { ExecutionParameters: ['9', "'plum'"] })
  await a.succeed(
    `UNLOAD (SELECT name FROM few WHERE id > ?) TO 's3://data/few/' WITH (format = 'JSON', compression = 'NONE')`,
    {
      ExecutionParameters: ['5'],
    },
  )
  assert.deepEqual(await a.rows('SELECT name FROM few ORDER BY id'), [['apple'], ['pear'], ['plum']])
})

test('a work group keeps at most a thousand prepared statements', async () => {
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'crowded' }))
  const create = (i: number) =>
    a.athena.send(
      new CreatePreparedStatementCommand({ StatementName: `s${i}`, WorkGroup: 'crowded', QueryStatement: 'SELECT 1' }),
    )
  for (let i = 0; i < 1000; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => create(i + j)))
  await assert.rejects(create(1000), { name: 'InvalidRequestException', message: /at most 1000 prepared statements/ })
  const prepare = (name: string) => a.run(`PREPARE ${name} FROM SELECT 2`, { WorkGroup: 'crowded' })
  assert.match((await prepare('one_more')).Status!.StateChangeReason!, /at most 1000 prepared statements/)
  assert.equal((await prepare('s999')).Status!.State, 'SUCCEEDED')
})

test('what writes can be prepared too', async () => {
  await a.succeed('PREPARE grow FROM INSERT INTO fruit VALUES (?, ?, 3.5)')
  const { SubstatementType } = await a.succeed("EXECUTE grow USING 3, 'fig'")
  assert.equal(SubstatementType, 'INSERT')
  assert.deepEqual(await a.rows('SELECT * FROM fruit WHERE id = 3'), [['3', 'fig', '3.5']])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
