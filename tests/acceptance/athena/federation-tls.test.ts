/** TLS as a connection demands it, to real servers: never in the clear where it is demanded, by TestConnection or by queries. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { CreateDataCatalogCommand } from '@aws-sdk/client-athena'
import { type ConnectionPropertyKey, CreateConnectionCommand, TestConnectionCommand } from '@aws-sdk/client-glue'
import { type TestAuthority, testAuthority } from '../../databases/certificates.ts'
import type { DatabaseServer, ServerTls } from '../../databases/database-server.ts'
import { mariadbRoot, startMariadb } from '../../databases/mariadb.ts'
import { postgresPrograms, startPostgres } from '../../databases/postgres.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

type Demand = Partial<Record<ConnectionPropertyKey, string>>

interface Database {
  readonly word: string
  readonly path: string
  readonly user: string
  readonly schema: string
  readonly installed: boolean
  readonly start: (tls?: ServerTls) => Promise<DatabaseServer>
  /** Parameters of the address, by what they check. */
  readonly parameters: { readonly encryption: string; readonly authority: string; readonly host: string }
  readonly needsTls: RegExp
  readonly noTls: RegExp
}

const programs = postgresPrograms()
const root = mariadbRoot()
const DATABASES: readonly Database[] = [
  {
    word: 'postgresql',
    path: '/postgres',
    user: 'postgres',
    schema: 'public',
    installed: programs !== undefined,
    start: (tls) => startPostgres(programs!, 'pass-word', undefined, tls),
    parameters: { encryption: 'sslmode=require', authority: 'sslmode=verify-ca', host: 'ssl=true' },
    needsTls: /no pg_hba.conf entry for host .*no encryption/,
    noTls: /server does not (support SSL connections|offer TLS)/i,
  },
  {
    word: 'mysql',
    path: '/shop',
    user: 'ann',
    schema: 'shop',
    installed: root !== undefined,
    start: (tls) => startMariadb(root!, 'pass-word', tls),
    parameters: {
      encryption: 'useUnicode=true&useSSL=true',
      authority: 'sslMode=VERIFY_CA',
      host: 'sslMode=VERIFY_IDENTITY',
    },
    // MariaDB's word for it; MySQL's is another.
    needsTls: /Access denied for user 'ann'/,
    noTls: /server does not (support secure connection|offer TLS)/i,
  },
]

const untrusted =
  /certificate of the server is not trusted: (self-signed certificate in certificate chain|unable to verify the first certificate)$/
const otherHost = /does not match certificate's altnames/

for (const of of DATABASES) suite(of.word, { skip: !of.installed && 'not installed' }, () => demanding(of))

