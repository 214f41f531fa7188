/** Every way to a table of which fields of a struct are granted, in every home that tables have: what is hidden comes through none. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchGetPartitionCommand,
  GetColumnStatisticsForPartitionCommand,
  GetColumnStatisticsForTableCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTableVersionsCommand,
  type PartitionInput,
  UpdatePartitionCommand,
} from '@aws-sdk/client-glue'
import {
  GetQueryStateCommand,
  GetTemporaryGlueTableCredentialsCommand,
  GetWorkUnitResultsCommand,
  GetWorkUnitsCommand,
  LakeFormationClient,
  StartQueryPlanningCommand,
} from '@aws-sdk/client-lakeformation'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { send } from '../wire/signed-request.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from './governed-lake.ts'
import { HIDDEN, HOMES, type Home, keyOf, makeVisits, SEEN } from './visits.ts'

let house: GovernedLake
let reader: Person
const homes = Object.entries(HOMES) as [Home, string][]

before(async () => {
  house = await governedLake()
  await makeVisits(house)
  for (const [home] of homes) {
    await house.grant('reader', { DataCellsFilter: keyOf(home, 'fields') }, ['SELECT'])
    for (const name of ['fields', 'cell']) await house.grant('both', { DataCellsFilter: keyOf(home, name) }, ['SELECT'])
  }
  await house.grant('reader', { Database: { Name: 'db' } }, ['CREATE_TABLE', 'DESCRIBE'])
  reader = house.as('reader')
})
after(async () => {
  assert.deepEqual(house.lake.log, [])
  await house.close()
})

const sorted = (rows: readonly (readonly (string | null)[])[]): string[] =>
  rows.map((row) => JSON.stringify(row)).sort()

const isSeen = async (rows: Promise<(string | null)[][]>, about: string): Promise<void> =>
  assert.deepEqual(sorted(await rows), sorted(SEEN), about)

/** A hidden name is told back to who has said it. */
const quiet = (text: string, said = ''): string => {
  const left = ['who.ssn', 'ssn', 'street'].reduce(
    (rest, name) => (said.includes(name) ? rest.replaceAll(name, '') : rest),
    text,
  )
  assert.doesNotMatch(left, HIDDEN, said)
  return text
}

/** What comes of a statement: its rows, or why there are none. */
async function outcome(sql: string): Promise<string> {
  const id = await reader.start(sql)
  const { state, reason = '' } = await reader.ended(id)
  return state === 'SUCCEEDED' ? JSON.stringify(await reader.table(sql)) : `${state} ${reason}`
}

const READS = (t: string): Record<string, readonly (readonly (string | null)[])[]> => ({
  [`SELECT * FROM ${t}`]: SEEN,
  [`TABLE ${t}`]: SEEN,
  [`WITH x AS (SELECT * FROM ${t}) SELECT * FROM x`]: SEEN,
  [`SELECT * FROM ${t} TABLESAMPLE BERNOULLI (100)`]: SEEN,
  [`SELECT u.* FROM ${t} CROSS JOIN UNNEST(ARRAY[who]) AS u`]: [
    ['Ann', '{city=Rome}'],
    ['Cai', '{city=Oslo}'],
    [null, null],
  ],
  [`SELECT v FROM ${t} CROSS JOIN UNNEST(MAP(ARRAY[id], ARRAY[who])) AS u (k, v)`]: SEEN.map(([, who]) => [who!]),
  [`SELECT who.home, lag(who) OVER (ORDER BY id), count(*) OVER () FROM ${t}`]: [
    ['{city=Rome}', null, '3'],
    ['{city=Oslo}', '{name=Ann, home={city=Rome}}', '3'],
    [null, '{name=Cai, home={city=Oslo}}', '3'],
  ],
  [`SELECT json_format(CAST(who AS json)), typeof(who), who[2][1] FROM ${t} WHERE id = 11`]: [
    ['{"name":"Ann","home":{"city":"Rome"}}', 'row(name varchar, home row(city varchar))', 'Rome'],
  ],
  [`SELECT max_by(who, id), min(who.name), count(DISTINCT who) FROM ${t} WHERE id < 44`]: [
    ['{name=Cai, home={city=Oslo}}', 'Ann', '2'],
  ],
  [`SELECT a.id, b.who.name FROM ${t} a JOIN ${t} b ON a.who = b.who`]: [
    ['11', 'Ann'],
    ['33', 'Cai'],
  ],
  [`SELECT who.home.city, count(*) FROM ${t} GROUP BY GROUPING SETS ((who.home.city), ())`]: [
    ['Rome', '1'],
    ['Oslo', '1'],
    [null, '1'],
    [null, '3'],
  ],
})

