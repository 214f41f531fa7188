/**
 * Two worlds in which somebody sees the same, while all that is hidden from it differs, though never in its size. Whatever it
 * asks must come out the same in both: values, counts, errors, bytes that were scanned. What does not tells of the hidden.
 */
import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetQueryRuntimeStatisticsCommand,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, UpdateColumnStatisticsForTableCommand } from '@aws-sdk/client-glue'
import {
  AddLFTagsToResourceCommand,
  CreateDataCellsFilterCommand,
  CreateLFTagCommand,
  type DataCellsFilter,
} from '@aws-sdk/client-lakeformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from '../acceptance/lakeformation/governed-lake.ts'
import { DATABASE, type Door, type LeakWorld, OWN } from './leak-doors.ts'

/** Of hidden values, whichever world they are of. */
const CANARY = /canary|710\d{4}|930\d{4}/i
const ROWS = 60
/** What may come out otherwise by chance would do so again. */
const REPEATED = 3

export interface LeakTrials {
  /** Of a statement or at a door. `leak`: undefined where nothing was told; `state`: how it ended otherwise. */
  ask(question: string | Door): Promise<{ readonly state: string; readonly leak?: string }>
  close(): Promise<void>
}

/** Each world is a server of its own, so that all names are the same: what is compared with one comes out alike. */
export async function openLeakTrials(): Promise<LeakTrials> {
  const houses = await Promise.all([governedLake(SMALL), governedLake(SMALL)])
  const [first, second] = await Promise.all(houses.map((house, i) => makeWorld(house, i === 0)))
  const ask = async (question: string | Door, world: LeakWorld): Promise<string> => {
    for (let attempt = 1; ; attempt++)
      try {
        return await askOnce(question, world)
      } catch (error) {
        // A connection that was kept may end as it is used again.
        if ((error as { code?: string }).code !== 'ECONNRESET' || attempt === REPEATED) throw error
      }
  }
  const askOnce = async (question: string | Door, world: LeakWorld): Promise<string> =>
    withoutChance(
      typeof question === 'string'
        ? await observed(world.reader, question.replaceAll('{db}', DATABASE))
        : await answered(question, world),
    )
  return {
    async ask(question) {
      const [one, other] = await Promise.all([ask(question, first!), ask(question, second!)])
      const state = one.slice(0, one.indexOf(' '))
      const words = typeof question === 'string' ? question : question.name
      const said = [one, other].find((told) => CANARY.test(withoutEcho(told, words)))
      if (said) return { state, leak: `a hidden value: ${said.slice(0, 2000)}` }
      if (one === other) return { state }
      for (let i = 0; i < REPEATED; i++)
        if ((await ask(question, first!)) !== one || (await ask(question, second!)) !== other)
          return { state: 'UNSTEADY' }
      return { state, leak: `differs:\n${one.slice(0, 2000)}\n${other.slice(0, 2000)}` }
    },
    async close() {
      for (const house of houses) await house.close()
    },
  }
}

/** Tables of a struct. */
const DEEP: readonly (readonly [string, string])[] = [
  ['deep', "format = 'PARQUET', write_compression = 'NONE', external_location = 's3://data/{db}/deep/'"],
  ['docs', "format = 'JSON', write_compression = 'NONE', external_location = 's3://data/{db}/docs/'"],
  [
    'deepice',
    "table_type = 'ICEBERG', write_compression = 'NONE', is_external = false, location = 's3://data/{db}/deepice/'",
  ],
]

const SMALL = { engine: { workers: 2, memoryBytes: 256 << 20 } }

const withoutChance = (told: string): string =>
  told
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'id')
    .replaceAll(/(?<=copy_|view_|asked_|copies\/|unloads\/)\d+/g, 'n')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| UTC)?/g, 'moment')
    .replaceAll(/(?<!\d)1[6-9]\d{8}(?:\d{3})?(?!\d)|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? [\d:]{8} UTC \d{4}/g, 'moment')

