/** Fields of structs that a data cells filter names: what is seen of them, by every format, and that the rest is not told. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableMetadataCommand } from '@aws-sdk/client-athena'
import {
  CreateTableCommand,
  GetColumnStatisticsForTableCommand,
  GetTableCommand,
  GetUnfilteredTableMetadataCommand,
  type PermissionType,
  SearchTablesCommand,
  UpdateColumnStatisticsForTableCommand,
} from '@aws-sdk/client-glue'
import {
  CreateDataCellsFilterCommand,
  type DataCellsFilter,
  GetTemporaryGlueTableCredentialsCommand,
  ListDataCellsFilterCommand,
  PutDataLakeSettingsCommand,
} from '@aws-sdk/client-lakeformation'
import { callOwn } from '../../../bin/api-client.ts'
import type { ExplainedAccess } from '../../../src/core/permissions/explanation.ts'
import { send } from '../wire/signed-request.ts'
import { ACCOUNT, type GovernedLake, governedLake } from './governed-lake.ts'

let house: GovernedLake

const FORMATS: Readonly<Record<string, string>> = {
  parquet: "format = 'PARQUET', external_location = 's3://data/parquet/'",
  orc: "format = 'ORC', external_location = 's3://data/orc/'",
  json: "format = 'JSON', external_location = 's3://data/json/'",
  avro: "format = 'AVRO', external_location = 's3://data/avro/'",
  iceberg: "table_type = 'ICEBERG', is_external = false, location = 's3://data/iceberg/'",
}
const TABLES = Object.keys(FORMATS)

/** The sample schema of lake-formation dg, creating-data-filters, and a column with a list of structs. */
const COLUMNS = `CAST(customer AS ROW(customerid varchar, customername varchar)) AS customer,
  CAST(product AS ROW(offer ROW(prodid varchar, listingid varchar), type varchar)) AS product,
  CAST(ARRAY[ROW(purchaseid)] AS ARRAY(ROW(part varchar))) AS parts, purchaseid`
const ROWS = `VALUES
  (ROW('5', 'John'), ROW(ROW('p1', 'l1'), 'book'), 'a'),
  (ROW('6', 'Ann'), ROW(ROW('p2', 'l2'), 'toy'), 'b'),
  (NULL, ROW(NULL, 'toy'), 'c'),
  (ROW('7', NULL), NULL, 'd')`

const filtersOf = (TableName: string): readonly DataCellsFilter[] => {
  const all = { RowFilter: { AllRowsWildcard: {} } }
  const filters: readonly Omit<DataCellsFilter, 'TableCatalogId' | 'DatabaseName' | 'TableName'>[] = [
    { ...all, Name: 'name', ColumnNames: ['"customer"."customerName"'] },
    {
      Name: 'id',
      ColumnNames: ['"customer"."customerId"'],
      RowFilter: { FilterExpression: "customer.customerid <> '5'" },
    },
    {
      Name: 'example',
      ColumnNames: ['customer', '"product"."offer"'],
      RowFilter: { FilterExpression: "customer.customerName <> 'John'" },
    },
    { ...all, Name: 'most', ColumnWildcard: { ExcludedColumnNames: ['"product"."offer"."listingid"', 'parts'] } },
  ]
  return filters.map((one) => ({ TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName, ...one }))
}

const filter = (TableData: Partial<DataCellsFilter>) =>
  house.root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData: TableData as DataCellsFilter }))

before(async () => {
  house = await governedLake()
  for (const [name, properties] of Object.entries(FORMATS)) {
    await house.root.table(
      `CREATE TABLE ${name} WITH (${properties}) AS SELECT ${COLUMNS} FROM (${ROWS}) AS t (customer, product, purchaseid)`,
    )
    for (const one of filtersOf(name)) {
      await filter(one)
      const { TableCatalogId, DatabaseName, TableName, Name } = one
      for (const role of Name === 'id' || Name === 'name' ? ['both', Name] : [Name!])
        await house.grant(role, { DataCellsFilter: { TableCatalogId, DatabaseName, TableName, Name } }, ['SELECT'])
    }
  }
})
after(() => house.close())

