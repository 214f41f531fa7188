import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchGetQueryExecutionCommand,
  CreateWorkGroupCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetQueryRuntimeStatisticsCommand,
  ListQueryExecutionsCommand,
  type QueryStagePlanNode,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** Joins that keep any engine busy until it is stopped. */
const ENDLESS =
  'SELECT count(*) FROM UNNEST(sequence(1, 9000)) AS a (x) CROSS JOIN UNNEST(sequence(1, 9000)) AS b (y) CROSS JOIN UNNEST(sequence(1, 9000)) AS c (z) WHERE sqrt(x * 1e0) + y + z < 0'
const request = (QueryString: string, ClientRequestToken: string) => ({
  QueryString,
  ClientRequestToken,
  QueryExecutionContext: { Database: 'db' },
  ResultConfiguration: { OutputLocation: 's3://results/' },
})
const rejected = (promise: Promise<unknown>, message: string | RegExp, code: string) =>
  assert.rejects(promise, (error: Error & { AthenaErrorCode?: string }) => {
    assert.equal(error.name, 'InvalidRequestException')
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    assert.equal(error.AthenaErrorCode, code)
    return true
  })

test('an execution tells what was asked, where its result is and how it went', async () => {
  const execution = await a.succeed('  SELECT 1 AS n ;\n', {
    QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: 'DB' },
  })
  assert.equal(execution.Query, 'SELECT 1 AS n')
  assert.equal(execution.StatementType, 'DML')
  assert.equal(execution.SubstatementType, 'SELECT')
  assert.deepEqual(execution.QueryExecutionContext, { Catalog: 'awsdatacatalog', Database: 'db' })
  assert.equal(execution.ResultConfiguration!.OutputLocation, `s3://results/${execution.QueryExecutionId}.csv`)
  assert.equal(execution.WorkGroup, 'primary')
  assert.deepEqual(execution.EngineVersion, {
    SelectedEngineVersion: 'AUTO',
    EffectiveEngineVersion: 'Athena engine version 3',
  })
  const { SubmissionDateTime, CompletionDateTime, AthenaError, StateChangeReason } = execution.Status!
  assert.ok(CompletionDateTime! >= SubmissionDateTime!)
  assert.equal(AthenaError, undefined)
  assert.equal(StateChangeReason, undefined)
  assert.equal(execution.Statistics!.DataScannedInBytes, 0)
  assert.equal(
    execution.Statistics!.TotalExecutionTimeInMillis,
    CompletionDateTime!.getTime() - SubmissionDateTime!.getTime(),
  )
})

test('a database in backquotes is that database, as awswrangler sends it', async () => {
  const execution = await a.succeed('SHOW TABLES', { QueryExecutionContext: { Database: '`DB`' } })
  assert.equal(execution.QueryExecutionContext?.Database, 'db')
})

test('the same token starts one query, however many ask at once', async () => {
  const token = 'one-token-for-all-of-them-0123456789'
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => a.athena.send(new StartQueryExecutionCommand(request('SELECT 12', token)))),
  )
  assert.equal(new Set(answers.map((one) => one.QueryExecutionId)).size, 1)
  const again = await a.athena.send(
    new StartQueryExecutionCommand({ ...request('SELECT 12', token), ExecutionParameters: ['1'] }),
  )
  assert.equal(again.QueryExecutionId, answers[0]!.QueryExecutionId)
  const mismatch = (changed: object) =>
    rejected(
      a.athena.send(new StartQueryExecutionCommand({ ...request('SELECT 12', token), ...changed })),
      'Idempotent parameters do not match',
      'IDEMPOTENT_PARAMETER_MISMATCH',
    )
  await mismatch({ QueryString: 'SELECT 12 ' })
  await mismatch({ QueryExecutionContext: { Database: 'other' } })
  await mismatch({ ResultConfiguration: { OutputLocation: 's3://results/elsewhere/' } })
})

test('a token is not used up by a query that is refused', async () => {
  const token = 'refused-at-first-0123456789-0123456789'
  await rejected(a.athena.send(new StartQueryExecutionCommand(request('SELEC 1', token))), /SELEC/, 'MALFORMED_QUERY')
  assert.ok((await a.athena.send(new StartQueryExecutionCommand(request('SELECT 1', token)))).QueryExecutionId)
})