const about = (t: string): string => t.replace(/(\w+)$/, '"$1$what"')
const TELLS = (t: string): string[] => [
  `SHOW COLUMNS IN ${t}`,
  `DESCRIBE ${t}`,
  `DESCRIBE FORMATTED ${t}`,
  `SHOW CREATE TABLE ${t}`,
  `SHOW TBLPROPERTIES ${t}`,
  `SHOW PARTITIONS ${t}`,
]
const EXPLAINS = (t: string): string[] => [
  ...['', '(TYPE LOGICAL)', '(FORMAT JSON)', '(TYPE IO, FORMAT JSON)', '(FORMAT GRAPHVIZ)', 'ANALYZE'].map(
    (how) => `EXPLAIN ${how} SELECT * FROM ${t} WHERE who.name <> 'x'`,
  ),
  ...['files', 'partitions', 'history', 'manifests'].map((what) => `SELECT * FROM ${about(t).replace('what', what)}`),
  `SELECT "$path" FROM ${t}`,
  `SELECT who.ssn FROM ${t}`,
  `SELECT who.home.street FROM ${t}`,
  `SELECT who[3] FROM ${t}`,
  `SELECT CAST(who AS ROW(a varchar, b varchar, c ROW(d varchar, e varchar))) FROM ${t}`,
  `SELECT CAST(who.home.city AS integer) FROM ${t} WHERE id <> 33`,
]