/** Statistics of columns, whatever they are of. */
async function put(names: readonly string[]): Promise<void> {
  const StringColumnStatisticsData = { MaximumLength: 1, AverageLength: 1, NumberOfNulls: 0, NumberOfDistinctValues: 1 }
  const ColumnStatisticsList = names.map((ColumnName) => ({
    ColumnName,
    ColumnType: 'string',
    AnalyzedTime: new Date(0),
    StatisticsData: { Type: 'STRING' as const, StringColumnStatisticsData },
  }))
  await house.root.glue.send(
    new UpdateColumnStatisticsForTableCommand({ DatabaseName: 'db', TableName: 'parquet', ColumnStatisticsList }),
  )
}

const credentialsOf = (role: string) => (house.as(role).client.credentials as unknown as () => Promise<object>)()

const sorted = (rows: readonly (readonly (string | null)[])[]): string[] =>
  rows.map((row) => JSON.stringify(row)).sort()

for (const table of TABLES) {
  test(`a field that is granted is all that its struct has: ${table}`, async () => {
    const reader = house.as('name')
    const rows = await reader.rows(`SELECT customer FROM ${table}`)
    assert.deepEqual(
      sorted(rows),
      sorted([['{customername=John}'], ['{customername=Ann}'], [null], ['{customername=null}']]),
    )
    assert.deepEqual(await reader.rows(`SELECT DISTINCT typeof(customer) FROM ${table}`), [
      ['row(customername varchar)'],
    ])
    assert.deepEqual(
      await reader.rows(
        `SELECT customer.customername, customer[1], json_format(CAST(customer AS json)) FROM ${table}
         WHERE customer.customername = 'Ann'`,
      ),
      [['Ann', 'Ann', '{"customername":"Ann"}']],
    )
    assert.deepEqual((await reader.table(`SELECT * FROM ${table}`))[0], ['customer'])
  })

  test(`rows and cells of fields go by their filters, of which one is enough: ${table}`, async () => {
    // "All rows in the customerName, and customerId fields except the cell where the value is 5" (creating-data-filters).
    const cells = await house.as('both').rows(`SELECT customer.customername, customer.customerid FROM ${table}`)
    assert.deepEqual(
      sorted(cells),
      sorted([
        ['John', null],
        ['Ann', '6'],
        [null, null],
        [null, '7'],
      ]),
    )
    assert.deepEqual(sorted(await house.as('id').rows(`SELECT customer FROM ${table}`)), [
      '["{customerid=6}"]',
      '["{customerid=7}"]',
    ])
  })

  test(`a column is granted with all of its fields, a field with all that is in it: ${table}`, async () => {
    assert.deepEqual(await house.as('example').table(`SELECT * FROM ${table}`), [
      ['customer', 'product'],
      ['{customerid=6, customername=Ann}', '{offer={prodid=p2, listingid=l2}}'],
    ])
    const most = house.as('most')
    assert.deepEqual((await most.table(`SELECT * FROM ${table}`))[0], ['customer', 'product', 'purchaseid'])
    assert.deepEqual(
      sorted(await most.rows(`SELECT product, product.offer.prodid, purchaseid FROM ${table}`)),
      sorted([
        ['{offer={prodid=p1}, type=book}', 'p1', 'a'],
        ['{offer={prodid=p2}, type=toy}', 'p2', 'b'],
        ['{offer=null, type=toy}', null, 'c'],
        [null, null, 'd'],
      ]),
    )
  })

  test(`a hidden field is told as one that does not exist: ${table}`, async () => {
    const asked: readonly (readonly [string, string, string])[] = [
      ['name', 'customer.HIDDEN', 'customerid'],
      ['name', 'customer."HIDDEN"', 'customerid'],
      ['most', 'product.offer.HIDDEN', 'listingid'],
      ['name', 'HIDDEN', 'product'],
    ]
    for (const [role, expression, hidden] of asked) {
      const failure = (name: string): Promise<string> =>
        house.as(role).failure(`SELECT ${expression.replace('HIDDEN', name)} FROM ${table}`)
      assert.equal((await failure(hidden)).replaceAll(hidden, 'nothing'), await failure('nothing'))
    }
    await house.as('name').failure(`SELECT customer[2] FROM ${table}`)
    await house.as('name').failure(`SELECT customer = ROW('5', 'John') FROM ${table}`)
  })
}