test('a running query is cancelled and its engine stops working on it', async () => {
  const id = await a.start(ENDLESS)
  for (;;) {
    const { QueryExecution } = await a.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
    if (QueryExecution!.Status!.State === 'RUNNING') break
  }
  await rejected(a.results(id), 'Query has not yet finished. Current state: RUNNING', 'INVALID_QUERY_EXECUTION_STATE')
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
  const { Status } = await a.ended(id)
  assert.equal(Status!.State, 'CANCELLED')
  assert.equal(Status!.StateChangeReason, 'Query cancelled by user')
  await rejected(a.results(id), 'Could not find results', 'RESULT_NOT_FOUND')
  assert.deepEqual(await a.rows('SELECT 1'), [['1']])
})

test('a queued query is cancelled before it begins, and those behind it go on', async () => {
  const busy = await Promise.all([a.start(ENDLESS), a.start(ENDLESS)])
  const queued = await a.start('SELECT 3')
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: queued }))
  assert.equal((await a.ended(queued)).Status!.State, 'CANCELLED')
  const last = await a.start('SELECT 4')
  for (const id of busy) await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
  assert.equal((await a.ended(last)).Status!.State, 'SUCCEEDED')
})

test('stopping a query that is over changes nothing', async () => {
  const { QueryExecutionId } = await a.succeed('SELECT 5 AS n')
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId }))
  assert.equal((await a.ended(QueryExecutionId!)).Status!.State, 'SUCCEEDED')
  assert.deepEqual((await a.results(QueryExecutionId!)).ResultSet!.Rows![1]!.Data, [{ VarCharValue: '5' }])
})

test('many executions at once, and those that are not there', async () => {
  const ids = await Promise.all([a.start('SELECT 1'), a.start('SELECT 2')])
  for (const id of ids) await a.ended(id)
  const missing = '01234567-89ab-4def-8123-456789abcdef'
  const { QueryExecutions, UnprocessedQueryExecutionIds } = await a.athena.send(
    new BatchGetQueryExecutionCommand({ QueryExecutionIds: [...ids, missing] }),
  )
  assert.deepEqual(
    QueryExecutions!.map((one) => one.Query),
    ['SELECT 1', 'SELECT 2'],
  )
  assert.deepEqual(UnprocessedQueryExecutionIds, [
    {
      QueryExecutionId: missing,
      ErrorCode: 'QUERY_EXECUTION_NOT_FOUND',
      ErrorMessage: `QueryExecution ${missing} was not found`,
    },
  ])
  for (const command of [
    new GetQueryExecutionCommand({ QueryExecutionId: missing }),
    new GetQueryResultsCommand({ QueryExecutionId: missing, MaxResults: 1000 }),
    new GetQueryRuntimeStatisticsCommand({ QueryExecutionId: missing }),
  ])
    await rejected(
      a.athena.send(command as GetQueryExecutionCommand),
      `QueryExecution ${missing} was not found`,
      'QUERY_EXECUTION_NOT_FOUND',
    )
})

test('the list goes from the newest to the oldest, page by page', async () => {
  const started: string[] = []
  for (let i = 0; i < 5; i++) started.push((await a.succeed(`SELECT ${i}`)).QueryExecutionId!)
  const seen: string[] = []
  let NextToken: string | undefined
  do {
    const page = await a.athena.send(new ListQueryExecutionsCommand({ MaxResults: 2, NextToken }))
    assert.ok(page.QueryExecutionIds!.length <= 2)
    seen.push(...page.QueryExecutionIds!)
    NextToken = page.NextToken
  } while (NextToken)
  assert.deepEqual(seen.slice(0, 5), started.toReversed())
  assert.equal(new Set(seen).size, seen.length)
  await rejected(
    a.athena.send(new ListQueryExecutionsCommand({ NextToken: 'nonsense' })),
    'The nextPageToken is malformed: nonsense',
    'INVALID_INPUT',
  )
})

