/** https://iceberg.apache.org/view-spec/ and the REST specification's views and metrics. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { type Json, type RestClient, restClient, SCHEMA } from './rest-client.ts'

const VIEW_SCHEMA = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: false, type: 'long' },
    { id: 2, name: 'twice', required: false, type: 'long' },
  ],
}
const version = (sql: string, dialect = 'trino'): Json => ({
  'version-id': 1,
  'schema-id': 0,
  'timestamp-ms': 1_700_000_000_000,
  summary: { 'engine-name': 'test' },
  representations: [{ type: 'sql', sql, dialect }],
  'default-namespace': ['v'],
})

describe('views and metrics of the REST catalog', () => {
  let on: AthenaLake
  let rest: RestClient
  before(async () => {
    on = await athenaLake()
    rest = restClient(on.lake)
    await rest.want('POST', 'namespaces', { namespace: ['v'], properties: { location: 's3://data/v' } })
    await rest.want('POST', 'namespaces/v/tables', { name: 't', schema: SCHEMA })
    await on.succeed("INSERT INTO v.t VALUES (21, DATE '2024-01-01')")
  })
  after(async () => {
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  test('a view in Trino’s dialect is one of Athena’s', async () => {
    const made = await rest.want('POST', 'namespaces/v/views', {
      name: 'doubled',
      schema: VIEW_SCHEMA,
      'view-version': version('SELECT id, id * 2 AS twice FROM t'),
      properties: { comment: 'said' },
    })
    assert.equal(made.metadata['current-version-id'], 1)
    assert.equal(made.metadata.location, 's3://data/v/doubled')
    assert.deepEqual(await on.rows('SELECT twice FROM v.doubled'), [['42']])
    assert.deepEqual(await rest.want('GET', 'namespaces/v/views/doubled'), made)
    assert.equal((await rest.ask('HEAD', 'namespaces/v/views/doubled')).status, 204)
    assert.deepEqual((await rest.want('GET', 'namespaces/v/views')).identifiers, [
      { namespace: ['v'], name: 'doubled' },
    ])
    assert.deepEqual((await rest.want('GET', 'namespaces/v/tables')).identifiers, [{ namespace: ['v'], name: 't' }])
    const taken = await rest.ask('POST', 'namespaces/v/views', {
      name: 't',
      schema: VIEW_SCHEMA,
      'view-version': version('SELECT 1'),
    })
    assert.deepEqual([taken.status, taken.body.error.message], [409, 'Table with same name already exists: v.t'])
    const other = await rest.ask('POST', 'namespaces/v/tables', { name: 'doubled', schema: SCHEMA })
    assert.deepEqual([other.status, other.body.error.message], [409, 'View with same name already exists: v.doubled'])
    const said = async (path: string, body: object) => {
      const answer = await rest.ask('POST', path, body)
      return [answer.status, answer.body.error.type, answer.body.error.message]
    }
    const names = { source: { namespace: ['v'], name: 't' }, destination: { namespace: ['v'], name: 'doubled' } }
    assert.deepEqual(await said('tables/rename', names), [
      409,
      'AlreadyExistsException',
      'Cannot rename v.t to v.doubled. View already exists',
    ])
    const staged = { requirements: [{ type: 'assert-create' }], updates: [] }
    assert.deepEqual(await said('namespaces/v/tables/doubled', staged), [
      409,
      'AlreadyExistsException',
      'View with same name already exists: v.doubled',
    ])
    const representations = ['SELECT 1', 'SELECT 2'].map((sql) => ({ type: 'sql', sql, dialect: 'trino' }))
    const twice = { ...version('SELECT 1'), representations }
    assert.deepEqual(await said('namespaces/v/views', { name: 'w', schema: VIEW_SCHEMA, 'view-version': twice }), [
      400,
      'IllegalArgumentException',
      'Invalid view version: Cannot add multiple queries for dialect trino',
    ])
  })

  test('it is replaced, version by version', async () => {
    const { metadata } = await rest.want('GET', 'namespaces/v/views/doubled')
    const replace = (sql: string, dialect?: string) => ({
      requirements: [{ type: 'assert-view-uuid', uuid: metadata['view-uuid'] }],
      updates: [
        { action: 'add-view-version', 'view-version': version(sql, dialect) },
        { action: 'set-current-view-version', 'view-version-id': -1 },
      ],
    })
    const replaced = await rest.want(
      'POST',
      'namespaces/v/views/doubled',
      replace('SELECT id, id * 20 AS twice FROM t'),
    )
    assert.deepEqual(
      replaced.metadata['version-log'].map((entry: Json) => entry['version-id']),
      [1, 2],
    )
    assert.deepEqual(await on.rows('SELECT twice FROM v.doubled'), [['420']])
    const back = await rest.want('POST', 'namespaces/v/views/doubled', replace('SELECT id, id * 2 AS twice FROM t'))
    assert.deepEqual([back.metadata['current-version-id'], back.metadata.versions.length], [1, 2])
    const lost = await rest.ask('POST', 'namespaces/v/views/doubled', replace('SELECT 1', 'spark'))
    assert.match(lost.body.error.message, /loss of view dialects/)
    const wrong = { ...replace('SELECT 1'), requirements: [{ type: 'assert-view-uuid', uuid: 'other' }] }
    const conflict = await rest.ask('POST', 'namespaces/v/views/doubled', wrong)
    assert.deepEqual([conflict.status, conflict.body.error.type], [409, 'CommitFailedException'])
  })

  test('it is renamed, dropped, and registered again', async () => {
    const source = { namespace: ['v'], name: 'doubled' }
    await rest.want('POST', 'views/rename', { source, destination: { namespace: ['v'], name: 'renamed' } })
    const missing = await rest.ask('GET', 'namespaces/v/views/doubled')
    assert.deepEqual([missing.status, missing.body.error.type], [404, 'NoSuchViewException'])
    const { 'metadata-location': location } = await rest.want('GET', 'namespaces/v/views/renamed')
    await rest.want('DELETE', 'namespaces/v/views/renamed')
    assert.equal((await rest.ask('HEAD', 'namespaces/v/views/renamed')).status, 404)
    await rest.want('POST', 'namespaces/v/register-view', { name: 'again', 'metadata-location': location })
    assert.deepEqual(await on.rows('SELECT twice FROM v.again'), [['42']])
  })

  test('a view that only another engine can read says so', async () => {
    await rest.want('POST', 'namespaces/v/views', {
      name: 'spark',
      schema: VIEW_SCHEMA,
      'view-version': version('SELECT 1', 'spark'),
    })
    assert.match(await on.failure('SELECT * FROM v.spark'), /INVALID_VIEW/)
  })

  test('reports of scans are kept', async () => {
    const report = { 'report-type': 'scan-report', 'table-name': 'v.t', 'snapshot-id': 5, filter: true, metrics: {} }
    await rest.want('POST', 'namespaces/v/tables/t/metrics', report)
    const { reports } = await rest.want('GET', 'namespaces/v/tables/t/metrics')
    assert.deepEqual(reports[0].report, report)
    assert.equal((await rest.ask('POST', 'namespaces/v/tables/none/metrics', report)).status, 404)
  })
})