test('what a copy, a view, a prepared statement and a list of structs have is what their maker sees', async () => {
  const maker = house.as('most')
  await house.grant('most', { Database: { Name: 'db' } }, ['CREATE_TABLE'])
  const iceberg = "table_type = 'ICEBERG', is_external = false, location = 's3://results/copy/'"
  await maker.table(`CREATE TABLE copy WITH (${iceberg}) AS SELECT * FROM parquet`)
  assert.deepEqual(sorted(await maker.rows('SELECT * FROM copy')), sorted(await maker.rows('SELECT * FROM parquet')))
  assert.deepEqual(await maker.rows('SELECT DISTINCT typeof(product) FROM copy'), [
    ['row(offer row(prodid varchar), type varchar)'],
  ])
  await maker.table('CREATE VIEW shown AS SELECT product FROM orc')
  await house.grant('name', { Table: { DatabaseName: 'db', Name: 'shown' } }, ['SELECT'])
  assert.match(await house.as('name').failure('SELECT * FROM shown'), /Column 'product' cannot be resolved/)
  assert.deepEqual(await maker.rows("SELECT product FROM shown WHERE product.type = 'book'"), [
    ['{offer={prodid=p1}, type=book}'],
  ])
  await maker.table('PREPARE asked FROM SELECT product.offer FROM json WHERE product.offer.prodid = ?')
  assert.deepEqual(await maker.rows("EXECUTE asked USING 'p2'"), [['{prodid=p2}']])
  assert.deepEqual(
    await maker.rows(
      "SELECT u.offer FROM iceberg CROSS JOIN UNNEST(ARRAY[product]) AS u (offer, type) WHERE type = 'book'",
    ),
    [['{prodid=p1}']],
  )
  for (const [sql, told] of [
    [
      "SELECT product, count(*) FROM orc GROUP BY product HAVING product.type = 'book'",
      '{offer={prodid=p1}, type=book}',
    ],
    ['SELECT max(product.offer.prodid) FROM avro', 'p2'],
    ["SELECT product FROM parquet WHERE product = ROW(ROW('p1'), 'book')", '{offer={prodid=p1}, type=book}'],
  ] as const)
    assert.equal((await maker.rows(sql))[0]![0], told)
})

test('the catalog tells the fields that are seen', async () => {
  const { glue, athena } = house.as('most')
  const product = 'struct<offer:struct<prodid:string>,type:string>'
  for (const Name of TABLES) {
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'db', Name }))
    assert.equal(Table!.StorageDescriptor!.Columns!.find((one) => one.Name === 'product')!.Type, product)
    assert.doesNotMatch(JSON.stringify(Table), /listingid/)
    const { TableMetadata } = await athena.send(
      new GetTableMetadataCommand({ CatalogName: 'AwsDataCatalog', DatabaseName: 'db', TableName: Name }),
    )
    assert.equal(TableMetadata!.Columns!.find((one) => one.Name === 'product')!.Type, product)
    assert.doesNotMatch(JSON.stringify(await house.as('most').table(`DESCRIBE ${Name}`)), /listingid|parts/)
  }
  const { TableList } = await glue.send(new SearchTablesCommand({}))
  assert.doesNotMatch(JSON.stringify(TableList), /listingid/)
  const told = "SELECT data_type FROM information_schema.columns WHERE table_schema = 'db' AND column_name = 'product'"
  for (const [type] of await house.as('most').rows(told))
    assert.equal(type, 'row(offer row(prodid varchar), type varchar)')
})

