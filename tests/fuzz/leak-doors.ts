/** What else than queries tells of tables: lists, statistics, tags, results of others, plans for engines, estimates. */
import {
  BatchGetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetQueryRuntimeStatisticsCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  ListNamedQueriesCommand,
  ListTableMetadataCommand,
} from '@aws-sdk/client-athena'
import {
  BatchGetPartitionCommand,
  GetColumnStatisticsForPartitionCommand,
  GetColumnStatisticsForTableCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionCommand,
  GetPartitionIndexesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GetTableVersionsCommand,
  SearchTablesCommand,
} from '@aws-sdk/client-glue'
import {
  GetEffectivePermissionsForPathCommand,
  GetQueryStateCommand,
  GetResourceLFTagsCommand,
  GetTemporaryGlueTableCredentialsCommand,
  GetWorkUnitResultsCommand,
  GetWorkUnitsCommand,
  LakeFormationClient,
  ListDataCellsFilterCommand,
  ListPermissionsCommand,
  SearchTablesByLFTagsCommand,
  StartQueryPlanningCommand,
} from '@aws-sdk/client-lakeformation'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { ACCOUNT, type GovernedLake, type Person } from '../acceptance/lakeformation/governed-lake.ts'
import { send } from '../acceptance/wire/signed-request.ts'
import type { Random } from '../conformance/values.ts'

export interface LeakWorld {
  readonly house: GovernedLake
  readonly reader: Person
  /** Sees the same as the reader, and makes tables and views of it: nobody else sees those. */
  readonly maker: Person
  /** A query that somebody else has run over everything. */
  readonly othersQuery: string
}

/** Its answer, or what it throws, must be the same in both worlds. */
export interface Door {
  readonly name: string
  ask(world: LeakWorld): Promise<unknown>
}

export const DATABASE = 'world'
/** In which the maker may make tables and views. */
export const OWN = 'own'
const TABLES = [
  'orders',
  'sales',
  'lines',
  'wide',
  'ice',
  'odd',
  'members',
  'deep',
  'docs',
  'deepice',
  'secrets',
  'seen_all',
  'nothing',
]
const COLUMNS = ['id', 'name', 'note', 'email', 'amount', 'divisor', 'code', 'region', 'person', 'nothing']
const REGIONS = ['EU', 'US', 'XX']
/** None of digits and letters that names of files may have by chance. */
const WORDS = ['canary', 'acanary', 'zcanary', 'email', 'ann', 'US', 'orders', 'secret', 'note', 'xyz', '']
const EXPRESSIONS = [
  "region = 'US'",
  "region <> 'EU'",
  "region LIKE 'U%'",
  "region IN ('EU', 'US')",
  "region > 'A' AND region < 'Z'",
  "email = 'x'",
  "nothing = 'x'",
]

