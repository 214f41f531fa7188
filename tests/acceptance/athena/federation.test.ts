/** Tables of PostgreSQL and MariaDB servers, registered as data catalogs, beside tables of the lake. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import {
  CreateDataCatalogCommand,
  GetDataCatalogCommand,
  GetTableMetadataCommand,
  ListDatabasesCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { CreateConnectionCommand, TestConnectionCommand } from '@aws-sdk/client-glue'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { DatabaseServer } from '../../databases/database-server.ts'
import { mariadbRoot, startMariadb } from '../../databases/mariadb.ts'
import { postgresPrograms, startPostgres } from '../../databases/postgres.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

interface Database {
  readonly catalog: string
  /** Of a Glue connection. */
  readonly type: string
  /** Where its tables are. */
  readonly schema: string
  readonly url: string
  readonly user: string
  readonly start: () => Promise<DatabaseServer>
  readonly installed: boolean
  /** The database that statements run in. */
  readonly database: string
  readonly series: (count: number) => string
  /** A view whose first row takes a minute, and how many are reading it. */
  readonly slow: string
  readonly reading: string
  readonly refused: RegExp
}

const programs = postgresPrograms()
const root = mariadbRoot()

const DATABASES: readonly Database[] = [
  {
    catalog: 'pg',
    type: 'POSTGRESQL',
    schema: 'public',
    url: 'jdbc:postgresql://127.0.0.1:PORT/postgres',
    user: 'postgres',
    start: () => startPostgres(programs!, 'secret'),
    installed: programs !== undefined,
    database: 'postgres',
    series: (count) => `SELECT i, 'word ' || (i % 1000) FROM generate_series(1, ${count}) i`,
    slow: 'CREATE VIEW slow AS SELECT n FROM many, pg_sleep(60)',
    reading: "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%slow%'",
    refused: /password authentication failed for user "postgres"/,
  },
  {
    catalog: 'my',
    type: 'MYSQL',
    schema: 'shop',
    url: 'jdbc:mysql://127.0.0.1:PORT/shop',
    user: 'ann',
    start: () => startMariadb(root!, 'secret'),
    installed: root !== undefined,
    database: 'shop',
    series: (count) => `SELECT seq, concat('word ', seq % 1000) FROM seq_1_to_${count}`,
    slow: 'CREATE VIEW slow AS SELECT n FROM many WHERE sleep(60) = 0',
    reading: "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT %slow%' AND user = 'ann'",
    refused: /Access denied for user 'ann'/,
  },
]

for (const of of DATABASES) suite(of.catalog, { skip: !of.installed && 'not installed' }, () => federated(of))