test('what tells of whole columns is for who sees all of their fields', async () => {
  const most = house.as('most')
  for (const sql of ['SELECT * FROM "iceberg$files"', 'SHOW CREATE TABLE iceberg', 'SELECT "$path" FROM parquet'])
    await most.failure(sql)
  const statistics = new GetColumnStatisticsForTableCommand({
    DatabaseName: 'db',
    TableName: 'parquet',
    ColumnNames: ['product', 'purchaseid'],
  })
  await put(['product', 'purchaseid'])
  const { ColumnStatisticsList } = await most.glue.send(statistics)
  assert.deepEqual(
    ColumnStatisticsList!.map(({ ColumnName }) => ColumnName),
    ['purchaseid'],
  )
  const { status } = await send({ ...house.lake, credentials: await credentialsOf('most') } as never, {
    service: 'glue',
    method: 'GET',
    path: `/iceberg/v1/catalogs/${ACCOUNT}/namespaces/db/tables/iceberg`,
  })
  assert.equal(status, 403)
  await assert.rejects(
    most.lakeFormation.send(
      new GetTemporaryGlueTableCredentialsCommand({
        TableArn: `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/parquet`,
        SupportedPermissionTypes: ['COLUMN_PERMISSION'],
      }),
    ),
    { name: 'PermissionTypeMismatchException' },
  )
})

test('a view of a struct is read by who sees of it what its maker saw', async () => {
  await house.grant('name', { Database: { Name: 'db' } }, ['CREATE_TABLE'])
  const maker = house.as('name')
  await maker.table('CREATE VIEW called AS SELECT customer FROM parquet')
  for (const role of ['id', 'both']) {
    await house.grant(role, { Table: { DatabaseName: 'db', Name: 'called' } }, ['SELECT'])
    assert.match(await house.as(role).failure('SELECT * FROM called'), /^VIEW_IS_STALE/)
  }
  assert.match(await house.root.failure('SELECT * FROM called'), /^VIEW_IS_STALE/)
  assert.equal((await maker.rows('SELECT * FROM called')).length, 4)
})

test('an explanation tells of each field of a struct of which a part is seen', async () => {
  const explain = (role: string, column: string) =>
    callOwn<ExplainedAccess>({ ...house.lake, ...house.lake.credentials }, 'access', {
      principal: `role/${role}`,
      table: 'db.parquet',
      column,
    })
  const { columns: most } = await explain('most', 'product')
  assert.deepEqual(
    most.map(({ column, visible }) => [column, visible]),
    [
      ['"product"."offer"."prodid"', 'always'],
      ['"product"."offer"."listingid"', 'never'],
      ['"product"."type"', 'always'],
    ],
  )
  assert.match(most[1]!.because.join(), /data cells filter most .* leaves out "product"."offer"."listingid"/)
  const { columns: both } = await explain('both', 'customer')
  assert.deepEqual(
    both.map(({ column, visible, where }) => [column, visible, where]),
    [
      ['"customer"."customerid"', 'sometimes', ["customer.customerid <> '5'"]],
      ['"customer"."customername"', 'always', undefined],
    ],
  )
  const { columns: whole } = await explain('example', 'customer')
  assert.deepEqual(
    whole.map(({ column, visible }) => [column, visible]),
    [['customer', 'sometimes']],
  )
})

