import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf } from './connections.ts'

const jdbc = (url: string) => addressOf('JDBC', { JDBC_CONNECTION_URL: url })

test('a JDBC address names word, host, port and database, escaped as addresses are', () => {
  const place = { word: 'postgresql', host: '::1', port: 5432, tls: false }
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