test('runtime statistics add up', async () => {
  const { QueryExecutionId, Statistics } = await a.succeed('SELECT x FROM UNNEST(sequence(1, 7)) AS t (x)')
  const { QueryRuntimeStatistics } = await a.athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId }))
  assert.equal(QueryRuntimeStatistics!.Rows!.OutputRows, 7)
  assert.equal(QueryRuntimeStatistics!.OutputStage!.State, 'SUCCEEDED')
  assert.equal(QueryRuntimeStatistics!.Timeline!.TotalExecutionTimeInMillis, Statistics!.TotalExecutionTimeInMillis)
})

test('rows that went in are those of the row groups that were read', async () => {
  await a.succeed(`CREATE TABLE grouped_rows AS SELECT a * 1000 + b AS n, a FROM UNNEST(sequence(0, 299)) AS s (a)
    CROSS JOIN UNNEST(sequence(0, 999)) AS t (b) ORDER BY n`)
  const inputRows = async (sql: string) => {
    const { QueryExecutionId } = await a.succeed(sql)
    const answer = await a.athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId }))
    return answer.QueryRuntimeStatistics!.Rows!.InputRows
  }
  assert.equal(await inputRows('SELECT sum(a) FROM grouped_rows'), 300_000)
  assert.equal(await inputRows('SELECT count(*) FROM grouped_rows'), 300_000)
  // DuckDB writes 122,880 rows to a group.
  assert.equal(await inputRows('SELECT sum(a) FROM grouped_rows WHERE n < 10'), 122_880)
  assert.equal(await inputRows('SELECT sum(a) FROM grouped_rows WHERE n IN (5, 299999)'), 122_880 + 54_240)
  assert.equal(await inputRows('SELECT sum(a) FROM grouped_rows WHERE a % 7 = 3'), 300_000)
  const joined = 'SELECT count(*) FROM grouped_rows x JOIN grouped_rows y ON x.n = y.n + 200000 WHERE x.a > 1'
  assert.ok([undefined, 600_000].includes(await inputRows(joined)))
  assert.equal(await inputRows('SELECT count(*) FROM grouped_rows x JOIN grouped_rows y ON x.n = y.n'), 600_000)
  assert.equal(await inputRows('SELECT 1'), 0)
})

test('runtime statistics tell the stages of a query: each table read, and what was made of it', async () => {
  const text = '1,a\n2,b\n3,a\n'
  await a.put('staged/x.csv', text)
  await a.succeed(`CREATE EXTERNAL TABLE staged (n int, s string)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/staged/'`)
  const statistics = async (sql: string) => {
    const { QueryExecutionId } = await a.succeed(sql)
    const answer = await a.athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId }))
    return answer.QueryRuntimeStatistics!
  }
  const nodes = (node: QueryStagePlanNode | undefined): string[] =>
    node ? [`${node.Name}${node.RemoteSources!.join()}`, ...(node.Children ?? []).flatMap(nodes)] : []
  const grouped = await statistics('SELECT s, count(*) AS c FROM staged WHERE n > 0 GROUP BY s ORDER BY s')
  assert.deepEqual(
    [grouped.Rows!.InputBytes, grouped.Rows!.OutputRows, grouped.Rows!.OutputBytes],
    [text.length, 2, '"s","c"\n"a","2"\n"b","1"\n'.length],
  )
  const [source, ...more] = grouped.OutputStage!.SubStages!
  assert.deepEqual([grouped.Rows!.InputRows, source!.InputRows], [3, 3])
  assert.deepEqual([source!.StageId, source!.State, source!.InputBytes, more], [1, 'SUCCEEDED', text.length, []])
  const upper = nodes(grouped.OutputStage!.QueryStagePlan)
  assert.deepEqual([upper[0], upper.at(-1)], ['Output', 'RemoteSource1'])
  assert.ok(upper.includes('Aggregate') && upper.includes('Sort'), upper.join())
  const lower = nodes(source!.QueryStagePlan)
  assert.ok(lower.includes('Filter') && lower.at(-1) === 'TableScan', lower.join())
  await a.put('other/y.csv', '1\n2\n')
  await a.succeed(`CREATE EXTERNAL TABLE other (n int) LOCATION 's3://data/other/'`)
  const two = await statistics('SELECT count(*) FROM staged JOIN other ON staged.n = other.n')
  assert.equal(two.Rows!.InputRows, 5)
  assert.deepEqual(
    two.OutputStage!.SubStages!.map((stage) => stage.InputBytes).sort((x, y) => x! - y!),
    [4, text.length],
  )
  const joined = await statistics(
    'SELECT count(*) FROM staged a JOIN staged b ON a.n = b.n WHERE b.n IN (SELECT n FROM staged)',
  )
  assert.deepEqual(
    joined.OutputStage!.SubStages!.map((stage) => nodes(stage.QueryStagePlan).at(-1)),
    ['TableScan', 'TableScan', 'TableScan'],
  )
  const written = await statistics(
    `CREATE TABLE staged_copy WITH (format = 'TEXTFILE', write_compression = 'NONE') AS SELECT n FROM staged`,
  )
  assert.deepEqual([written.Rows!.OutputRows, written.Rows!.OutputBytes], [3, '1\n2\n3\n'.length])
})