test('rows are written whole, and changed by who sees all of them', async () => {
  const writer = house.as('most')
  for (const name of ['orc', 'iceberg'])
    await house.grant('most', { Table: { DatabaseName: 'db', Name: name } }, ['INSERT', 'DELETE'])
  await writer.table("INSERT INTO orc (purchaseid, product) VALUES ('e', ROW(ROW('p5', 'l5'), 'game'))")
  assert.deepEqual(await writer.rows("SELECT product FROM orc WHERE purchaseid = 'e'"), [
    ['{offer={prodid=p5}, type=game}'],
  ])
  assert.deepEqual(await house.root.rows("SELECT product.offer.listingid FROM orc WHERE purchaseid = 'e'"), [['l5']])
  // What it has read of a row is not a row.
  assert.match(await writer.failure('INSERT INTO orc (product) SELECT product FROM orc'), /TYPE_MISMATCH/)
  const changes = [
    "DELETE FROM iceberg WHERE purchaseid = 'a'",
    'UPDATE iceberg SET product = NULL',
    'MERGE INTO iceberg i USING (SELECT 1) ON true WHEN MATCHED THEN DELETE',
  ]
  for (const sql of changes) assert.match(await writer.failure(sql), /Insufficient/)
})

test('an engine that filters by itself is told fields as filters name them', async () => {
  await house.root.lakeFormation.send(
    new PutDataLakeSettingsCommand({
      DataLakeSettings: {
        AllowExternalDataFiltering: true,
        ExternalDataFilteringAllowList: [{ DataLakePrincipalIdentifier: ACCOUNT }],
        AuthorizedSessionTagValueList: ['engine'],
      },
    }),
  )
  const tag = { LakeFormationAuthorizedCaller: 'engine' }
  const metadata = (role: string, ...SupportedPermissionTypes: PermissionType[]) =>
    house.as(role, tag).glue.send(
      new GetUnfilteredTableMetadataCommand({
        CatalogId: ACCOUNT,
        DatabaseName: 'db',
        Name: 'parquet',
        SupportedPermissionTypes,
      }),
    )
  const most = await metadata('most', 'NESTED_PERMISSION')
  assert.deepEqual(most.AuthorizedColumns, ['customer', '"product"."offer"."prodid"', '"product"."type"', 'purchaseid'])
  assert.deepEqual(most.CellFilters, [])
  const both = await metadata('both', 'NESTED_CELL_PERMISSION')
  assert.deepEqual(both.AuthorizedColumns, ['"customer"."customerid"', '"customer"."customername"'])
  assert.deepEqual(both.CellFilters, [
    { ColumnName: '"customer"."customerid"', RowFilterExpression: "customer.customerid <> '5'" },
  ])
  for (const [role, known] of [
    ['most', 'COLUMN_PERMISSION'],
    ['example', 'CELL_FILTER_PERMISSION'],
    ['example', 'NESTED_PERMISSION'],
  ] as const)
    await assert.rejects(metadata(role, known), { name: 'PermissionTypeMismatchException' })
})

