/** Views: kept as Athena keeps them, read in the context they were made in. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDatabaseCommand, CreateTableCommand, GetTableCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'other' } }))
  await a.succeed(
    `CREATE TABLE people AS SELECT * FROM (VALUES (1, 'Ann', 30), (2, 'Bob', 40), (3, 'Cyd', 50)) AS t (id, name, age)`,
  )
})
after(() => a.close())

test('a view is a table of the catalog with its query inside', async () => {
  await a.succeed('CREATE VIEW older AS SELECT name, age FROM people WHERE age > 35')
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: 'older' }))
  assert.equal(Table!.TableType, 'VIRTUAL_VIEW')
  assert.equal(Table!.ViewExpandedText, '/* Presto View */')
  const [, encoded] = /^\/\* Presto View: (.+) \*\/$/.exec(Table!.ViewOriginalText!)!
  const view = JSON.parse(Buffer.from(encoded!, 'base64').toString())
  assert.deepEqual(
    [view.catalog, view.schema, view.columns],
    [
      'awsdatacatalog',
      'db',
      [
        { name: 'name', type: 'varchar(3)' },
        { name: 'age', type: 'integer' },
      ],
    ],
  )
  assert.deepEqual(await a.rows('SELECT * FROM older ORDER BY age'), [
    ['Bob', '40'],
    ['Cyd', '50'],
  ])
})

test('a view of a view, read from another database', async () => {
  await a.succeed('CREATE VIEW oldest AS SELECT max(age) AS age FROM older')
  const elsewhere = { QueryExecutionContext: { Database: 'other' } }
  assert.deepEqual(await a.rows('SELECT age FROM db.oldest', elsewhere), [['50']])
  await a.succeed('CREATE VIEW there AS SELECT count(*) AS n FROM db.people', elsewhere)
  assert.deepEqual(await a.rows('SELECT n + 1 AS m FROM other.there'), [['4']])
})

test('replacing, listing, describing and dropping', async () => {
  await a.succeed('CREATE VIEW changing AS SELECT 1 AS n')
  assert.match(await a.failure('CREATE VIEW changing AS SELECT 2 AS n'), /^TABLE_ALREADY_EXISTS: /)
  await a.succeed("CREATE OR REPLACE VIEW changing AS SELECT 2 AS n, 'a' AS s")
  assert.deepEqual(await a.rows('SELECT * FROM changing'), [['2', 'a']])
  assert.match(await a.failure('CREATE OR REPLACE VIEW people AS SELECT 1 AS n'), /^TABLE_ALREADY_EXISTS: /)
  for (const sql of ['DESCRIBE changing', 'SHOW COLUMNS FROM changing']) {
    const { SubstatementType, QueryExecutionId } = await a.succeed(sql)
    assert.equal(SubstatementType, 'DESC_VIEW')
    const { ResultSet, UpdateCount } = await a.results(QueryExecutionId!)
    assert.equal(UpdateCount, 0)
    assert.deepEqual(
      ResultSet!.ResultSetMetadata!.ColumnInfo!.map((c) => `${c.Name} ${c.Type}`),
      ['column varchar', 'type varchar'],
    )
    assert.deepEqual(
      ResultSet!.Rows!.map((row) => row.Data![0]!.VarCharValue),
      ['n\tinteger', 's\tvarchar(1)'],
    )
  }
  assert.ok((await a.lines('SHOW VIEWS')).includes('changing'))
  assert.ok(!(await a.lines('SHOW VIEWS')).includes('people'))
  const [head, ...query] = await a.lines('SHOW CREATE VIEW changing')
  assert.equal(head, 'CREATE VIEW db.changing AS')
  assert.match(query.join('\n'), /^SELECT/)
  // As the suite of PyAthena observed it.
  await a.succeed('create view laid as select name from db.people')
  assert.deepEqual(await a.lines('SHOW CREATE VIEW laid'), [
    'CREATE VIEW db.laid AS',
    'SELECT name',
    'FROM',
    '  db.people',
  ])
  await a.succeed('DROP VIEW laid')
  assert.equal((await a.succeed('DROP VIEW changing')).SubstatementType, 'DROP_VIEW')
  assert.match(await a.failure('DROP VIEW changing'), /^TABLE_NOT_FOUND: /)
  await a.succeed('DROP VIEW IF EXISTS changing')
  assert.match(await a.failure('DROP VIEW people'), /People|people/)
})

