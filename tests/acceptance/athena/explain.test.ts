/** EXPLAIN in all its forms: what it says is Lentic's plan, in Trino's words, and nothing of the engine's. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(`CREATE TABLE sales WITH (format = 'PARQUET', external_location = 's3://data/sales/', partitioned_by = ARRAY['day']) AS
    SELECT * FROM (VALUES (1, DECIMAL '10.50', '2024-01-01'), (2, DECIMAL '20.25', '2024-01-01'), (3, DECIMAL '7.00', '2024-01-02')) t(id, price, day)`)
})
after(() => a.close())

async function plan(sql: string): Promise<string> {
  const { QueryExecutionId: id } = await a.succeed(sql)
  const { ResultSet } = await a.results(id!)
  const [name, ...lines] = ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue ?? '')
  assert.equal(name, 'Query Plan')
  return lines.join('\n')
}
const QUERY =
  "SELECT id, sum(price) AS total FROM sales WHERE day = '2024-01-01' AND id > 1 GROUP BY id ORDER BY 2 LIMIT 5"

test('the distributed plan is what EXPLAIN shows', async () => {
  const text = await plan(`EXPLAIN ${QUERY}`)
  assert.equal(text, await plan(`EXPLAIN (TYPE DISTRIBUTED, FORMAT TEXT) ${QUERY}`))
  for (const line of [
    /^Fragment 0 \[SINGLE\]$/m,
    /Output layout: \[id, sum\]/,
    /Output\[columnNames = \[id, total\]\]/,
    /total := sum$/m,
    /└─ TopN\[count = 5, orderBy = \[sum ASC NULLS LAST\]\]/,
    /└─ Aggregate\[keys = \[id\]\]/,
    /sum := sum\("price"\)/,
    /ScanFilter\[table = \w+:db:sales, filterPredicate = \(\("day" = '2024-01-01'\) AND \("id" > 1\)\)\]/,
    /price := price:decimal\(4,2\):REGULAR/,
    /day := day:varchar\(10\):PARTITION_KEY$/m,
    /:: \[\[2024-01-01\]\]$/m,
    /Files: 1 \(\d+B\), parquet, Partitions: 1$/m,
  ])
    assert.match(text, line)
})

test('the logical plan has no fragments', async () => {
  const text = await plan(`EXPLAIN (TYPE LOGICAL) ${QUERY}`)
  assert.match(text, /^Output\[columnNames = \[id, total\]\]\n│ {3}Layout: \[id:integer, sum:decimal\(38,2\)\]/)
  assert.doesNotMatch(text, /Fragment/)
})

test('as JSON, each node has its name, what it does and its children', async () => {
  const logical = JSON.parse(await plan(`EXPLAIN (TYPE LOGICAL, FORMAT JSON) ${QUERY}`))
  const names: string[] = []
  for (let node = logical; node; node = node.children[0]) names.push(node.name)
  assert.deepEqual(names, ['Output', 'TopN', 'Aggregate', 'ScanFilter'])
  assert.deepEqual(logical.outputs, [
    { symbol: 'id', type: 'integer' },
    { symbol: 'sum', type: 'decimal(38,2)' },
  ])
  const distributed = JSON.parse(await plan(`EXPLAIN (FORMAT JSON) ${QUERY}`))
  assert.deepEqual(Object.keys(distributed), ['0'])
  assert.deepEqual(distributed['0'], logical)
})

test('as a graph', async () => {
  const text = await plan(`EXPLAIN (FORMAT GRAPHVIZ) ${QUERY}`)
  assert.match(
    text,
    /^digraph distributed_plan \{\nsubgraph cluster_0 \{\nlabel = "SINGLE"\nplannode_1\[label="\{Output/,
  )
  assert.match(text, /plannode_1 -> plannode_2;/)
})

test('the tables that are read, and what of them', async () => {
  const io = JSON.parse(await plan(`EXPLAIN (TYPE IO) ${QUERY}`))
  const [table] = io.inputTableColumnInfos
  assert.deepEqual(table.table.schemaTable, { schema: 'db', table: 'sales' })
  const day = table.constraint.columnConstraints.find((one: { columnName: string }) => one.columnName === 'day')
  const exactly = { value: '2024-01-01', bound: 'EXACTLY' }
  assert.deepEqual(day, {
    columnName: 'day',
    type: 'varchar(10)',
    domain: { nullsAllowed: false, ranges: [{ low: exactly, high: exactly }] },
  })
  assert.ok(table.estimate.outputSizeInBytes > 0)
})

test('ANALYZE runs the query and tells rows, bytes and time of each operator', async () => {
  const { QueryExecutionId: id, Statistics } = await a.succeed(`EXPLAIN ANALYZE ${QUERY}`)
  const { ResultSet } = await a.results(id!)
  const text = ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue ?? '').join('\n')
  assert.ok(Statistics!.DataScannedInBytes! > 0)
  assert.match(text, /Queued: .*, Analysis: .*, Planning: .*, Execution: /)
  assert.match(text, /Output: 1 row$/m)
  assert.match(text, /Aggregate\[\]\n.*CPU: [\d.]+[um]?s \([\d.]+%\), Output: 1 row$/m)
  assert.match(text, /TableScan\[table = \w+:db:sales\]/)
  assert.doesNotMatch(text, /\bc\d+\b|scan_\d|READ_PARQUET|\/blobs\//)
  const json = JSON.parse(await plan(`EXPLAIN ANALYZE (FORMAT JSON) ${QUERY}`))
  assert.equal(json.fragments[0].stageStats.outputRows, '1 row')
})

test('row groups are counted that the statistics of the files leave to be read', async () => {
  await a.succeed(`CREATE TABLE grouped WITH (external_location = 's3://data/grouped/') AS
    SELECT n, DATE '2024-01-01' + n * INTERVAL '1' DAY AS day, concat('w', CAST(n AS varchar)) AS word, n / 2e0 AS half
    FROM UNNEST(sequence(10, 19)) AS t(n)`)
  await a.succeed(`INSERT INTO grouped SELECT n, DATE '2024-01-01' + n * INTERVAL '1' DAY, concat('w', CAST(n AS varchar)), n / 2e0
    FROM UNNEST(sequence(20, 29)) AS t(n)`)
  const left = async (condition: string) =>
    /Row groups: (.*)$/m.exec(await plan(`EXPLAIN SELECT count(*) FROM grouped WHERE ${condition}`))?.[1]
  assert.equal(await left('n = 15'), '1 of 2')
  assert.equal(await left('n IN (12, 27)'), '2 of 2')
  assert.equal(await left('n > 100'), '0 of 2')
  assert.equal(await left("day >= DATE '2024-01-25'"), '1 of 2')
  assert.equal(await left("word < 'w2'"), '1 of 2')
  assert.equal(await left('half BETWEEN 5e0 AND 6e0'), '1 of 2')
  assert.equal(await left('n % 2 = 0'), undefined)
})

test('ANALYZE tells how many rows a scan has read, where it passes over none', async () => {
  await a.put('counted/a.csv', Array.from({ length: 5000 }, (_, n) => `${n},${n % 7}`).join('\n'))
  await a.succeed(`CREATE EXTERNAL TABLE counted (n int, rest int)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/counted/'`)
  await a.succeed(`CREATE TABLE counted_parquet WITH (external_location = 's3://data/counted-parquet/') AS
    SELECT n, rest FROM counted`)
  interface Node {
    readonly name: string
    readonly distributedNodeStats: { readonly nodeInputRows?: number }
    readonly children: readonly Node[]
  }
  const scans = (nodes: readonly Node[]): (number | undefined)[] =>
    nodes.flatMap(({ name, distributedNodeStats, children }) =>
      name === 'TableScan' ? [distributedNodeStats.nodeInputRows] : scans(children),
    )
  const read = async (sql: string) =>
    scans(JSON.parse(await plan(`EXPLAIN ANALYZE (FORMAT JSON) ${sql}`)).fragments[0].logicalPlan['1'])
  assert.deepEqual(await read('SELECT sum(n) FROM counted WHERE rest = 3'), [5000])
  assert.deepEqual(await read('SELECT sum(n) FROM counted_parquet'), [5000])
  assert.deepEqual(await read('SELECT sum(n) FROM counted_parquet WHERE rest = 3'), [5000])
})

test('what can not be explained is refused', async () => {
  assert.match(await a.failure('EXPLAIN (TYPE VALIDATE) SELECT x'), /COLUMN_NOT_FOUND: line 1:32: Column 'x' cannot be/)
  assert.match(await a.failure('EXPLAIN (TYPE IO, FORMAT GRAPHVIZ) SELECT 1'), /NOT_SUPPORTED/)
})

test('where a statement would write is looked for as by its run', async () => {
  await a.succeed(`CREATE TABLE target WITH (external_location = 's3://data/target/') AS SELECT 1 AS id, 'a' AS word`)
  await a.succeed(
    `CREATE TABLE ice WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/ice/') AS SELECT 1 AS id`,
  )
  await a.succeed('CREATE VIEW seen AS SELECT id FROM target')
  await a.succeed(`CREATE EXTERNAL TABLE quoted (id string)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/quoted/'`)
  for (const sql of [
    'INSERT INTO nowhere SELECT 1',
    'INSERT INTO seen SELECT 1',
    "INSERT INTO quoted SELECT 'a'",
    'INSERT INTO target SELECT 1',
    'INSERT INTO target (id, other) SELECT 1, 2',
    "INSERT INTO ice SELECT 'one'",
    'CREATE TABLE target AS SELECT 1 AS id',
    'CREATE TABLE nowhere.other AS SELECT 1 AS id',
    "CREATE TABLE other WITH (format = 'XML') AS SELECT 1 AS id",
    'CREATE TABLE other AS SELECT 1',
    "UNLOAD (SELECT 1 AS id) TO 's3://data/unloaded/' WITH (format = 'ION')",
    "UNLOAD (SELECT 1 AS id) TO 's3://data/target/' WITH (format = 'PARQUET')",
  ]) {
    const [told, failed] = [await a.failure(`EXPLAIN ${sql}`), await a.failure(sql)]
    const plain = (text: string) =>
      text.replace(/line \d+:\d+: /, '').replace(/\. You may need to.*|\. If a data manifest.*/, '')
    assert.equal(plain(told), plain(failed), sql)
  }
  for (const sql of [
    "INSERT INTO target SELECT 2, 'b'",
    'INSERT INTO ice SELECT 2',
    'CREATE TABLE other AS SELECT id FROM target',
    'CREATE TABLE IF NOT EXISTS target AS SELECT id FROM target',
    "UNLOAD (SELECT id FROM target) TO 's3://data/unloaded/' WITH (format = 'PARQUET')",
  ])
    assert.match(await plan(`EXPLAIN ${sql}`), /Output/, sql)
  assert.deepEqual(await a.rows('SELECT id FROM target'), [['1']])
})