/** One of the doors, with words of chance. */
export function someDoor(random: Random): Door {
  const [DatabaseName, CatalogId] = [DATABASE, ACCOUNT]
  const [Name, column] = [random.pick(TABLES), random.pick(COLUMNS)]
  const [word, region, Expression] = [random.pick(WORDS), random.pick(REGIONS), random.pick(EXPRESSIONS)]
  const columns = [column, random.pick(COLUMNS)]
  const table = { DatabaseName, TableName: Name }
  const glue =
    (command: object): Door['ask'] =>
    ({ reader }) =>
      reader.glue.send(command as GetTableCommand)
  const formation =
    (command: object): Door['ask'] =>
    ({ reader }) =>
      reader.lakeFormation.send(command as ListPermissionsCommand)
  const athena =
    (command: object): Door['ask'] =>
    ({ reader }) =>
      reader.athena.send(command as ListDatabasesCommand)
  const tags = [{ TagKey: 'level', TagValues: [random.pick(['seen', 'acanary', 'zcanary', '*'])] }]
  const list = random.pick(['tables', 'views'])
  const CatalogName = random.pick(['AwsDataCatalog', 'awsdatacatalog'])
  const resource = { Table: { DatabaseName, Name } }
  const doors: Readonly<Record<string, Door['ask']>> = {
    GetDatabase: glue(new GetDatabaseCommand({ Name: random.pick([DATABASE, 'hidden', 'nothing']) })),
    GetDatabases: glue(new GetDatabasesCommand({})),
    GetTable: glue(new GetTableCommand({ DatabaseName, Name })),
    GetTables: glue(new GetTablesCommand({ DatabaseName, Expression: random.pick(['.*', '*', `*${word}*`]) })),
    GetTableVersions: glue(new GetTableVersionsCommand(table)),
    SearchTables: glue(new SearchTablesCommand({ SearchText: word })),
    FilteredSearch: glue(
      new SearchTablesCommand({
        Filters: [{ Key: random.pick(['Name', 'DatabaseName', 'Description']), Value: word || 'x' }],
      }),
    ),
    GetPartition: glue(new GetPartitionCommand({ ...table, PartitionValues: [region] })),
    GetPartitions: glue(new GetPartitionsCommand({ ...table, Expression })),
    AllPartitions: glue(new GetPartitionsCommand(table)),
    BatchGetPartition: glue(
      new BatchGetPartitionCommand({ ...table, PartitionsToGet: REGIONS.map((one) => ({ Values: [one] })) }),
    ),
    GetPartitionIndexes: glue(new GetPartitionIndexesCommand(table)),
    TableStatistics: glue(new GetColumnStatisticsForTableCommand({ ...table, ColumnNames: columns })),
    PartitionStatistics: glue(
      new GetColumnStatisticsForPartitionCommand({ ...table, PartitionValues: [region], ColumnNames: columns }),
    ),
    ListDatabases: athena(new ListDatabasesCommand({ CatalogName })),
    GetTableMetadata: athena(new GetTableMetadataCommand({ CatalogName, DatabaseName, TableName: Name })),
    ListTableMetadata: athena(new ListTableMetadataCommand({ CatalogName, DatabaseName, Expression: `.*${word}.*` })),
    ListPermissions: formation(new ListPermissionsCommand(random.chance(0.5) ? {} : { Resource: resource })),
    ListDataCellsFilter: formation(new ListDataCellsFilterCommand({ Table: { CatalogId, DatabaseName, Name } })),
    GetResourceLFTags: formation(new GetResourceLFTagsCommand({ Resource: resource })),
    ColumnLFTags: formation(
      new GetResourceLFTagsCommand({ Resource: { TableWithColumns: { DatabaseName, Name, ColumnNames: columns } } }),
    ),
    SearchTablesByLFTags: formation(new SearchTablesByLFTagsCommand({ Expression: tags })),
    GetEffectivePermissionsForPath: formation(
      new GetEffectivePermissionsForPathCommand({ ResourceArn: `arn:aws:s3:::data/${DATABASE}/${Name}` }),
    ),
    TableCredentials: formation(
      new GetTemporaryGlueTableCredentialsCommand({
        TableArn: `arn:aws:glue:us-east-1:${ACCOUNT}:table/${DATABASE}/${Name}`,
        SupportedPermissionTypes: [random.pick(['COLUMN_PERMISSION', 'CELL_FILTER_PERMISSION'])],
      }),
    ),
    OthersResults: async ({ reader, othersQuery: QueryExecutionId }) =>
      reader.athena.send(new GetQueryResultsCommand({ QueryExecutionId })),
    OthersStatistics: async ({ reader, othersQuery: QueryExecutionId }) => {
      const { QueryRuntimeStatistics } = await reader.athena.send(
        new GetQueryRuntimeStatisticsCommand({ QueryExecutionId }),
      )
      return QueryRuntimeStatistics?.Rows
    },
    ReusedResults: (world) => reusedResults(world, `SELECT count(*), max(${column}), min(amount) FROM ${Name}`),
    NamedQueries: async ({ reader }) => {
      const { NamedQueryIds: ids = [] } = await reader.athena.send(new ListNamedQueriesCommand({}))
      return ids.length > 0 && reader.athena.send(new BatchGetNamedQueryCommand({ NamedQueryIds: ids }))
    },
    WorkUnits: (world) => workUnits(world, `SELECT * FROM ${Name} WHERE ${column} IS NOT NULL`),
    RestTable: (world) => rest(world, `namespaces/${DATABASE}/tables/${Name}`),
    RestList: (world) => rest(world, `namespaces/${DATABASE}/${list}`),
    RestCredentials: (world) => rest(world, `namespaces/${DATABASE}/tables/${Name}/credentials`),
    Estimate: (world) =>
      own(world, 'explain', { sql: `SELECT count(*) FROM ${Name} WHERE ${column} IS NOT NULL`, database: DATABASE }),
    Advice: (world) => own(world, 'advice', { table: `${DATABASE}.${Name}` }),
    Copy: (world) => copied(world, Name, random.below(1e9)),
    View: (world) => ownView(world, Name, random.below(1e9)),
    Prepared: (world) => prepared(world, Name, [column, word], random.below(1e9)),
    Unloaded: (world) => unloaded(world, Name, random.below(1e9)),
    Explanation: (world) => own(world, 'access', { table: `${DATABASE}.${Name}` }),
  }
  const [name, ask] = random.pick(Object.entries(doors))
  return { name: `${name} ${[Name, column, word, region, Expression].join(' ')}`, ask }
}

/** What somebody else's run has left is for nobody who sees less. */
async function reusedResults({ house, reader }: LeakWorld, sql: string): Promise<unknown> {
  const more = {
    QueryExecutionContext: { Database: DATABASE },
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } },
  }
  await house.root.ended(await house.root.start(sql, more))
  const QueryExecutionId = await reader.start(sql, more)
  const ended = await reader.ended(QueryExecutionId)
  if (ended.state !== 'SUCCEEDED') return ended
  const { ResultSet } = await reader.athena.send(new GetQueryResultsCommand({ QueryExecutionId }))
  const { QueryExecution } = await reader.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
  return [ResultSet, QueryExecution!.Statistics!.DataScannedInBytes]
}