function federated({
  catalog,
  type,
  schema,
  url,
  user,
  start,
  database,
  series,
  slow,
  reading,
  refused,
}: Database): void {
  let a: AthenaLake
  let server: DatabaseServer
  const customers = `${catalog}.${schema}.customers`
  const many = `${catalog}.${schema}.many`
  const inside = { QueryExecutionContext: { Catalog: catalog, Database: schema } }

  before(async () => {
    server = await start()
    server.run(
      `CREATE TABLE customers (id int PRIMARY KEY, name varchar(50), country char(2), since date, credit decimal(10,2), seen timestamp NULL);
       INSERT INTO customers VALUES (1, 'Ann', 'NO', '2020-01-02', 10.5, '2024-02-29 12:34:56'), (2, 'Bo', NULL, '2021-03-04', NULL, NULL),
         (3, 'Cÿd', 'SE', NULL, -3, NULL);
       CREATE TABLE many (n int PRIMARY KEY, word varchar(20));
       INSERT INTO many ${series(1_000_000)};
       ${slow};`,
      database,
    )
    a = await athenaLake()
    await register('', 'secret')
    await register('_shut', 'wrong')
    await a.succeed(
      "CREATE TABLE orders WITH (external_location = 's3://data/orders/') AS SELECT * FROM (VALUES (1, 5.0), (1, 7.0), (3, 1.0), (9, 2.0)) AS t (customer, amount)",
    )
  })
  after(async () => {
    await a?.close()
    await server?.stop()
  })

  async function register(suffix: string, PASSWORD: string): Promise<void> {
    const Name = `${catalog}${suffix}`
    const address = { JDBC_CONNECTION_URL: url.replace('PORT', String(server.port)), USERNAME: user, PASSWORD }
    await a.glue.send(
      new CreateConnectionCommand({ ConnectionInput: { Name, ConnectionType: 'JDBC', ConnectionProperties: address } }),
    )
    const arn = `arn:aws:glue:us-east-1:000000000000:connection/${Name}`
    await a.athena.send(
      new CreateDataCatalogCommand({ Name, Type: 'FEDERATED', Parameters: { 'connection-arn': arn } }),
    )
  }

  /** What the server was asked for while the query ran. */
  async function asked(sql: string): Promise<string[]> {
    const before = server.statements().length
    await a.succeed(sql)
    return server.statements().slice(before)
  }

  test('joins a table of the lake', async () => {
    assert.deepEqual(
      await a.rows(`
        SELECT c.name, c.country, c.since, c.credit, c.seen, sum(o.amount) FROM "${catalog}"."${schema}"."customers" c
        LEFT JOIN orders o ON o.customer = c.id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1`),
      [
        ['Ann', 'NO', '2020-01-02', '10.50', '2024-02-29 12:34:56.000', '12.0'],
        ['Bo', null, '2021-03-04', null, null, null],
        ['Cÿd', 'SE', null, '-3.00', null, '1.0'],
      ],
    )
  })

  test('projection, conditions and limits are seen in the log of the server', async () => {
    const [filtered] = (
      await asked(`SELECT name FROM ${customers} WHERE since >= DATE '2020-06-01' AND credit IS NULL`)
    ).slice(-1)
    assert.match(filtered!, /SELECT [`"]name[`"], [`"]since[`"], [`"]credit[`"] FROM|SELECT [`"]name[`"]/)
    assert.match(filtered!, /[`"]since[`"] >= DATE '2020-06-01'/)
    assert.match(filtered!, /[`"]credit[`"] IS NULL/)
    assert.doesNotMatch(filtered!, /country|seen/)
    const limited = await asked(`SELECT n FROM ${many} WHERE n > 10 LIMIT 3`)
    assert.match(limited.at(-1)!, /WHERE [`"]n[`"] > 10 LIMIT 3/)
    const plan = (await a.lines(`EXPLAIN SELECT n FROM ${many} WHERE n IN (1, 2)`)).join('\n')
    assert.match(plan, /pushed down: \[n\]/)
    assert.match(plan, /Asked: SELECT [`"]n[`"] FROM .* WHERE [`"]n[`"] IN \(1, 2\)/)
  })

  test('dates that a database does not tell as we do are no part of what it is asked', async () => {
    const names = async (condition: string) =>
      (await a.rows(`SELECT name FROM ${customers} WHERE ${condition}`)).flat().toSorted()
    const last = "TIMESTAMP '9999-12-31 23:59:59.999'"
    assert.deepEqual(await names(`seen <= ${last}`), ['Ann'])
    assert.deepEqual(await names(`seen > ${last} OR seen IS NULL`), ['Bo', 'Cÿd'])
    assert.deepEqual(await names(`seen <> ${last} AND seen > TIMESTAMP '0000-12-31 00:00:00'`), ['Ann'])
    assert.deepEqual(await names("since > DATE '0000-02-29' AND since < DATE '2021-01-01'"), ['Ann'])
    assert.deepEqual(await names("since IN (DATE '0000-02-29', DATE '2021-03-04')"), ['Bo'])
    assert.deepEqual(await a.rows(`SELECT name FROM ${customers} WHERE seen > ${last} LIMIT 1`), [])
  })

  test('what is billed is what has come', async () => {
    const scanned = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!
    const whole = await scanned(`SELECT count(n), max(word) FROM ${many}`)
    const few = await scanned(`SELECT count(n), max(word) FROM ${many} WHERE n BETWEEN 1 AND 1000`)
    assert.ok(whole > 10_000_000 && few * 500 < whole && few > 0, `${whole} ${few}`)
  })

  test('a million rows', async () => {
    assert.deepEqual(await a.rows(`SELECT count(*), sum(n), count(DISTINCT word), min(word), max(word) FROM ${many}`), [
      ['1000000', '500000500000', '1000', 'word 0', 'word 999'],
    ])
    assert.deepEqual(await a.rows(`SELECT count(*) FROM ${many} WHERE word LIKE 'word 99%'`), [['11000']])
  })

  test('listings and metadata answer from the server', async () => {
    assert.ok((await a.lines(`SHOW DATABASES IN ${catalog}`)).includes(schema))
    assert.deepEqual(await a.lines(`SHOW TABLES IN ${catalog}.${schema}`), ['customers', 'many', 'slow'])
    const { DatabaseList } = await a.athena.send(new ListDatabasesCommand({ CatalogName: catalog }))
    assert.ok(DatabaseList!.some(({ Name }) => Name === schema))
    const { TableMetadata } = await a.athena.send(
      new GetTableMetadataCommand({ CatalogName: catalog, DatabaseName: schema, TableName: 'customers' }),
    )
    assert.deepEqual(
      TableMetadata!.Columns!.map(({ Name, Type }) => [Name, Type]),
      [
        ['id', 'int'],
        ['name', 'string'],
        ['country', 'string'],
        ['since', 'date'],
        ['credit', 'decimal(10,2)'],
        ['seen', 'timestamp'],
      ],
    )
    const { DataCatalog } = await a.athena.send(new GetDataCatalogCommand({ Name: catalog }))
    assert.equal(DataCatalog!.Type, 'FEDERATED')
  })

  test('user and password may be those of a secret', async () => {
    const secrets = new SecretsManagerClient(a.lake.client)
    const SecretString = JSON.stringify({ username: user, password: 'secret' })
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: `of-${catalog}`, SecretString }))
    secrets.destroy()
    const told = { host: '127.0.0.1', port: String(server.port), database, SecretArn: ARN }
    const Parameters = { 'connection-type': type, 'connection-properties': JSON.stringify(told) }
    const Name = `${catalog}_sealed`
    await a.athena.send(new CreateDataCatalogCommand({ Name, Type: 'FEDERATED', Parameters }))
    assert.deepEqual(await a.rows(`SELECT name FROM ${Name}.${schema}.customers WHERE id = 1`), [['Ann']])
    const unknown = JSON.stringify({ ...told, SecretArn: 'absent' })
    await assert.rejects(
      a.athena.send(
        new CreateDataCatalogCommand({
          Name: 'open',
          Type: 'FEDERATED',
          Parameters: { ...Parameters, 'connection-properties': unknown },
        }),
      ),
      { name: 'InvalidRequestException', message: "Secrets Manager can't find the specified secret." },
    )
  })

  test('a secret is asked at each query, and what it does not hold is told and not repeated', async () => {
    const secrets = new SecretsManagerClient(a.lake.client)
    const SecretId = `turns-${catalog}`
    const right = JSON.stringify({ username: user, password: 'secret' })
    await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: right }))
    const Name = `${catalog}_turns`
    const ConnectionProperties = { JDBC_CONNECTION_URL: url.replace('PORT', String(server.port)), SECRET_ID: SecretId }
    const { glue } = a
    await glue.send(
      new CreateConnectionCommand({ ConnectionInput: { Name, ConnectionType: 'JDBC', ConnectionProperties } }),
    )
    const Parameters = { 'connection-arn': `arn:aws:glue:us-east-1:000000000000:connection/${Name}` }
    await a.athena.send(new CreateDataCatalogCommand({ Name, Type: 'FEDERATED', Parameters }))
    const sql = `SELECT name FROM ${Name}.${schema}.customers WHERE id = 1`
    const fails = async (message: RegExp) => {
      const reason = await a.failure(sql)
      assert.ok(
        reason.startsWith(`GENERIC_USER_ERROR: Encountered an exception from the data source ${Name}: `),
        reason,
      )
      assert.match(reason, message)
      assert.doesNotMatch(reason, /hidden/)
      await assert.rejects(glue.send(new TestConnectionCommand({ ConnectionName: Name })), {
        name: 'InvalidInputException',
        message,
      })
    }
    assert.deepEqual(await a.rows(sql), [['Ann']])
    const shapes: readonly (readonly [string, RegExp])[] = [
      ['hidden', /is not a JSON object$/],
      ['["hidden"]', /is not a JSON object$/],
      [JSON.stringify({ username: user }), /a secret that holds username and password$/],
      [JSON.stringify({ username: user, password: null }), /a secret that holds username and password$/],
      [JSON.stringify({ username: user, password: { of: 'hidden' } }), /a secret that holds username and password$/],
      [JSON.stringify({ username: user, password: 'hidden' }), refused],
    ]
    for (const [SecretString, message] of shapes) {
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }))
      await fails(message)
    }
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: right }))
    assert.deepEqual(await a.rows(sql), [['Ann']])
    await secrets.send(new DeleteSecretCommand({ SecretId }))
    await fails(/marked for deletion/)
    assert.match(await a.failure(`SHOW DATABASES IN ${Name}`), /^GENERIC_USER_ERROR: .*marked for deletion/)
    secrets.destroy()
  })

  test('what the server refuses is told in its words', async () => {
    const reason = await a.failure(`SELECT * FROM ${catalog}_shut.${schema}.customers`)
    assert.match(reason, /^GENERIC_USER_ERROR: Encountered an exception from the data source/)
    assert.match(reason, refused)
    await assert.rejects(a.athena.send(new ListDatabasesCommand({ CatalogName: `${catalog}_shut` })), {
      name: 'MetadataException',
      message: refused,
    })
    assert.match(await a.failure(`SELECT * FROM ${catalog}.${schema}.absent`), /^TABLE_NOT_FOUND/)
  })

  test('nothing is written to it, and nothing of the lake is meant by its names', async () => {
    await a.succeed(`CREATE DATABASE IF NOT EXISTS ${schema}`)
    await a.succeed(
      `CREATE EXTERNAL TABLE IF NOT EXISTS ${schema}.many (n int) PARTITIONED BY (d int) LOCATION 's3://data/many/'`,
    )
    const refused = /^NOT_SUPPORTED: This operation is currently not supported for external catalogs$/
    for (const sql of [
      `INSERT INTO ${many} VALUES (0, 'x')`,
      `DELETE FROM ${many}`,
      `CREATE TABLE ${catalog}.${schema}.made AS SELECT 1 AS one`,
      `CREATE EXTERNAL TABLE ${catalog}.${schema}.made (n int) LOCATION 's3://data/made/'`,
      `CREATE VIEW ${catalog}.${schema}.made AS SELECT 1 AS one`,
      `DROP VIEW ${catalog}.${schema}.slow`,
      `DROP TABLE ${many}`,
      `ALTER TABLE ${many} ADD COLUMNS (m int)`,
      `MSCK REPAIR TABLE ${many}`,
      `SHOW PARTITIONS ${many}`,
      `SHOW CREATE TABLE ${many}`,
    ])
      assert.match(await a.failure(sql), refused, sql)
    for (const sql of ['DROP TABLE many', 'CREATE DATABASE made', `DROP DATABASE ${schema} CASCADE`])
      assert.match(await a.failure(sql, inside), refused, sql)
    assert.deepEqual(await a.lines(`SHOW TABLES IN ${schema}`), ['many'])
    assert.deepEqual(await a.rows(`SELECT count(*) FROM ${customers}`), [['3']])
  })

  test('queries of its own language, in every spelling, beside the lake and in views', async () => {
    const own = `${catalog}.system.query`
    const text = "SELECT id, upper(name) AS loud FROM customers WHERE name <> ''Bo''"
    const expected = [
      ['1', 'ANN'],
      ['3', 'CŸD'],
    ]
    const sorted = async (sql: string) => (await a.rows(sql)).toSorted()
    assert.deepEqual(await sorted(`SELECT * FROM TABLE(${own}(query => '${text}'))`), expected)
    assert.deepEqual(await sorted(`SELECT * FROM TABLE(${own}('${text};'))`), expected)
    assert.deepEqual(
      await a.rows(
        `SELECT loud, o.amount FROM TABLE(${own}('${text}')) c JOIN orders o ON o.customer = c.id WHERE amount > 6`,
      ),
      [['ANN', '7.0']],
    )
    const { Statistics } = await a.succeed(`SELECT * FROM TABLE(system.query('${text}'))`, inside)
    assert.ok(Statistics!.DataScannedInBytes! > 0)
    await a.succeed(`CREATE OR REPLACE VIEW loud_${catalog} AS SELECT loud FROM TABLE(${own}('${text}'))`)
    assert.deepEqual(await sorted(`SELECT loud FROM loud_${catalog}`), [['ANN'], ['CŸD']])
    const plan = (await a.lines(`EXPLAIN SELECT loud FROM TABLE(${own}('${text}')) WHERE id = 3`)).join('\n')
    assert.match(plan, /Asked: SELECT .*loud.* FROM \(SELECT id, upper\(name\) AS loud/)
    const failures: readonly (readonly [string, RegExp])[] = [
      [`SELECT * FROM TABLE(${own}(query => "${text}"))`, /^COLUMN_NOT_FOUND/],
      [`SELECT * FROM TABLE(${own}())`, /^MISSING_ARGUMENT: line 1:21: Missing argument: QUERY/],
      [`SELECT * FROM TABLE(${own}(1))`, /^TYPE_MISMATCH/],
      [`SELECT * FROM TABLE(${catalog}.system.absent('x'))`, /^FUNCTION_NOT_FOUND/],
      [`SELECT * FROM TABLE(system.query('x'))`, /^FUNCTION_NOT_FOUND: .*system.query not registered/],
      [
        `SELECT * FROM TABLE(${own}('DROP TABLE customers'))`,
        /^GENERIC_USER_ERROR: Encountered an exception from the data/,
      ],
    ]
    for (const [sql, message] of failures) assert.match(await a.failure(sql), message, sql)
  })

  test('a query that is stopped stops the server too', async () => {
    const id = await a.start(`SELECT count(*) FROM ${catalog}.${schema}.slow`)
    const running = () => Number(server.run(reading, database).trim())
    while (running() === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
    assert.equal((await a.ended(id)).Status!.State, 'CANCELLED')
    while (running() > 0) await new Promise((resolve) => setTimeout(resolve, 50))
  })
}
