/** https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml, "planTableScan" and what follows it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { type Json, type RestClient, restClient } from './rest-client.ts'

describe('scans planned by the Iceberg REST catalog', () => {
  let on: AthenaLake
  let rest: RestClient
  before(async () => {
    on = await athenaLake()
    rest = restClient(on.lake)
    await on.rows(
      "CREATE TABLE t (id bigint, day date, name string) PARTITIONED BY (day, bucket(2, id)) LOCATION 's3://data/t/' TBLPROPERTIES ('table_type'='ICEBERG')",
    )
    await on.rows("INSERT INTO t VALUES (1, DATE '2024-01-01', 'a'), (2, DATE '2024-01-02', 'b')")
    await on.rows("INSERT INTO t VALUES (3, NULL, NULL), (4, DATE '2024-01-02', 'd')")
  })
  after(async () => {
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  const plan = (body: object, headers?: Record<string, string>): Promise<Json> =>
    rest.want('POST', 'namespaces/db/tables/t/plan', body, headers)
  const partitions = (planned: Json): Json[] =>
    planned['file-scan-tasks'].map((task: Json) => task['data-file'].partition[0]).toSorted()
  const snapshots = () =>
    on
      .rows('SELECT CAST(snapshot_id AS varchar) FROM "t$snapshots" ORDER BY committed_at')
      .then((rows) => rows.map(([id]) => Number(id)))
  const eq = (term: string, value: unknown) => ({ type: 'eq', term, value })

  test('it is among the endpoints', async () => {
    const { endpoints } = await restClient(on.lake, '').want('GET', 'config')
    for (const address of [
      'POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan',
      'GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan/{plan-id}',
      'DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan/{plan-id}',
      'POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/tasks',
    ])
      assert.ok(endpoints.includes(address), address)
  })

  test('files are those of the partitions that are wanted, with what is left to ask of their rows', async () => {
    const all = await plan({})
    assert.equal(all.status, 'completed')
    assert.deepEqual(partitions(all), ['2024-01-01', '2024-01-02', '2024-01-02', null])
    assert.deepEqual([all['plan-tasks'], all['delete-files']], [[], []])
    for (const task of all['file-scan-tasks']) {
      assert.equal(task['residual-filter'], true)
      const {
        'file-path': path,
        'record-count': rows,
        content,
        'file-format': format,
        'lower-bounds': bounds,
      } = task['data-file']
      assert.match(path, /^s3:\/\/data\/t\/data\//)
      assert.deepEqual([rows, content, format, bounds], [1, 'data', 'parquet', undefined])
    }
    const named = { type: 'and', left: eq('day', '2024-01-02'), right: eq('name', 'b') }
    const [task, ...others] = (await plan({ filter: named }))['file-scan-tasks']
    assert.deepEqual(
      [others, task['residual-filter'], task['data-file'].partition[0]],
      [[], eq('name', 'b'), '2024-01-02'],
    )
    assert.deepEqual(partitions(await plan({ filter: { type: 'is-null', term: 'day' } })), [null])
    assert.deepEqual(
      partitions(await plan({ filter: { type: 'not', child: { type: 'lt', term: 'day', value: '2024-01-02' } } })),
      ['2024-01-02', '2024-01-02'],
    )
    assert.deepEqual(partitions(await plan({ filter: eq('id', 1), 'case-sensitive': false })), ['2024-01-01'])
    assert.deepEqual(partitions(await plan({ filter: eq('NAME', 'a'), 'case-sensitive': false })), ['2024-01-01'])
  })

  test('counts and bounds of the fields that are named', async () => {
    const planned = await plan({ filter: eq('name', 'a'), 'stats-fields': ['id', 'name'] })
    const file = planned['file-scan-tasks'][0]['data-file']
    assert.deepEqual(file['lower-bounds'], { keys: [1, 3], values: ['0100000000000000', '61'] })
    assert.deepEqual(file['null-value-counts'], { keys: [1, 3], values: [0, 0] })
  })

  test('old snapshots, what was appended since, and keys for the files', async () => {
    const [first, second] = await snapshots()
    assert.deepEqual(partitions(await plan({ 'snapshot-id': first })), ['2024-01-01', '2024-01-02'])
    const appended = await plan({ 'start-snapshot-id': first, 'end-snapshot-id': second })
    assert.deepEqual(partitions(appended), ['2024-01-02', null])
    const planned = await plan({}, { 'x-iceberg-access-delegation': 'vended-credentials' })
    const [credential] = planned['storage-credentials']
    assert.equal(credential.prefix, 's3://data/t')
    assert.ok(credential.config['s3.session-token'])
    assert.equal((await plan({}))['storage-credentials'], undefined)
  })

  test('deletes are named once, and referred to by the files they apply to', async () => {
    await on.rows(
      "CREATE TABLE d (id bigint, name string) LOCATION 's3://data/d/' TBLPROPERTIES ('table_type'='ICEBERG')",
    )
    await on.rows("INSERT INTO d VALUES (1, 'a'), (2, 'b')")
    await on.rows("INSERT INTO d VALUES (3, 'a'), (4, 'b')")
    await on.rows("INSERT INTO d VALUES (5, 'c')")
    await on.rows("DELETE FROM d WHERE name = 'a'")
    const planned = await rest.want('POST', 'namespaces/db/tables/d/plan', {})
    const [deletes, ...others] = planned['delete-files']
    assert.deepEqual([others, deletes.content, deletes['record-count']], [[], 'position-deletes', 2])
    // That of one row may lie between the two whose rows are gone, by its name.
    const changed = planned['file-scan-tasks'].filter((task: Json) => task['data-file']['record-count'] === 2)
    assert.deepEqual(
      changed.map((task: Json) => task['delete-file-references']),
      [[0], [0]],
    )
  })

  test('a large scan comes in portions, until it is cancelled', async () => {
    await on.rows(
      "CREATE TABLE many (id bigint, part bigint) PARTITIONED BY (part) LOCATION 's3://data/many/' TBLPROPERTIES ('table_type'='ICEBERG')",
    )
    for (let i = 0; i < 11; i++)
      await on.rows(`INSERT INTO many SELECT n, n FROM UNNEST(sequence(${i * 100}, ${i * 100 + 99})) AS t (n)`)
    const table = 'namespaces/db/tables/many'
    const planned = await rest.want('POST', `${table}/plan`, { filter: { type: 'lt', term: 'id', value: 1050 } })
    const seen = (tasks: Json) => tasks['file-scan-tasks'].map((task: Json) => task['data-file'].partition[0])
    const [next, ...others] = planned['plan-tasks']
    assert.deepEqual(others, [])
    const rest1 = await rest.want('POST', `${table}/tasks`, { 'plan-task': next })
    const parts = [...seen(planned), ...seen(rest1)].toSorted((a, b) => a - b)
    assert.deepEqual(
      parts,
      Array.from({ length: 1050 }, (_, i) => i),
    )
    const again = await rest.want('GET', `${table}/plan/${planned['plan-id']}`)
    assert.deepEqual(again, planned)
    const elsewhere = await rest.ask('POST', 'namespaces/db/tables/t/tasks', { 'plan-task': next })
    assert.deepEqual([elsewhere.status, elsewhere.body.error.type], [404, 'NoSuchPlanTaskException'])
    assert.equal((await rest.ask('DELETE', `${table}/plan/${planned['plan-id']}`)).status, 204)
    for (const [type, answer] of [
      ['NoSuchPlanTaskException', await rest.ask('POST', `${table}/tasks`, { 'plan-task': next })],
      ['NoSuchPlanIdException', await rest.ask('GET', `${table}/plan/${planned['plan-id']}`)],
      ['NoSuchPlanIdException', await rest.ask('DELETE', `${table}/plan/${planned['plan-id']}`)],
    ] as const)
      assert.deepEqual([answer.status, answer.body.error.type], [404, type])
  })

  test('what cannot be planned is refused', async () => {
    const [first, second] = await snapshots()
    for (const body of [
      { filter: eq('none', 1) },
      { filter: 'id = 1' },
      { filter: eq('id', 'x') },
      { 'snapshot-id': 5 },
      { 'snapshot-id': 'x' },
      { 'snapshot-id': first, 'start-snapshot-id': first, 'end-snapshot-id': second },
      { 'start-snapshot-id': first },
      { 'start-snapshot-id': second, 'end-snapshot-id': first },
      { select: 'id' },
    ]) {
      const answer = await rest.ask('POST', 'namespaces/db/tables/t/plan', body)
      assert.deepEqual([answer.status, answer.body.error.type], [400, 'BadRequestException'], JSON.stringify(body))
    }
    const none = await rest.ask('POST', 'namespaces/db/tables/none/plan', {})
    assert.deepEqual([none.status, none.body.error.type], [404, 'NoSuchTableException'])
  })
})
