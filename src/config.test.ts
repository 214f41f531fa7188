import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeSettings, readSettings, SettingsError } from './config.ts'

test('defaults: loopback, the development key, a data directory', () => {
  const settings = readSettings([], {})
  assert.equal(settings.host, '127.0.0.1')
  assert.equal(settings.port, 4566)
  assert.equal(settings.dataDirectory, '.lentic')
  assert.equal(settings.account, '000000000000')
  assert.deepEqual(settings.rootKey, { accessKeyId: 'test', secretAccessKey: 'test' })
})

test('an option goes before a variable', () => {
  const env = { LENTIC_PORT: '1', LENTIC_DATA: '/a', LENTIC_ENGINE_MEMORY: '2GiB', LENTIC_HOSTNAMES: 'lake.example' }
  const settings = readSettings(['--port', '2', '--data=/b'], env)
  assert.equal(settings.port, 2)
  assert.equal(settings.dataDirectory, '/b')
  assert.equal(settings.engine.memoryBytes, 2 * 1024 ** 3)
  assert.deepEqual(settings.hostnames, ['localhost', 'lake.example'])
  assert.equal(readSettings(['--memory'], env).dataDirectory, undefined)
})

test('beyond loopback only with a key of one’s own', () => {
  const own = { LENTIC_ROOT_ACCESS_KEY_ID: 'AKIAOWN', LENTIC_ROOT_SECRET_ACCESS_KEY: 'a long secret' }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'lake.example', '127.example.com']) {
    assert.throws(() => readSettings(['--host', host], {}), SettingsError, host)
    assert.throws(() => readSettings(['--host', host], { ...own, LENTIC_AUTH: 'open' }), SettingsError, host)
    assert.equal(readSettings(['--host', host], own).host, host)
  }
  assert.equal(readSettings(['--host', '127.0.0.2'], { LENTIC_AUTH: 'open' }).auth, 'open')
})

test('the metastore is there when it is asked for, and on loopback alone', () => {
  assert.equal(readSettings([], {}).metastore, undefined)
  const { metastore } = readSettings(['--metastore-port', '9083'], { LENTIC_METASTORE_WAREHOUSE: 's3://lake/tables' })
  assert.deepEqual(metastore, { port: 9083, warehouse: 's3://lake/tables' })
  assert.equal(readSettings([], { LENTIC_METASTORE_PORT: '0' }).metastore?.warehouse, 's3a://warehouse')
  const own = { LENTIC_ROOT_ACCESS_KEY_ID: 'AKIAOWN', LENTIC_ROOT_SECRET_ACCESS_KEY: 'a long secret' }
  assert.throws(() => readSettings(['--host', '0.0.0.0', '--metastore-port', '9083'], own), SettingsError)
})

test('functions are told one by one, or as a list', () => {
  const items = 'http://127.0.0.1:9001'
  const told = readSettings(['--function', `items=${items}`, '--function', 'b=https://h/p'], {})
  assert.deepEqual(told.functions, { items, b: 'https://h/p' })
  const { functions } = readSettings([], { LENTIC_FUNCTIONS: `items=${items}, b=https://h/p` })
  assert.deepEqual(functions, told.functions)
  assert.equal(readSettings([], {}).functions, undefined)
})

test('nonsense is refused, not guessed', () => {
  const refused: [string[], Record<string, string>][] = [
    [['--port', 'x'], {}],
    [['--port'], {}],
    [['--metastore-port', 'x'], {}],
    [['--metastore-port', '1', '--metastore-warehouse', 'warehouse'], {}],
    [['--metastore-port', '1', '--metastore-principal', 'etl'], {}],
    [['--metastore-port', '1', '--metastore-principal', 'arn:aws:iam::111111111111:role/etl'], {}],
    [['--function', 'items'], {}],
    [['--function', 'items=127.0.0.1:9001'], {}],
    [['--prot', '1'], {}],
    [['serve'], {}],
    [[], { LENTIC_AUTH: 'none' }],
    [[], { LENTIC_ACCOUNT: '1' }],
    [[], { LENTIC_REGION: 'here' }],
    [[], { LENTIC_TLS_CERT: '/c.pem' }],
    [[], { LENTIC_ROOT_ACCESS_KEY_ID: 'only' }],
    [[], { LENTIC_ENGINE_MEMORY: 'much' }],
    [[], { LENTIC_ENGINE_WORKERS: '0' }],
  ]
  for (const [argv, env] of refused) assert.throws(() => readSettings(argv, env), SettingsError)
  assert.throws(() => completeSettings({ rootKey: { accessKeyId: '', secretAccessKey: '' } }), SettingsError)
})