function demanding({ word, path, user, schema, start, parameters, needsTls, noTls }: Database): void {
  let a: AthenaLake
  let right: TestAuthority
  const servers: DatabaseServer[] = []
  let [open, numeric, named]: (DatabaseServer | undefined)[] = []

  before(async () => {
    right = testAuthority('IP:127.0.0.1')
    const elsewhere = testAuthority('DNS:elsewhere')
    a = await athenaLake()
    const started = async (tls?: ServerTls) => {
      const server = await start(tls)
      servers.push(server)
      server.run('CREATE TABLE t (n int); INSERT INTO t VALUES (7);', path.slice(1))
      return server
    }
    open = await started()
    numeric = await started({ ...right.server, isDemanded: true })
    named = await started(elsewhere.server)
    await a.put('right.pem', `Of the house\n${right.certificate}`)
    await a.put('elsewhere.pem', elsewhere.certificate)
    await a.put('weak.pem', testAuthority('IP:127.0.0.1', 'rsa:1024').certificate)
    await a.put('none.pem', 'none')
  })
  after(async () => {
    await a?.close()
    for (const server of servers) await server.stop()
  })

  let made = 0
  /** Asks by both doors; the one answer, or what both refuse it by. */
  async function ask(server: DatabaseServer | undefined, demand: Demand, asked = ''): Promise<unknown> {
    const ConnectionProperties = {
      JDBC_CONNECTION_URL: `jdbc:${word}://127.0.0.1:${server!.port}${path}${asked && `?${asked}`}`,
      USERNAME: user,
      PASSWORD: 'pass-word',
      ...demand,
    }
    const Name = `c${++made}`
    await a.glue.send(
      new CreateConnectionCommand({ ConnectionInput: { Name, ConnectionType: 'JDBC', ConnectionProperties } }),
    )
    const tested = await a.glue.send(new TestConnectionCommand({ ConnectionName: Name })).then(
      () => undefined,
      (error: Error) => {
        assert.equal(error.name, 'InvalidInputException', error.message)
        return error.message
      },
    )
    const Parameters = { 'connection-arn': `arn:aws:glue:us-east-1:000000000000:connection/${Name}` }
    const registered = await a.athena.send(new CreateDataCatalogCommand({ Name, Type: 'FEDERATED', Parameters })).then(
      () => true,
      (error: Error) => {
        assert.equal(error.name, 'InvalidRequestException', error.message)
        assert.ok(tested?.includes(error.message), `${tested}: ${error.message}`)
        return false
      },
    )
    if (!registered) return tested
    const sql = `SELECT n FROM ${Name}.${schema}.t`
    if (tested === undefined) return (await a.rows(sql)).flat()
    return `${tested} / ${await a.failure(sql)}`
  }
  const refuses = async (pattern: RegExp, ...of: Parameters<typeof ask>) => {
    const told = String(await ask(...of))
    for (const part of told.split(' / ')) assert.match(part, pattern)
    assert.doesNotMatch(told, /pass-word/)
  }
  const trusted = (key: string): Demand => ({ CUSTOM_JDBC_CERT: `s3://data/${key}` })
  const enforced: Demand = { JDBC_ENFORCE_SSL: 'true' }

  test('a server that has no TLS is not spoken to where it is demanded', async () => {
    assert.deepEqual(await ask(open, {}), ['7'])
    assert.deepEqual(await ask(open, { JDBC_ENFORCE_SSL: 'false' }, 'sslMode=prefer'), ['7'])
    await refuses(noTls, open, enforced)
    for (const asked of Object.values(parameters)) await refuses(noTls, open, {}, asked)
  })

  test('a server that demands it says so', async () => {
    await refuses(needsTls, numeric, {})
  })

  test('a certificate is asked for as the connection says', async () => {
    const { encryption, authority, host } = parameters
    assert.deepEqual(await ask(numeric, {}, encryption), ['7'])
    assert.deepEqual(await ask(named, {}, encryption), ['7'])
    for (const asked of [authority, host]) {
      await refuses(untrusted, numeric, {}, asked)
      await refuses(untrusted, numeric, trusted('elsewhere.pem'), asked)
      assert.deepEqual(await ask(numeric, trusted('right.pem'), asked), ['7'])
    }
    assert.deepEqual(await ask(named, trusted('elsewhere.pem'), authority), ['7'])
    await refuses(otherHost, named, trusted('elsewhere.pem'), host)
  })

  test('JDBC_ENFORCE_SSL asks for the certificate of this host', async () => {
    await refuses(untrusted, numeric, enforced)
    await refuses(untrusted, numeric, { ...enforced, ...trusted('elsewhere.pem') })
    await refuses(otherHost, named, { ...enforced, ...trusted('elsewhere.pem') })
    assert.deepEqual(await ask(numeric, { ...enforced, ...trusted('right.pem') }, 'sslmode=disable'), ['7'])
  })

  test('what is no demand, and what is no certificate, is told', async () => {
    await refuses(/sslmode=some is no mode of TLS/, numeric, {}, 'sslmode=some')
    await refuses(/JDBC_ENFORCE_SSL is true or false/, numeric, { JDBC_ENFORCE_SSL: 'yes' })
    await refuses(/sslrootcert names a file, and there is none/, numeric, {}, 'sslmode=require&sslrootcert=/x')
    const { host } = parameters
    await refuses(/s3:\/\/data\/none.pem holds no certificate/, numeric, trusted('none.pem'), host)
    await refuses(/s3:\/\/data\/absent.pem/, numeric, trusted('absent.pem'), host)
    await refuses(/CUSTOM_JDBC_CERT is no address/, numeric, { CUSTOM_JDBC_CERT: '/etc/passwd' }, host)
    await refuses(/is no RSA key of at least 2048 bits/, numeric, trusted('weak.pem'), host)
    const skips = { SKIP_CUSTOM_JDBC_CERT_VALIDATION: 'true' }
    await refuses(untrusted, numeric, { ...trusted('weak.pem'), ...skips }, host)
  })
}