async function answered({ name, ask }: Door, world: LeakWorld): Promise<string> {
  const door = name.split(' ')[0]!
  try {
    return `${door} ${JSON.stringify(await ask(world), (key, value) => (UNTOLD.has(key) ? undefined : value))}`
  } catch (error) {
    if (!(error instanceof Error) || !error.name.endsWith('Exception')) throw error
    return `${door}-REFUSED ${error.name} ${error.message}`
  }
}

/** Of each answer its own: keys, which are secret, and tokens. */
const UNTOLD: ReadonlySet<string> = new Set([
  '$metadata',
  'AccessKeyId',
  'SecretAccessKey',
  'SessionToken',
  'WorkUnitToken',
  'NextToken',
])

/** Errors repeat what was asked. */
const withoutEcho = (told: string, sql: string): string => (CANARY.test(sql) ? '' : told)

/** All that is told of a query, but how long it took. */
async function observed({ athena, start }: Person, sql: string): Promise<string> {
  let id: string
  try {
    id = await start(sql, { QueryExecutionContext: { Database: DATABASE } })
  } catch (error) {
    if (error instanceof Error && error.name.endsWith('Exception')) return `REFUSED ${error.message}`
    throw error
  }
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
    const { Status, Statistics, StatementType } = QueryExecution!
    const { State = '', StateChangeReason, AthenaError } = Status!
    if (State === 'QUEUED' || State === 'RUNNING') {
      await new Promise((resolve) => setTimeout(resolve, 5))
      continue
    }
    const told = { StatementType, StateChangeReason, AthenaError, scanned: Statistics?.DataScannedInBytes }
    if (State !== 'SUCCEEDED') return `${State} ${JSON.stringify(told)}`
    const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))
    const { QueryRuntimeStatistics } = await athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId: id }))
    // EXPLAIN ANALYZE says how long each operator took.
    const rows = (ResultSet?.Rows ?? []).map(({ Data }) =>
      JSON.stringify(Data?.map(({ VarCharValue }) => VarCharValue)).replaceAll(
        /\d+(\.\d+)?(ns|us|ms|s|m)\b( \(\d+\.\d+%\))?/g,
        'time',
      ),
    )
    // Its text is as long as its times are.
    const { OutputBytes, ...others } = QueryRuntimeStatistics?.Rows ?? {}
    const counts = rows.some((row) => row.includes('time')) ? others : { ...others, OutputBytes }
    return `${State} ${JSON.stringify({ ...told, columns: ResultSet?.ResultSetMetadata, rows: rows.sort(), counts })}`
  }
}

