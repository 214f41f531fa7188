import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf } from './connections.ts'

const jdbc = (url: string) => addressOf('JDBC', { JDBC_CONNECTION_URL: url })

test('a JDBC address names word, host, port and database, escaped as addresses are', () => {
  const place = { word: 'postgresql', host: '::1', port: 5432 }
  assert.deepEqual(jdbc('jdbc:postgresql://[::1]/my%20shop?ssl=false'), { ...place, database: 'my shop' })
  assert.deepEqual(jdbc('jdbc:sqlite:shops/a.db'), {
    ...place,
    word: 'sqlite',
    host: '',
    port: 0,
    database: 'shops/a.db',
  })
})

test('an address that is none is not taken for one', () => {
  for (const url of ['', 'postgresql://db/shop', 'jdbc:mysql://db/50%', 'jdbc:mysql://db/%ff'])
    assert.equal(jdbc(url), undefined)
})

// jdbc.postgresql.org: "SSL connection parameters"; dev.mysql.com: Connector/J, "Security"; mariadb.com: Connector/J, "TLS".
test('an address demands TLS in the words of its driver', () => {
  const checks = (url: string, properties = {}) =>
    addressOf('JDBC', { JDBC_CONNECTION_URL: `jdbc:${url}`, ...properties })!.tls
  const demands: readonly (readonly [string, string | undefined])[] = [
    ['postgresql://h/d?sslmode=prefer', undefined],
    ['postgresql://h/d?a=b&sslmode=require', 'encryption'],
    ['postgresql://h/d?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory', 'encryption'],
    ['postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory', 'authority'],
    ['postgresql://h/d?ssl', 'host'],
    ['postgresql://h/d?ssl=false', undefined],
    ['mysql://h/d?useSSL=true&requireSSL=true', 'encryption'],
    ['mysql://h/d?requireSSL=true&verifyServerCertificate=true', 'authority'],
    ['mysql://h/d?sslMode=PREFERRED', undefined],
    ['mysql://h/d?sslMode=VERIFY_IDENTITY', 'host'],
    ['mariadb://h/d?sslMode=trust', 'encryption'],
    ['mariadb://h/d?useSsl=true', 'host'],
    ['mariadb://h/d?useSsl=true&trustServerCertificate=true', 'encryption'],
  ]
  for (const [url, expected] of demands) assert.equal(checks(url), expected, url)
  assert.equal(checks('postgresql://h/d?sslmode=disable', { JDBC_ENFORCE_SSL: 'TRUE' }), 'host')
  const apart = { HOST: 'h', JDBC_PARAMS: 'sslmode=require' }
  assert.equal(addressOf('POSTGRESQL', apart)!.tls, 'encryption')
})