test('a view must be readable when it is made, and says so when it is not any more', async () => {
  assert.match(await a.failure('CREATE VIEW broken AS SELECT nothing FROM people'), /^COLUMN_NOT_FOUND: /)
  await a.succeed('CREATE TABLE fleeting AS SELECT 1 AS n')
  await a.succeed('CREATE VIEW on_fleeting AS SELECT n FROM fleeting')
  await a.succeed('DROP TABLE fleeting')
  assert.match(
    await a.failure('SELECT * FROM on_fleeting'),
    /^INVALID_VIEW: .*[Ff]ailed analyzing stored view 'awsdatacatalog\.db\.on_fleeting'/,
  )
  await a.succeed("CREATE TABLE fleeting AS SELECT 'text' AS n")
  assert.match(
    await a.failure('SELECT * FROM on_fleeting'),
    /^VIEW_IS_STALE: .*'awsdatacatalog\.db\.on_fleeting' is stale/,
  )
})

test('a view that reads itself', async () => {
  await a.succeed('CREATE VIEW snake AS SELECT 1 AS n')
  await a.succeed('CREATE VIEW tail AS SELECT n FROM snake')
  assert.match(await a.failure('CREATE OR REPLACE VIEW snake AS SELECT n FROM tail'), /recursive/i)
})

test('a view that another tool wrote into the catalog', async () => {
  const document = {
    originalSql: 'SELECT name FROM people WHERE id = 2',
    catalog: 'awsdatacatalog',
    schema: 'db',
    columns: [{ name: 'name', type: 'varchar' }],
  }
  const text = `/* Presto View: ${Buffer.from(JSON.stringify(document)).toString('base64')} */`
  await a.glue.send(
    new CreateTableCommand({
      DatabaseName: 'db',
      TableInput: {
        Name: 'by_hand',
        TableType: 'VIRTUAL_VIEW',
        ViewOriginalText: text,
        ViewExpandedText: '/* Presto View */',
        Parameters: { presto_view: 'true' },
        StorageDescriptor: { Columns: [{ Name: 'name', Type: 'string' }] },
      },
    }),
  )
  assert.deepEqual(await a.rows('SELECT * FROM by_hand'), [['Bob']])
})

test('the information schema', async () => {
  assert.deepEqual(
    await a.rows(
      "SELECT column_name, data_type, ordinal_position FROM information_schema.columns WHERE table_name = 'people' ORDER BY 3",
    ),
    [
      ['id', 'integer', '1'],
      ['name', 'varchar(3)', '2'],
      ['age', 'integer', '3'],
    ],
  )
  assert.deepEqual(
    await a.rows(
      "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'db' AND table_name IN ('older', 'people') ORDER BY 1",
    ),
    [
      ['older', 'VIEW'],
      ['people', 'BASE TABLE'],
    ],
  )
  assert.deepEqual(await a.rows('SELECT schema_name FROM information_schema.schemata ORDER BY 1'), [
    ['db'],
    ['default'],
    ['other'],
  ])
  assert.match(await a.failure('SELECT * FROM information_schema.nothing'), /^TABLE_NOT_FOUND: line 1:15: /)
})

test('fields of a view have whatever names', async () => {
  await a.succeed(`CREATE VIEW odd_fields AS
    SELECT ARRAY[CAST(ROW(1, 'x') AS ROW("A b" int, "end" varchar(3)))] AS list, map(ARRAY['k'], ARRAY[CAST(ROW(2) AS ROW("c""d" int))]) AS m`)
  assert.deepEqual(await a.rows('SELECT list[1]."A b", list[1]."end", m[\'k\']."c""d" FROM odd_fields'), [
    ['1', 'x', '2'],
  ])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