test('a query that scans more than its work group allows is cancelled', async () => {
  await a.athena.send(
    new CreateWorkGroupCommand({
      Name: 'frugal',
      Configuration: {
        BytesScannedCutoffPerQuery: 10_000_000,
        ResultConfiguration: { OutputLocation: 's3://results/frugal/' },
      },
    }),
  )
  await a.put('big/lines.csv', Buffer.alloc(10_500_000, `${'0123456789'.repeat(10)}\n`))
  await a.succeed(`CREATE EXTERNAL TABLE big (line string) LOCATION 's3://data/big/'`)
  const { Status, Statistics } = await a.run('SELECT count(DISTINCT line) FROM big', { WorkGroup: 'frugal' })
  assert.equal(Status!.State, 'CANCELLED')
  assert.equal(Status!.StateChangeReason, 'Bytes scanned limit was exceeded')
  assert.equal(Statistics!.DataScannedInBytes, 10_000_000)
  assert.equal((await a.run('SELECT count(*) FROM big')).Status!.State, 'SUCCEEDED')
})

test('what a restart finds unfinished has failed; what was over stays as it was', async () => {
  const before = await athenaLake()
  const done = await before.succeed('SELECT 42 AS n')
  const left = await before.start(ENDLESS)
  const lake = await before.lake.restart()
  try {
    assert.deepEqual((await before.results(done.QueryExecutionId!)).ResultSet!.Rows![1]!.Data, [{ VarCharValue: '42' }])
    const { Status } = await before.ended(left)
    assert.ok(['FAILED', 'CANCELLED'].includes(Status!.State!), Status!.State)
    assert.ok(Status!.StateChangeReason)
  } finally {
    await lake.stop()
  }
})

test('a query whose text is too long, or nothing, is refused', async () => {
  await rejected(a.start('SELECT 1', { QueryString: `SELECT '${'x'.repeat(262_144)}'` }), /262144/, 'INVALID_INPUT')
  await rejected(a.start(';'), 'Empty sql statement: ;', 'MALFORMED_QUERY')
  await rejected(
    a.start('SELECT 1; SELECT 2'),
    'Only one sql statement is allowed. Got: SELECT 1; SELECT 2',
    'MALFORMED_QUERY',
  )
})

test('where the result goes is checked before the text', async () => {
  const to = (OutputLocation: string | undefined) => ({ ResultConfiguration: { OutputLocation } })
  await rejected(a.start('SELEC 1', to('nowhere')), 'outputLocation is not a valid S3 path.', 'INVALID_INPUT')
  await rejected(
    a.start('SELECT 1', to('s3://not-there/')),
    'Unable to verify/create output bucket not-there',
    'INVALID_INPUT',
  )
  await rejected(a.start('SELECT 1', to(undefined)), /^No output location provided/, 'INVALID_INPUT')
  await rejected(a.start('SELECT 1', { WorkGroup: 'nobody' }), 'WorkGroup is not found.', 'INVALID_INPUT')
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
