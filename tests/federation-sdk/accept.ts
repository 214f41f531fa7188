/**
 * AWS's own federation SDK on both sides: `npm run accept:federation`. Needs `mvn` and Java 17, and brings the SDK the first
 * time. Its handlers are read by our connector and by Athena, and what our kit answers is understood by its classes, in every version of
 * the serialization. `--where-possible`: where it cannot be had, says why and passes.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { CreateDataCatalogCommand } from '@aws-sdk/client-athena'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { connector, type LocalFunctions, serve } from '../../src/connector-kit/connector.ts'
import { shop } from '../../src/connector-kit/shop.fixture.ts'
import type { Connector, SourceScan } from '../../src/core/federation/connector.ts'
import type { Domain } from '../../src/core/federation/domain.ts'
import { columnType } from '../../src/core/queries/column-type.ts'
import { openLambda } from '../../src/engines/lambda/connector.ts'
import { plainValues } from '../../src/formats/vectors.fixture.ts'
import { freePort } from '../../tools/free-port.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { type FederationSdk, fetchFederationSdk } from './sdk.ts'

const never = new AbortController().signal
let sdk: FederationSdk | undefined
let reason: string | undefined
try {
  sdk = await fetchFederationSdk()
} catch (error) {
  if (!process.argv.includes('--where-possible')) throw error
  reason = String(error instanceof Error ? error.message : error).slice(0, 400)
  console.log(`skipped, for AWS's federation SDK can not be had here: ${reason}`)
}

/** More than an answer takes, in more than one block. */
const ROWS_OF_A_YEAR = 1_000_000