test('a filter names fields of structs, each in quotes, down to five levels', async () => {
  await house.root.table(
    `CREATE EXTERNAL TABLE odd (\`a\` struct<\`b\`:struct<c:struct<d:struct<e:struct<f:int>>>>>, \`x.y\` int,
       \`q"q\` struct<\`w"w\`:int>, list array<struct<z:int>>, pairs map<string,struct<z:int>>)
     PARTITIONED BY (day string) LOCATION 's3://data/odd/'`,
  )
  const named = (names: readonly string[], more: Partial<DataCellsFilter> = { ColumnNames: [...names] }) =>
    filter({
      TableCatalogId: ACCOUNT,
      DatabaseName: 'db',
      TableName: 'odd',
      Name: JSON.stringify([names, more]).replaceAll(/[^a-z]/g, '_'),
      RowFilter: { AllRowsWildcard: {} },
      ...more,
    })
  for (const names of [
    ['"A"."B"'],
    ['"a"."b"."c"."d"."e"'],
    ['x.y'],
    ['"q""q"."w""w"'],
    // A column with a field of it is the column.
    ['a', '"a"."b"', '"a"."B"'],
    ['list', 'pairs', 'day'],
  ])
    await named(names)
  const { DataCellsFilters } = await house.root.lakeFormation.send(
    new ListDataCellsFilterCommand({ Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'odd' } }),
  )
  const kept = DataCellsFilters!.map(({ ColumnNames }) => ColumnNames!.join(' '))
  assert.deepEqual(kept.sort(), [
    '"a"."b"',
    '"a"."b" a',
    '"a"."b"."c"."d"."e"',
    '"q""q"."w""w"',
    'day list pairs',
    'x.y',
  ])
  const refused: readonly (readonly [string, RegExp])[] = [
    ['"a"."none"', /Column "a"."none" not found/],
    ['"none"."b"', /Column "none"."b" not found/],
    ['a.b', /Column a.b not found/],
    ['"a".b', /Column "a".b not found/],
    ['"x"."y"', /Column "x"."y" not found/],
    ['"x.y"."z"', /Only fields of structs/],
    ['"list"."z"', /Only fields of structs/],
    ['"pairs"."value"."z"', /Only fields of structs/],
    ['"day"."z"', /Only fields of structs/],
    ['"a"."b"."c"."d"."e"."f"', /five|5 levels/],
  ]
  for (const [name, message] of refused) {
    await assert.rejects(named([name]), { name: 'InvalidInputException', message })
    const but = { ColumnWildcard: { ExcludedColumnNames: [name] } }
    await assert.rejects(named([name], but), { name: 'InvalidInputException', message })
  }
  const grant = house.grant(
    'name',
    { TableWithColumns: { DatabaseName: 'db', Name: 'odd', ColumnNames: ['"a"."b"'] } },
    ['SELECT'],
  )
  await assert.rejects(grant, { name: 'InvalidInputException', message: /in data cells filters only/ })
})

test('a field is the one that it is now, in the past too', async () => {
  await house.root.table(
    `CREATE TABLE past WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/past/') AS
     SELECT 1 AS id, CAST(ROW('seen', 'SECRET') AS ROW(a varchar, b varchar)) AS s`,
  )
  const [[snapshot]] = (await house.root.rows('SELECT snapshot_id FROM "past$snapshots"')) as [[string]]
  const lists: readonly (readonly [string, Partial<DataCellsFilter>])[] = [
    ['but', { ColumnWildcard: { ExcludedColumnNames: ['"s"."b"'] } }],
    ['only', { ColumnNames: ['id', '"s"."a"'] }],
  ]
  for (const [Name, columns] of lists) {
    const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'past', Name }
    await filter({ ...key, RowFilter: { AllRowsWildcard: {} }, ...columns })
    await house.grant(`past_${Name}`, { DataCellsFilter: key }, ['SELECT'])
    const reader = house.as(`past_${Name}`)
    for (const when of ['past', `past FOR VERSION AS OF ${snapshot}`])
      assert.deepEqual(await reader.table(`SELECT * FROM ${when}`), [
        ['id', 's'],
        ['1', '{a=seen}'],
      ])
  }
})

test('what is wrong with a hidden field is not told', async () => {
  for (const name of ['orc', 'avro', 'parquet', 'json']) {
    const { Table } = await house.root.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
    const { StorageDescriptor, TableType, Parameters } = Table!
    const Columns = StorageDescriptor!.Columns!.map((column) =>
      column.Name === 'customer' ? { ...column, Type: 'struct<customerid:boolean,customername:string>' } : column,
    )
    const [DatabaseName, Name] = ['db', `wrong_${name}`]
    await house.root.glue.send(
      new CreateTableCommand({
        DatabaseName,
        TableInput: { Name, TableType, Parameters, StorageDescriptor: { ...StorageDescriptor, Columns } },
      }),
    )
    const key = { TableCatalogId: ACCOUNT, DatabaseName, TableName: Name, Name: 'name' }
    await filter({ ...key, ColumnNames: ['"customer"."customername"'], RowFilter: { AllRowsWildcard: {} } })
    await house.grant('wrong', { DataCellsFilter: key }, ['SELECT'])
    const { reason = '' } = await house.as('wrong').ended(await house.as('wrong').start(`SELECT * FROM ${Name}`))
    assert.doesNotMatch(reason, /customerid|boolean|string/i, name)
  }
})