async function makeWorld(house: GovernedLake, first: boolean): Promise<LeakWorld> {
  const { root, grant } = house
  const world = DATABASE
  for (const Name of [world, OWN, 'hidden'])
    await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))
  // Every third row is hidden: by its texts, numbers that divide, and numbers that cannot be read as such.
  const hidden = (seen: string, a: string, b: string): string => `IF(i % 3 = 0, ${first ? a : b}, ${seen})`
  const text = (word: string): string => `'${word}canary ' || lpad(CAST(i AS varchar), 4, '0')`
  const rows = `SELECT i AS id, ${hidden("'ann ' || CAST(i AS varchar)", text('a'), text('z'))} AS name,
      ${hidden("'note ' || CAST(i % 7 AS varchar)", text('b'), text('y'))} AS note,
      ${first ? text('c') : text('x')} AS email, ${hidden('i * 2', '7100000 + i', '9300000 + i')} AS amount,
      ${hidden('1 + i % 4', '0', '5')} AS divisor, ${hidden('CAST(i AS varchar)', text('d'), "'9300000' || lpad(CAST(i AS varchar), 5, '0')")} AS code,
      IF(i % 3 = 0, 'US', 'EU') AS region FROM UNNEST(sequence(1, ${ROWS})) AS t (i)`
  const as = (properties: string, name: string) =>
    root.table(`CREATE TABLE ${world}.${name} WITH (${properties}) AS ${rows}`)
  await as(
    `format = 'PARQUET', write_compression = 'NONE', external_location = 's3://data/${world}/orders/', partitioned_by = ARRAY['region']`,
    'orders',
  )
  await as(
    `table_type = 'ICEBERG', write_compression = 'NONE', is_external = false, location = 's3://data/${world}/sales/'`,
    'sales',
  )
  await as(`format = 'TEXTFILE', write_compression = 'NONE', external_location = 's3://data/${world}/lines/'`, 'lines')
  await as(`format = 'PARQUET', write_compression = 'NONE', external_location = 's3://data/${world}/wide/'`, 'wide')
  await as(
    `table_type = 'ICEBERG', write_compression = 'NONE', is_external = false, location = 's3://data/${world}/ice/'`,
    'ice',
  )
  await makeOddTables(root, first)
  // Of a struct the email is hidden in every row, and in those of the US all but the place.
  const deep = `SELECT id, region, CAST(ROW(name, email, amount, code, ROW(email, note), region) AS
      ROW(name varchar, email varchar, amount integer, code varchar, more ROW(email varchar, note varchar), place varchar)) AS person FROM (${rows})`
  for (const [name, properties] of DEEP)
    await root.table(`CREATE TABLE ${world}.${name} WITH (${properties.replaceAll('{db}', world)}) AS ${deep}`)
  await root.table(
    `CREATE TABLE ${world}.secrets WITH (external_location = 's3://data/${world}/secrets/') AS SELECT 7100001 AS word`,
  )
  await root.table(`CREATE VIEW ${world}.seen_all AS SELECT * FROM ${world}.orders`)
  const filter = async (TableName: string, Name: string, FilterExpression: string, columns: string): Promise<void> => {
    const key = { TableCatalogId: ACCOUNT, DatabaseName: world, TableName, Name }
    const TableData: DataCellsFilter = { ...key, RowFilter: { FilterExpression }, ColumnNames: columns.split(' ') }
    await root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
    for (const role of ['reader', 'maker']) await grant(role, { DataCellsFilter: key }, ['SELECT'])
  }
  await filter('orders', 'eu', "region = 'EU'", 'id name note amount divisor code region')
  for (const name of ['wide', 'ice'])
    await filter(name, 'eu', "region = 'EU'", 'id name note amount divisor code region')
  for (const name of ['odd', 'members'])
    await filter(name, 'eu', "region = 'EU'", 'id name note amount divisor code region')
  await filter('lines', 'eu', "region LIKE 'E%' OR region = 'never'", 'id name note amount divisor code region')
  // Together cells: what is hidden of a row that is seen is NULL.
  await filter('sales', 'eu', "region = 'EU'", 'id name note amount divisor code region')
  await filter('sales', 'few', 'id < 20', 'id region')
  const fields = ['name', 'amount', 'code', 'more"."note', 'place'].map((name) => `"person"."${name}"`).join(' ')
  for (const [name] of DEEP) {
    await filter(name, 'eu', "region = 'EU'", `id region ${fields}`)
    // Of the others what is left of a struct is the same in all rows.
    if (name === 'deep') await filter(name, 'few', 'id < 20', 'id region "person"."place"')
  }
  await grant('maker', { Database: { Name: OWN } }, ['ALL'])
  await describe(house, first)
  const all = `SELECT * FROM orders CROSS JOIN (SELECT max(email) AS most FROM wide)`
  const othersQuery = await root.start(all, { QueryExecutionContext: { Database: world } })
  await root.ended(othersQuery)
  return { house, reader: house.as('reader'), maker: house.as('maker'), othersQuery }
}