async function workUnits({ reader: { client } }: LeakWorld, QueryString: string): Promise<unknown> {
  // AWS's own names of hosts begin with query- and data-.
  const lakeFormation = new LakeFormationClient({ ...client, disableHostPrefix: true })
  try {
    return await unitsOf(lakeFormation, QueryString)
  } finally {
    lakeFormation.destroy()
  }
}

async function unitsOf(lakeFormation: LakeFormationClient, QueryString: string): Promise<unknown> {
  const { QueryId } = await lakeFormation.send(
    new StartQueryPlanningCommand({ QueryPlanningContext: { DatabaseName: DATABASE }, QueryString }),
  )
  for (;;) {
    const { State, Error: failure } = await lakeFormation.send(new GetQueryStateCommand({ QueryId }))
    if (State === 'ERROR' || State === 'EXPIRED') return [State, failure]
    if (State === 'FINISHED' || State === 'WORKUNITS_AVAILABLE') break
  }
  const { WorkUnitRanges = [] } = await lakeFormation.send(new GetWorkUnitsCommand({ QueryId }))
  const read: string[] = []
  for (const { WorkUnitIdMin = 0, WorkUnitIdMax = 0, WorkUnitToken } of WorkUnitRanges)
    for (let WorkUnitId = WorkUnitIdMin; WorkUnitId <= WorkUnitIdMax; WorkUnitId++) {
      const { ResultStream } = await lakeFormation.send(
        new GetWorkUnitResultsCommand({ QueryId, WorkUnitId, WorkUnitToken }),
      )
      read.push(Buffer.from(await ResultStream!.transformToByteArray()).toString('latin1'))
    }
  return read
}

/** All that is told of a statement of one's own. */
async function ran({ maker }: LeakWorld, sql: string, ExecutionParameters?: string[]): Promise<unknown> {
  const more = { QueryExecutionContext: { Database: DATABASE }, ...(ExecutionParameters && { ExecutionParameters }) }
  const QueryExecutionId = await maker.start(sql, more)
  const ended = await maker.ended(QueryExecutionId)
  if (ended.state !== 'SUCCEEDED') return ended
  const { ResultSet } = await maker.athena.send(new GetQueryResultsCommand({ QueryExecutionId }))
  const { QueryExecution } = await maker.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
  const rows = ResultSet!.Rows!.map((row) => JSON.stringify(row)).sort()
  return [rows, QueryExecution!.Statistics!.DataScannedInBytes]
}

/** A copy is what was seen, and so are its files. */
async function copied(world: LeakWorld, name: string, number: number): Promise<unknown> {
  const copy = `${OWN}.copy_${number}`
  const made = await ran(
    world,
    `CREATE TABLE ${copy} WITH (table_type = 'ICEBERG', is_external = false, location = 's3://results/copies/${number}/') AS SELECT * FROM ${name}`,
  )
  const columns = 'record_count, file_size_in_bytes, lower_bounds, upper_bounds'
  return [
    made,
    await ran(world, `SELECT * FROM ${copy}`),
    await ran(world, `SELECT ${columns} FROM "${OWN}"."copy_${number}$files"`),
    await ran(world, `DROP TABLE ${copy}`),
  ]
}

async function ownView(world: LeakWorld, name: string, number: number): Promise<unknown> {
  const view = `${OWN}.view_${number}`
  const made = await ran(world, `CREATE VIEW ${view} AS SELECT * FROM ${DATABASE}.${name}`)
  return [made, await ran(world, `SELECT * FROM ${view}`), await ran(world, `DROP VIEW ${view}`)]
}

async function prepared(world: LeakWorld, name: string, [column, word]: readonly string[], number: number) {
  const text = `PREPARE asked_${number} FROM SELECT * FROM ${name} WHERE CAST(${column} AS varchar) LIKE ?`
  return [
    await ran(world, text),
    await ran(world, `EXECUTE asked_${number}`, [`'%${word}%'`]),
    await ran(world, `EXECUTE asked_${number} USING '9%'`),
    await ran(world, `DEALLOCATE PREPARE asked_${number}`),
  ]
}

async function unloaded(world: LeakWorld, name: string, number: number): Promise<unknown> {
  const made = await ran(
    world,
    `UNLOAD (SELECT * FROM ${name}) TO 's3://results/unloads/${number}/' WITH (format = 'PARQUET')`,
  )
  const { Contents = [] } = await world.maker.s3.send(
    new ListObjectsV2Command({ Bucket: 'results', Prefix: `unloads/${number}/` }),
  )
  return [made, Contents.map(({ Size }) => Size)]
}

async function signed(
  world: LeakWorld,
  request: { readonly method: string; readonly path: string; readonly body?: string },
) {
  const credentials = await (world.reader.client.credentials as unknown as () => Promise<object>)()
  const response = await send({ ...world.house.lake, credentials } as never, { service: 'glue', ...request })
  return [response.status, await response.text()]
}

const rest = (world: LeakWorld, path: string) =>
  signed(world, { method: 'GET', path: `/iceberg/v1/catalogs/${ACCOUNT}/${path}` })

const own = (world: LeakWorld, operation: string, input: object) =>
  signed(world, { method: 'POST', path: `/_lentic/${operation}`, body: JSON.stringify(input) })