for (const [home, t] of homes) {
  test(`what is read, by whatever expression, is what is seen: ${home}`, async () => {
    for (const [sql, rows] of Object.entries(READS(t)))
      assert.deepEqual(sorted(await reader.rows(sql)), sorted(rows), sql)
    await isSeen(
      reader.rows(`SELECT * FROM ${t} WHERE id < ? OR who.name = ?`, { ExecutionParameters: ['99', "'HIDDEN-Bob'"] }),
      t,
    )
    await reader.table(`PREPARE asked_${home} FROM SELECT * FROM ${t} WHERE who.name = ? OR id > ?`)
    assert.deepEqual(await reader.rows(`EXECUTE asked_${home} USING 'HIDDEN-Bob', 40`), [[...SEEN[2]!]])
    await reader.table(`CREATE VIEW view_${home} AS SELECT * FROM ${t}`)
    await isSeen(reader.rows(`SELECT * FROM view_${home}`), 'view')
  })

  test(`no description, no plan and no failure tells of the rest: ${home}`, async () => {
    // Hive's statements know no names of three parts.
    for (const sql of home === 's3' ? EXPLAINS(t) : [...TELLS(t), ...EXPLAINS(t)]) quiet(await outcome(sql), sql)
  })

  test(`what is written of it is what is seen: ${home}`, async () => {
    const lake = (name: string) => `table_type = 'ICEBERG', is_external = false, location = 's3://data/${name}/'`
    await reader.table(
      `CREATE TABLE hive_of_${home} WITH (external_location = 's3://data/hive_of_${home}/') AS SELECT * FROM ${t}`,
    )
    await isSeen(house.root.rows(`SELECT * FROM hive_of_${home}`), 'CTAS')
    const copy = `ice_of_${home}`
    await reader.table(`CREATE TABLE ${copy} WITH (${lake(copy)}) AS SELECT * FROM ${t} WHERE id > 99`)
    await reader.table(`INSERT INTO ${copy} SELECT * FROM ${t}`)
    await isSeen(house.root.rows(`SELECT * FROM ${copy}`), 'INSERT')
    await reader.table(
      `MERGE INTO ${copy} c USING ${t} s ON c.id = s.id AND c.id = 44 WHEN MATCHED THEN DELETE
       WHEN NOT MATCHED THEN INSERT (id, who, day) VALUES (s.id + 100, s.who, s.day)`,
    )
    await isSeen(
      house.root.rows(`SELECT id, who, day FROM ${copy} WHERE id < 100 UNION ALL SELECT 44, NULL, 'tue'`),
      'MERGE',
    )
    assert.deepEqual(
      sorted(await house.root.rows(`SELECT id, who FROM ${copy} WHERE id > 100`)),
      sorted([
        ['111', SEEN[0]![1]!],
        ['133', SEEN[1]![1]!],
      ]),
    )
    await reader.table(`UPDATE ${copy} SET who = (SELECT max_by(who, id) FROM ${t} WHERE id < 40)`)
    assert.deepEqual(await house.root.rows(`SELECT DISTINCT who FROM ${copy}`), [[SEEN[1]![1]]])
    for (const format of ['JSON', 'PARQUET', 'ORC', 'AVRO'])
      await reader.table(`UNLOAD (SELECT * FROM ${t}) TO 's3://data/un_${home}/${format}/' WITH (format = '${format}')`)
    const result = await reader.start(`SELECT * FROM ${t}`)
    await reader.ended(result)
    const { Contents } = await house.root.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: `un_${home}/` }))
    const files = [...Contents!.map(({ Key }) => ['data', Key!] as const), ['results', `${result}.csv`] as const]
    assert.equal(files.length >= 5, true)
    await house.root.table(
      `CREATE EXTERNAL TABLE un_${home} (id int, who string, day string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/un_${home}/JSON/'`,
    )
    assert.deepEqual(sorted(await house.root.rows(`SELECT who FROM un_${home}`)), [
      '["{\\"name\\":\\"Ann\\",\\"home\\":{\\"city\\":\\"Rome\\"}}"]',
      '["{\\"name\\":\\"Cai\\",\\"home\\":{\\"city\\":\\"Oslo\\"}}"]',
      '[null]',
    ])
    for (const [Bucket, Key] of files) {
      const { Body } = await house.root.s3.send(new GetObjectCommand({ Bucket, Key }))
      quiet(Buffer.from(await Body!.transformToByteArray()).toString('latin1'))
    }
  })

  test(`a field that some rows show is NULL in the others, whatever is made of it: ${home}`, async () => {
    const both = house.as('both')
    assert.deepEqual(
      await both.rows(`SELECT id, who.ssn FROM ${t} WHERE who.ssn LIKE 'HIDDEN%' OR who.ssn IS NULL ORDER BY id`),
      [
        ['11', 'HIDDEN-1'],
        ['33', null],
        ['44', null],
      ],
    )
    // It would fail of the values that are hidden.
    const divided = `SELECT count(1 / (CASE who.ssn WHEN 'HIDDEN-3' THEN 0 WHEN 'HIDDEN-2' THEN 0 ELSE 1 END)) FROM ${t}`
    assert.deepEqual(await both.rows(divided), [['3']])
    assert.deepEqual(await both.rows(`SELECT max(who.ssn), count(who.ssn) FROM ${t}`), [['HIDDEN-1', '1']])
  })

  test(`Glue, work units, estimates and keys tell and give no more: ${home}`, async () => {
    const { TableCatalogId: CatalogId, DatabaseName, TableName } = keyOf(home, '')
    const place = { CatalogId, DatabaseName, TableName }
    quiet(await planned(reader, { CatalogId, DatabaseName }, `SELECT * FROM ${TableName}`))
    const rows = await planned(reader, { CatalogId, DatabaseName }, `SELECT who FROM ${TableName} WHERE id = 11`)
    assert.match(rows, /Ann.*Rome/s)
    await assert.rejects(
      planned(reader, { CatalogId, DatabaseName }, `SELECT who.ssn FROM ${TableName}`),
      /COLUMN_NOT_FOUND/,
    )
    const { Table } = await reader.glue.send(new GetTableCommand({ CatalogId, DatabaseName, Name: TableName }))
    const who = Table!.StorageDescriptor!.Columns!.find(({ Name }) => Name === 'who')
    assert.equal(who!.Type, 'struct<name:string,home:struct<city:string>>')
    quiet(JSON.stringify([Table, await reader.glue.send(new GetTableVersionsCommand(place))]))
    await assert.rejects(
      reader.glue.send(new GetColumnStatisticsForTableCommand({ ...place, ColumnNames: ['who', 'id'] })),
      { name: 'AccessDeniedException' },
    )
    await assert.rejects(
      reader.lakeFormation.send(
        new GetTemporaryGlueTableCredentialsCommand({
          TableArn: `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/${TableName}`,
          SupportedPermissionTypes: ['NESTED_CELL_PERMISSION'],
        }),
      ),
      { name: 'AccessDeniedException' },
    )
    const credentials = await (reader.client.credentials as unknown as () => Promise<object>)()
    const ask = async (service: string, path: string, body?: object) => {
      const method = body ? 'POST' : 'GET'
      const request = { service, method, path, ...(body && { body: JSON.stringify(body) }) }
      const answer = await send({ ...house.lake, credentials } as never, request)
      return { status: answer.status, text: quiet(await answer.text()) }
    }
    // The least and greatest values that a file tells of a column are of hidden rows too.
    const estimates = [11, 22, 77].map(async (id) => {
      const { status, text } = await ask('lentic', '/_lentic/explain', {
        sql: `SELECT who FROM ${t} WHERE id = ${id}`,
        database: 'db',
      })
      assert.equal(status, 200, text)
      return { ...JSON.parse(text), planningMs: 0 }
    })
    const [first, ...others] = await Promise.all(estimates)
    for (const other of others) assert.deepEqual(other, first)
    const path = `/iceberg/v1/catalogs/${encodeURIComponent(CatalogId)}/namespaces/${DatabaseName}/tables/${TableName}`
    for (const [what, body] of [[''], ['/credentials'], ['/plan', {}]] as const) {
      const { status } = await ask('glue', `${path}${what}`, body)
      assert.equal(status, home === 'iceberg' || home === 's3' ? 403 : 404, what)
    }
  })
}

