/** Joins of tables of text, which the engine knows nothing of: the catalog's statistics tell it in which order. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetColumnStatisticsTaskRunCommand, StartColumnStatisticsTaskRunCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  const lines = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')
  await a.put(
    'sales/a.csv',
    lines(20_000, (i) => `${i},${i % 500},${i % 7}`),
  )
  await a.put(
    'customers/a.csv',
    lines(500, (i) => `${i},customer ${i}`),
  )
  await a.put(
    'regions/a.csv',
    lines(7, (i) => `${i},region ${i}`),
  )
  for (const [name, columns] of [
    ['sales', 'id bigint, customer int, region int'],
    ['customers', 'id int, name string'],
    ['regions', 'id int, name string'],
  ])
    await a.succeed(`CREATE EXTERNAL TABLE ${name} (${columns})
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/${name}/'`)
})
after(() => a.close())

async function reckon(TableName: string): Promise<void> {
  const run = new StartColumnStatisticsTaskRunCommand({
    DatabaseName: 'db',
    TableName,
    Role: 'arn:aws:iam::000000000000:role/r',
  })
  const { ColumnStatisticsTaskRunId } = await a.glue.send(run)
  for (;;) {
    const { ColumnStatisticsTaskRun } = await a.glue.send(
      new GetColumnStatisticsTaskRunCommand({ ColumnStatisticsTaskRunId }),
    )
    if (ColumnStatisticsTaskRun!.Status === 'SUCCEEDED') return
    assert.notEqual(ColumnStatisticsTaskRun!.Status, 'FAILED', ColumnStatisticsTaskRun!.ErrorMessage)
    await sleep(10)
  }
}

const QUERY = `SELECT r.name, count(*), min(c.name) FROM regions r, customers c, sales s
  WHERE s.region = r.id AND s.customer = c.id GROUP BY 1 ORDER BY 1`

/** The tables of a plan, in the order of their scans. */
const scans = (plan: readonly string[]) => plan.flatMap((line) => /awsdatacatalog:db:(\w+)/.exec(line)?.[1] ?? [])

test('statistics put the large table first, and EXPLAIN says what they are', async () => {
  const before = await a.rows(QUERY)
  const plan = await a.lines(`EXPLAIN ${QUERY}`)
  assert.deepEqual(scans(plan), ['regions', 'customers', 'sales'])
  assert.doesNotMatch(plan.join('\n'), /Row count/)
  for (const name of ['sales', 'customers', 'regions']) await reckon(name)
  const told = await a.lines(`EXPLAIN ${QUERY}`)
  assert.deepEqual(scans(told), ['sales', 'regions', 'customers'])
  const counts = Array.from(told.join('\n').matchAll(/Row count: (\d+), by the statistics of the catalog/g), ([, n]) =>
    Number(n),
  )
  // Reckoned from the bytes of the files and what the values take: of the right size.
  for (const [i, rows] of [20_000, 7, 500].entries())
    assert.ok(counts[i]! > rows / 3 && counts[i]! < rows * 3, `${counts[i]} for ${rows}`)
  assert.deepEqual(await a.rows(QUERY), before)
  const [first] = before
  assert.deepEqual(first, ['region 0', '2858', 'customer 0'])
})

test('outer joins stay in their order', async () => {
  const query = `SELECT count(*), count(s.id) FROM regions r LEFT JOIN sales s ON s.region = r.id AND s.customer = 3`
  assert.deepEqual(scans(await a.lines(`EXPLAIN ${query}`)), ['regions', 'sales'])
  assert.deepEqual(await a.rows(query), [['40', '40']])
})