describe("AWS's federation SDK", { skip: reason }, () => {
  let house: AthenaLake
  let s3: S3Client
  let port: number
  let env: Record<string, string>
  const running: ChildProcess[] = []

  before(async () => {
    // The functions are told where the lake is before they start, and the lake where the functions will answer.
    port = await freePort()
    house = await athenaLake({ functions: { composite: `http://127.0.0.1:${port}`, udf: `http://127.0.0.1:${port}` } })
    const { endpoint, region, credentials } = house.lake
    s3 = house.s3
    await s3.send(new CreateBucketCommand({ Bucket: 'spill' }))
    env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      spill_bucket: 'spill',
      spill_prefix: 'over',
    }
  })
  after(async () => {
    for (const program of running) program.kill()
    await house?.close()
  })

  const spilled: string[] = []
  async function readObject(uri: string): Promise<Uint8Array> {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!
    spilled.push(key!)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    return Body!.transformToByteArray()
  }

  describe('its handlers, read by our connector', () => {
    let url: string
    let on: Connector

    before(async () => {
      const program = sdk!.run('functions', [String(port)], { env, properties: { rows: String(ROWS_OF_A_YEAR) } })
      running.push(program)
      ;[url = ''] = (await once(createInterface(program.stdout!), 'line')) as string[]
      on = await open({ function: 'composite' })
    })

    const open = (properties: Record<string, string>) =>
      openLambda({ composite: url, metadata: url, records: url })(
        { kind: 'lambda', properties, account: '000000000000', catalog: 'sdk' },
        { readObject },
      )

    async function rowsOf(name: string, domains: Record<string, Domain> = {}, from = on): Promise<unknown[][]> {
      const table = (await from.table('sdk', name, never))!
      const scan: SourceScan = { table, columns: table.columns, domains, queryId: 'query-1' }
      const rows: unknown[][] = []
      for await (const split of from.splits(scan, never))
        for await (const batch of from.read(scan, split, never)) {
          const columns = batch.columns.map((vector, i) => plainValues(vector, columnType(scan.columns[i]!.type)))
          for (let row = 0; row < batch.rows; row++) rows.push(columns.map((values) => values[row]))
        }
      return rows
    }

    test('schemas, tables by pages, comments and partitions', async () => {
      assert.deepEqual(await on.schemas(never), ['sdk', 'empty'])
      assert.deepEqual(await on.tables('sdk', never), ['broken', 'kinds', 'numbers'])
      const { columns } = (await on.table('sdk', 'kinds', never))!
      assert.equal(columns.find(({ name }) => name === 'big')!.comment, 'As large as they come')
      const numbers = (await on.table('sdk', 'numbers', never))!
      assert.deepEqual(
        numbers.columns.map(({ name, partition }) => [name, partition]),
        [
          ['n', undefined],
          ['text', undefined],
          ['year', true],
        ],
      )
    })

    test('values of all types, from one function and from two', async () => {
      const moment = String(Date.UTC(2024, 1, 29, 23, 59, 59, 123) * 1000)
      const wide = '-1234567890123456789012345678901234.5678'
      const expected = [
        [
          ...[true, -128, -32_768, -2_147_483_648, '-9223372036854775808', 0.5, 1e300, 'Zürich', '00ff', '-12.50'],
          ...[wide, -307, moment, String(Date.UTC(2024, 1, 29, 12) * 1000), ['a', null], [['k', 0]]],
          { city: 'Bonn', zip: 53_111 },
        ],
        [
          ...[false, 127, 32_767, 2_147_483_647, '9223372036854775807', 1.5, 2e300, '', '01ff', '99999999.99'],
          // Noon in New York.
          ...[wide, 19_781, moment, String(Date.UTC(2024, 1, 29, 17) * 1000), [], [['k', 1]]],
          { city: null, zip: 53_111 },
        ],
        Array(17).fill(null),
      ]
      assert.deepEqual(await rowsOf('kinds'), expected)
      const arn = 'arn:aws:lambda:us-east-1:000000000000:function:records'
      const two = await open({ 'metadata-function': 'metadata', 'record-function': arn })
      assert.deepEqual(await rowsOf('kinds', {}, two), expected)
    })

    test('rows that the SDK has encrypted and spilled, of the partitions that were asked for', async () => {
      const year: Domain = { ranges: [{ low: { value: 2023n, included: true } }], nullAllowed: false }
      const n: Domain = { ranges: [{ high: { value: 999_990n, included: false } }], nullAllowed: false }
      const rows = await rowsOf('numbers', { year, n })
      assert.equal(rows.length, 999_990)
      assert.deepEqual(rows[0], ['0', 'row 0', 2023])
      assert.deepEqual(rows.at(-1), ['999989', 'row 999989', 2023])
      assert.equal(spilled.length, 2)
      assert.match(spilled[1]!, /^over\/query-1\/[0-9a-f-]{36}\.1$/)
    })

    test('a table of it joins one of the lake, by Athena', async () => {
      await house.athena.send(
        new CreateDataCatalogCommand({ Name: 'sdk', Type: 'LAMBDA', Parameters: { function: 'composite' } }),
      )
      const years = "SELECT * FROM (VALUES (2020, 'first'), (2022, 'third')) AS t (year, word)"
      await house.succeed(`CREATE TABLE years WITH (external_location = 's3://data/years/') AS ${years}`)
      assert.deepEqual(
        await house.rows(`SELECT word, count(*), sum(n) FROM sdk.sdk.numbers JOIN years USING (year)
          WHERE year < 2023 AND n BETWEEN 10 AND 500000 GROUP BY word ORDER BY word`),
        [
          ['first', '499991', '125000249955'],
          ['third', '499991', '125000249955'],
        ],
      )
      assert.deepEqual(await house.rows("SELECT price, instant, attrs['k'] FROM sdk.sdk.kinds WHERE tiny = 127"), [
        ['99999999.99', '2024-02-29 17:00:00.000 UTC', '1'],
      ])
      assert.match(
        await house.failure('SELECT * FROM sdk.sdk.broken'),
        /^GENERIC_USER_ERROR: Encountered an exception\[java\./,
      )
    })

    test('functions of its handler, called by queries of Athena', async () => {
      const using = (name: string, type: string, returns = type) =>
        `USING EXTERNAL FUNCTION ${name}(a ${type}) RETURNS ${returns} LAMBDA 'udf'`
      assert.deepEqual(
        await house.rows(`${using('shout', 'varchar')}, EXTERNAL FUNCTION sum(a integer, b integer) RETURNS integer LAMBDA
          'arn:aws:lambda:us-east-1:000000000000:function:udf'
          SELECT shout(t), sum(n, 40) FROM (VALUES ('z', 2), (NULL, NULL)) AS v (t, n) ORDER BY 2`),
        [
          ['Z!', '42'],
          [null, null],
        ],
      )
      const place = 'row(city varchar, zip integer)'
      const kinds: readonly (readonly [name: string, type: string, value: string, shown: string])[] = [
        ['negated', 'boolean', 'true', 'false'],
        ['next', 'tinyint', "TINYINT '-128'", '-127'],
        ['next', 'smallint', "SMALLINT '-1'", '0'],
        ['next', 'bigint', '9223372036854775806', '9223372036854775807'],
        ['next', 'real', "REAL '0.5'", '1.5'],
        ['next', 'double', '0.5e0', '1.5'],
        ['next', 'decimal(10, 2)', "DECIMAL '-12.50'", '-11.50'],
        [
          'next',
          'decimal(38, 0)',
          "DECIMAL '1234567890123456789012345678901234567'",
          '1234567890123456789012345678901234568',
        ],
        ['next', 'date', "DATE '2024-02-28'", '2024-02-29'],
        ['next', 'timestamp', "TIMESTAMP '1969-12-31 23:59:59.999'", '1970-01-01 00:00:00.000'],
        ['twice', 'varbinary', "X'00FF'", '00 ff 00 ff'],
        ['reversed', 'array(varchar)', "ARRAY['a', NULL, 'c']", '[c, null, a]'],
        ['moved', place, `CAST(ROW('Bonn', 1) AS ${place})`, '{city=Bonn, zip=2}'],
      ]
      for (const [name, type, value, shown] of kinds)
        assert.deepEqual(
          await house.rows(
            `${using(name, type)} SELECT ${name}(v), ${name}(NULL) FROM (VALUES ROW(${value})) AS t (v)`,
          ),
          [[shown, null]],
          type,
        )
      const every = `boolean, b tinyint, c smallint, d integer, e bigint, f real, g double, h decimal(10, 2), i date,
        j timestamp, k varbinary, l array(varchar), m ${place}`
      assert.deepEqual(
        await house.rows(`${using('every', every, 'varchar')} SELECT every(true, TINYINT '1', SMALLINT '2', 3, 4, 5, 6, DECIMAL '7', DATE '2024-02-29',
          TIMESTAMP '2024-02-29 12:30:00', X'0A', ARRAY['x'], CAST(ROW('Bonn', 1) AS ${place}))`),
        [['true|1|2|3|4|5.0|6.0|7.00|2024-02-29|2024-02-29T12:30|0a|[x]|{city=Bonn, zip=1}']],
      )
    })

    test('what its handler refuses is told as Athena tells it', async () => {
      const shout = "USING EXTERNAL FUNCTION shout(a varchar) RETURNS varchar LAMBDA 'udf' SELECT shout('refuse')"
      assert.match(
        await house.failure(shout),
        /^GENERIC_USER_ERROR: Encountered an exception\[com\.amazonaws\..*\.AthenaConnectorException\] from your LambdaFunction\[udf\] executed in context\[calling UDF method shout\] with message\[I will not\]$/,
      )
      const absent = "USING EXTERNAL FUNCTION shout(a integer) RETURNS varchar LAMBDA 'udf' SELECT shout(1)"
      assert.match(await house.failure(absent), /calling UDF method shout\] with message\[.*Failed to find UDF method/)
    })

    test("an exception of a handler is told in Athena's words", async () => {
      await assert.rejects(rowsOf('broken'), {
        message:
          /^Encountered an exception\[java\.lang\.IllegalStateException\] from your LambdaFunction\[composite\] executed in context\[S3SpillLocation\{bucket='spill', key='over\/query-1\/.+', directory=true\}\] with message\[The source is out of order\]$/,
      })
      await assert.rejects(on.table('sdk', 'absent', never), { message: /\[There is no table absent\]$/ })
    })
  })

  describe('our kit, understood by its classes', () => {
    const heard = new Map<string, string[]>()
    let functions: LocalFunctions

    before(async () => {
      const put = async (bucket: string, key: string, body: Uint8Array) =>
        void (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })))
      const source = shop(2000, { bucket: 'spill', put }, () => {})
      functions = await serve({ shop: connector(source) })
      const program = sdk!.run('client', [`${functions.url}/2015-03-31/functions/shop/invocations`], { env })
      running.push(program)
      for await (const line of createInterface(program.stdout!)) {
        const [, version, said] = /^(v\d) (.*)$/.exec(line)!
        heard.set(version!, [...(heard.get(version!) ?? []), said!])
      }
    })
    after(() => functions?.close())

    for (const version of ['v2', 'v3', 'v4', 'v5', 'v6'])
      test(version, () => {
        const said = heard.get(version) ?? []
        const about = (what: string) =>
          said.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1))
        assert.deepEqual(about('ping'), ['shop 5'])
        assert.deepEqual(about('schemas'), ['[shop, empty]'])
        assert.deepEqual(
          about('tables'),
          ['kinds', 'orders', 'wrong'].map((name) => `[TableName{schemaName=shop, tableName=${name}}]`),
        )
        const capabilities = version < 'v4' ? [] : ['[SYSTEM.QUERY, supports_filter_pushdown, supports_limit_pushdown]']
        assert.deepEqual(about('capabilities'), capabilities)
        const [schema, row, end] = about('kinds')
        assert.match(
          schema!,
          /wide: Decimal\(38, 4, 128\), .*instant: Timestamp\(MILLISECOND, UTC\), .*\(metadata: \{big=As large as they come\}\)$/,
        )
        for (const value of [
          ...['ok : true', 'tiny : -128', 'small : 32767', 'whole : -1', 'big : 9223372036854775807', 'ratio : 0.5'],
          ...['score : 1.0E300', 'name : Zürich', 'raw : 00FF', 'price : -12.50'],
          ...['wide : 1234567890123456789012345678901234.5678', 'day : 1969-12-31', 'moment : 2024-02-29T23:59:59.123'],
          ...['instant : 2024-02-29T17:00Z[UTC]', 'tags : {a,null}', 'place : {[city : null],[zip : 53111]}'],
        ])
          assert.ok(row!.includes(`[${value}]`), `${value} in ${row}`)
        assert.equal(end, '{} ReadRecordsResponse 2 rows')
        const orders = (year: number, rows: number) => `{year=${year}} ReadRecordsResponse ${rows} rows`
        const ends = about('orders').filter((line) => line.endsWith(' rows'))
        assert.deepEqual(ends, [orders(2022, 2), orders(2023, 2), '{year=2020} RemoteReadRecordsResponse 2000 rows'])
        assert.deepEqual(about('twice'), ['[twice : 40]', '[twice : 44]'])
      })
  })
})