/** Files of text by whose hidden part it goes how they are to be read: numbers that are none, members that are not there. */
async function makeOddTables({ s3, table }: Person, first: boolean): Promise<void> {
  const fields: string[] = []
  const members: string[] = []
  for (let i = 1; i <= ROWS; i++) {
    const hidden = i % 3 === 0
    const number = String(i).padStart(4, '0')
    const odd = first ? `canary${number}` : `930000${number}`
    const email = `${first ? '"c' : 'xx'}canary${number}`
    const seen = [`ann ${i}`, `note ${i % 7}`, email, i * 2, 1 + (i % 4), i, 'EU']
    fields.push([i, ...(hidden ? [odd, odd, email, odd, first ? 'x' : '5', odd, 'US'] : seen)].join(','))
    const member = (key: string, value: unknown) => `${JSON.stringify(key)}:${JSON.stringify(value)}`
    const [name, note, , amount, divisor, code] = seen
    const all = hidden
      ? [member('name', odd), member(first ? 'NOTE' : 'note', odd), member(first ? 'other_' : 'amount', 9300000 + i)]
      : [member('name', name), member('note', note), member('amount', amount)]
    const email_ = first && hidden ? `"email":["canary${number}"]` : member('email', `canary${number}__`)
    const last = [member('divisor', divisor), member('code', String(code)), member('region', hidden ? 'US' : 'EU')]
    members.push(`{${[member('id', i), ...all, email_, ...last].join(',')}}`)
  }
  const columns = 'id int, name string, note string, email string, amount int, divisor int, code string, region string'
  for (const [name, lines, format] of [
    ['odd', fields, "DELIMITED FIELDS TERMINATED BY ','"],
    ['members', members, "SERDE 'org.openx.data.jsonserde.JsonSerDe'"],
  ] as const) {
    const at = `${DATABASE}/${name}/`
    await s3.send(new PutObjectCommand({ Bucket: 'data', Key: `${at}lines`, Body: lines.join('\n') }))
    await table(
      `CREATE EXTERNAL TABLE ${DATABASE}.${name} (${columns}) ROW FORMAT ${format} LOCATION 's3://data/${at}'`,
    )
  }
}

/** What is said of hidden columns beside their rows. */
async function describe({ root }: GovernedLake, first: boolean): Promise<void> {
  const word = first ? 'acanary' : 'zcanary'
  await root.lakeFormation.send(new CreateLFTagCommand({ TagKey: 'level', TagValues: ['seen', 'acanary', 'zcanary'] }))
  const put = (Resource: object, value: string) =>
    root.lakeFormation.send(
      new AddLFTagsToResourceCommand({ Resource, LFTags: [{ TagKey: 'level', TagValues: [value] }] }),
    )
  await put({ TableWithColumns: { DatabaseName: DATABASE, Name: 'orders', ColumnNames: ['email'] } }, word)
  await put({ TableWithColumns: { DatabaseName: DATABASE, Name: 'orders', ColumnNames: ['id'] } }, 'seen')
  await put({ Table: { DatabaseName: DATABASE, Name: 'secrets' } }, word)
  const AnalyzedTime = new Date(0)
  const count = first ? 7_100_001 : 9_300_001
  for (const TableName of ['orders', 'wide'])
    await root.glue.send(
      new UpdateColumnStatisticsForTableCommand({
        DatabaseName: DATABASE,
        TableName,
        ColumnStatisticsList: [
          {
            ColumnName: 'email',
            ColumnType: 'string',
            AnalyzedTime,
            StatisticsData: {
              Type: 'STRING',
              StringColumnStatisticsData: {
                MaximumLength: count,
                AverageLength: 1,
                NumberOfNulls: 0,
                NumberOfDistinctValues: 1,
              },
            },
          },
          {
            ColumnName: 'id',
            ColumnType: 'int',
            AnalyzedTime,
            StatisticsData: {
              Type: 'LONG',
              LongColumnStatisticsData: { MaximumValue: count, NumberOfNulls: 0, NumberOfDistinctValues: 1 },
            },
          },
        ],
      }),
    )
}