test('partitions tell nothing of hidden fields, nor how many rows there are', async () => {
  for (const TableName of ['hive', 'json']) {
    const place = { DatabaseName: 'db', TableName }
    const told = { plain: 'x' }
    const Parameters = {
      ...told,
      numRows: '2',
      'spark.sql.statistics.colStats.id.max': '22',
      COLUMN_STATS_ACCURATE: '{"COLUMN_STATS":{"who.ssn":"true"}}',
      'avro.schema.literal': '{"name":"street"}',
    }
    const { Partitions } = await house.root.glue.send(new GetPartitionsCommand(place))
    for (const { Values, StorageDescriptor } of Partitions!) {
      const PartitionInput = { Values: Values!, StorageDescriptor, Parameters } as PartitionInput
      await house.root.glue.send(new UpdatePartitionCommand({ ...place, PartitionValueList: Values, PartitionInput }))
    }
    const [PartitionValues, PartitionsToGet] = [['mon'], [{ Values: ['mon'] }]]
    const { glue } = reader
    const seen = [
      ...(await glue.send(new GetPartitionsCommand(place))).Partitions!,
      ...(await glue.send(new GetPartitionsCommand({ ...place, Expression: "day = 'mon'" }))).Partitions!,
      (await glue.send(new GetPartitionCommand({ ...place, PartitionValues }))).Partition!,
      ...(await glue.send(new BatchGetPartitionCommand({ ...place, PartitionsToGet }))).Partitions!,
    ]
    assert.deepEqual(
      seen.map(({ Parameters }) => Parameters),
      seen.map(() => told),
    )
    quiet(JSON.stringify(seen))
    await assert.rejects(
      glue.send(new GetColumnStatisticsForPartitionCommand({ ...place, PartitionValues, ColumnNames: ['who', 'id'] })),
      { name: 'AccessDeniedException' },
    )
  }
})

/** The bytes of all rows of a planned query. Throws why it could not be planned. */
async function planned(
  { client: of }: Person,
  QueryPlanningContext: { CatalogId: string; DatabaseName: string },
  QueryString: string,
): Promise<string> {
  // AWS's hosts begin with `query-` and `data-`.
  const client = new LakeFormationClient({ ...of, disableHostPrefix: true } as never)
  try {
    const { QueryId } = await client.send(new StartQueryPlanningCommand({ QueryPlanningContext, QueryString }))
    for (;;) {
      const { State, Error: why } = await client.send(new GetQueryStateCommand({ QueryId }))
      if (State === 'ERROR') throw new Error(why)
      if (State === 'FINISHED') break
    }
    const { WorkUnitRanges } = await client.send(new GetWorkUnitsCommand({ QueryId }))
    const texts: string[] = []
    for (const { WorkUnitIdMin = 0, WorkUnitIdMax = 0, WorkUnitToken } of WorkUnitRanges!)
      for (let WorkUnitId = WorkUnitIdMin; WorkUnitId <= WorkUnitIdMax; WorkUnitId++) {
        const unit = new GetWorkUnitResultsCommand({ QueryId, WorkUnitId, WorkUnitToken })
        const { ResultStream } = await client.send(unit)
        texts.push(Buffer.from(await ResultStream!.transformToByteArray()).toString('latin1'))
      }
    return texts.join('')
  } finally {
    client.destroy()
  }
}
