/** https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml; docs: glue dg, iceberg-rest-apis. */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'
import { startLake } from '../server.ts'
import { type RestClient, restClient, SCHEMA, SPEC } from './rest-client.ts'

describe('Iceberg REST catalog', () => {
  let on: AthenaLake
  let rest: RestClient
  before(async () => {
    on = await athenaLake()
    rest = restClient(on.lake)
  })
  after(async () => {
    await on.close()
    assert.deepEqual(on.lake.log, [])
  })

  const refused = async (status: number, type: string, ...request: Parameters<RestClient['ask']>) => {
    const answer = await rest.ask(...request)
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    const { error } = answer.body
    assert.deepEqual({ type: error.type, code: error.code }, { type, code: status })
    return error.message as string
  }

  test('the configuration tells the prefix and what is served', async () => {
    const plain = restClient(on.lake, '')
    const config = await plain.want('GET', 'config?warehouse=000000000000')
    assert.deepEqual(config.overrides, { prefix: 'catalogs/000000000000' })
    assert.equal(config.defaults['s3.endpoint'], on.lake.endpoint)
    assert.ok(config.endpoints.includes('POST /v1/{prefix}/transactions/commit'))
    assert.deepEqual((await plain.want('GET', 'config')).overrides, config.overrides)
    const folder = await plain.want('GET', 'config?warehouse=s3%3A%2F%2Fdata%2Fhouse')
    assert.deepEqual(folder.overrides, { prefix: 's3%3A%2F%2Fdata%2Fhouse' })
    const nowhere = await plain.ask('GET', 'config?warehouse=000000000000%3Anone')
    assert.deepEqual([nowhere.status, nowhere.body.error.type], [404, 'NoSuchWarehouseException'])
    assert.equal((await plain.ask('GET', 'config?warehouse=111122223333')).status, 403)
  })

  test('namespaces are databases', async () => {
    const properties = { location: 's3://data/ns', comment: 'said', owner: 'me' }
    await rest.want('POST', 'namespaces', { namespace: ['ns'], properties })
    await refused(409, 'AlreadyExistsException', 'POST', 'namespaces', { namespace: ['ns'] })
    await refused(400, 'BadRequestException', 'POST', 'namespaces', { namespace: ['a', 'b'] })
    assert.deepEqual(await rest.want('GET', 'namespaces/ns'), { namespace: ['ns'], properties })
    const changed = await rest.want('POST', 'namespaces/ns/properties', {
      updates: { owner: 'you' },
      removals: ['comment', 'none'],
    })
    assert.deepEqual(changed, { updated: ['owner'], removed: ['comment'], missing: ['none'] })
    assert.deepEqual((await rest.want('GET', 'namespaces/ns')).properties, { location: 's3://data/ns', owner: 'you' })
    await refused(422, 'UnprocessableEntityException', 'POST', 'namespaces/ns/properties', {
      updates: { a: '1' },
      removals: ['a'],
    })
    const keys = Array.from({ length: 16 }, (_, n) => `w${n}`)
    await Promise.all(keys.map((key) => rest.want('POST', 'namespaces/ns/properties', { updates: { [key]: 'x' } })))
    const kept = (await rest.want('GET', 'namespaces/ns')).properties
    assert.deepEqual(Object.keys(kept).toSorted(), ['location', 'owner', ...keys].toSorted(), 'none at once is lost')
    assert.equal((await rest.ask('HEAD', 'namespaces/ns')).status, 204)
    assert.equal((await rest.ask('HEAD', 'namespaces/none')).status, 404)
    await refused(404, 'NoSuchNamespaceException', 'GET', 'namespaces/a%1Fb')
    await rest.want('DELETE', 'namespaces/ns')
    await refused(404, 'NoSuchNamespaceException', 'DELETE', 'namespaces/ns')
  })

  test('lists come in pages to who asks for pages', async () => {
    for (const name of ['p1', 'p2', 'p3']) await rest.want('POST', 'namespaces', { namespace: [name] })
    const all = (await rest.want('GET', 'namespaces')).namespaces.flat()
    const paged: string[] = []
    for (let token = ''; ; ) {
      const page = await rest.want('GET', `namespaces?pageToken=${token}&pageSize=2`)
      assert.ok(page.namespaces.length <= 2)
      paged.push(...page.namespaces.flat())
      token = page['next-page-token']
      if (token === undefined) break
    }
    assert.deepEqual(paged, all)
    for (const name of ['p1', 'p2', 'p3']) await rest.want('DELETE', `namespaces/${name}`)
  })

  test('a table made here is one of Athena, which writes it, and the other way round', async () => {
    await rest.want('POST', 'namespaces', { namespace: ['shared'], properties: { location: 's3://data/shared' } })
    const made = await rest.want('POST', 'namespaces/shared/tables', {
      name: 'Orders',
      schema: SCHEMA,
      'partition-spec': SPEC,
      properties: { 'format-version': '2', 'write.format.default': 'parquet' },
    })
    assert.deepEqual(
      made.metadata.schemas[0].fields.map(({ id, name }: { id: number; name: string }) => [id, name]),
      [
        [1, 'id'],
        [2, 'day'],
      ],
    )
    assert.deepEqual(made.metadata['partition-specs'][0].fields[0]['source-id'], 2)
    assert.equal(made.metadata.location, 's3://data/shared/orders')
    await refused(409, 'AlreadyExistsException', 'POST', 'namespaces/shared/tables', { name: 'orders', schema: SCHEMA })
    await refused(404, 'NoSuchNamespaceException', 'POST', 'namespaces/none/tables', { name: 'o', schema: SCHEMA })
    await refused(409, 'NamespaceNotEmptyException', 'DELETE', 'namespaces/shared')
    await on.succeed("INSERT INTO shared.orders VALUES (1, DATE '2024-01-01'), (2, DATE '2024-01-02')")
    const loaded = await rest.want('GET', 'namespaces/shared/tables/orders')
    assert.equal(loaded.metadata.snapshots.length, 1)
    await rest.want('POST', 'namespaces/shared/tables/orders', {
      requirements: [{ type: 'assert-table-uuid', uuid: made.metadata['table-uuid'] }],
      updates: [
        {
          action: 'set-snapshot-ref',
          'ref-name': 'kept',
          type: 'tag',
          'snapshot-id': loaded.metadata['current-snapshot-id'],
        },
        { action: 'set-properties', updates: { owner: 'rest' } },
      ],
    })
    await on.succeed("INSERT INTO shared.orders VALUES (3, DATE '2024-01-03')")
    assert.deepEqual(await on.rows('SELECT count(*) FROM shared.orders'), [['3']])
    assert.deepEqual(await on.rows("SELECT count(*) FROM shared.orders FOR VERSION AS OF 'kept'"), [['2']])
    const { Table } = await on.glue.send(new GetTableCommand({ DatabaseName: 'shared', Name: 'orders' }))
    assert.equal(Table?.Parameters?.table_type, 'ICEBERG')
    assert.deepEqual(
      Table?.StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
      [
        ['id', 'bigint'],
        ['day', 'date'],
      ],
    )
    const refs = await rest.want('GET', 'namespaces/shared/tables/orders?snapshots=refs')
    assert.equal(refs.metadata.snapshots.length, 2)
    await on.succeed(
      "CREATE TABLE shared.mine (a int) LOCATION 's3://data/mine/' TBLPROPERTIES ('table_type'='ICEBERG')",
    )
    assert.equal((await rest.want('GET', 'namespaces/shared/tables/mine')).metadata.location, 's3://data/mine')
    const { identifiers } = await rest.want('GET', 'namespaces/shared/tables')
    assert.deepEqual(identifiers, [
      { namespace: ['shared'], name: 'mine' },
      { namespace: ['shared'], name: 'orders' },
    ])
  })

  test('a commit is under its conditions, and does what its updates say', async () => {
    const path = 'namespaces/shared/tables/orders'
    const { metadata } = await rest.want('GET', path)
    const why = await refused(409, 'CommitFailedException', 'POST', path, {
      requirements: [{ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 5 }],
      updates: [],
    })
    assert.equal(
      why,
      `Requirement failed: branch main has changed: expected id 5 != ${metadata['current-snapshot-id']}`,
    )
    // Spark asks for a branch as a table whose namespace is the table.
    await refused(404, 'NoSuchTableException', 'GET', 'namespaces/shared%1Forders/tables/branch_side')
    await refused(404, 'NoSuchTableException', 'POST', 'namespaces/shared/tables/none', {
      requirements: [],
      updates: [],
    })
    await refused(400, 'ValidationException', 'POST', path, { updates: [{ action: 'forget-everything' }] })
    await refused(400, 'ValidationException', 'POST', path, { updates: [{ action: 'set-location' }] })
    const same = await rest.want('POST', path, { updates: [{ action: 'set-properties', updates: { owner: 'rest' } }] })
    assert.equal(same['metadata-location'], (await rest.want('GET', path))['metadata-location'])
    const wider = [...metadata.schemas[0].fields, { id: 3, name: 'note', required: false, type: 'string', doc: 'said' }]
    const changed = await rest.want('POST', path, {
      requirements: [{ type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 2 }],
      updates: [
        { action: 'add-schema', schema: { type: 'struct', fields: wider }, 'last-column-id': 3 },
        { action: 'set-current-schema', 'schema-id': -1 },
        { action: 'upgrade-format-version', 'format-version': 3 },
        { action: 'set-statistics', statistics: { 'snapshot-id': 1, 'statistics-path': 's3://data/s', more: [1] } },
      ],
    })
    assert.equal(changed.metadata['format-version'], 3)
    assert.equal(changed.metadata['metadata-log'].length, metadata['metadata-log'].length + 1)
    assert.deepEqual(changed.metadata.statistics[0].more, [1])
    assert.deepEqual(await on.rows('SELECT note FROM shared.orders WHERE id = 1'), [[null]])
  })

  test('what is staged is nothing until it is committed', async () => {
    const staged = await rest.want('POST', 'namespaces/shared/tables', {
      name: 's',
      schema: SCHEMA,
      'stage-create': true,
    })
    assert.equal(staged['metadata-location'], undefined)
    assert.equal((await rest.ask('HEAD', 'namespaces/shared/tables/s')).status, 404)
    const { metadata } = staged
    const create = {
      requirements: [{ type: 'assert-create' }],
      updates: [
        { action: 'assign-uuid', uuid: metadata['table-uuid'] },
        { action: 'upgrade-format-version', 'format-version': 1 },
        { action: 'add-schema', schema: metadata.schemas[0] },
        { action: 'set-current-schema', 'schema-id': -1 },
        { action: 'add-spec', spec: metadata['partition-specs'][0] },
        { action: 'set-default-spec', 'spec-id': -1 },
        { action: 'add-sort-order', 'sort-order': metadata['sort-orders'][0] },
        { action: 'set-default-sort-order', 'sort-order-id': -1 },
        { action: 'set-location', location: metadata.location },
      ],
    }
    const made = await rest.want('POST', 'namespaces/shared/tables/s', create)
    assert.equal(made.metadata['format-version'], 1)
    assert.deepEqual(made.metadata.schema.fields.length, 2)
    await refused(409, 'CommitFailedException', 'POST', 'namespaces/shared/tables/s', create)
    assert.deepEqual(await on.rows('SELECT count(*) FROM shared.s'), [['0']])
  })

  test('a transaction changes all of its tables or none', async () => {
    const change = (name: string, uuid: string | undefined, value: string) => ({
      identifier: { namespace: ['shared'], name },
      requirements: uuid === undefined ? [] : [{ type: 'assert-table-uuid', uuid }],
      updates: [{ action: 'set-properties', updates: { at: value } }],
    })
    const at = async (name: string) =>
      (await rest.want('GET', `namespaces/shared/tables/${name}`)).metadata.properties.at
    await rest.want('POST', 'transactions/commit', {
      'table-changes': [change('orders', undefined, '1'), change('s', undefined, '1')],
    })
    assert.deepEqual([await at('orders'), await at('s')], ['1', '1'])
    await refused(409, 'CommitFailedException', 'POST', 'transactions/commit', {
      'table-changes': [change('orders', undefined, '2'), change('s', 'other', '2')],
    })
    assert.deepEqual([await at('orders'), await at('s')], ['1', '1'])
    await refused(400, 'BadRequestException', 'POST', 'transactions/commit', {
      'table-changes': [change('s', undefined, '3'), change('S', undefined, '4')],
    })
  })

  test('writers at the same time lose nothing', async () => {
    const path = 'namespaces/shared/tables/s'
    const one = (n: number) =>
      rest.want('POST', path, { updates: [{ action: 'set-properties', updates: { [`w${n}`]: 'x' } }] })
    await Promise.all(Array.from({ length: 16 }, (_, n) => one(n)))
    const { properties, 'metadata-log': log } = (await rest.want('GET', path)).metadata
    assert.equal(Object.keys(properties).filter((name) => /^w\d+$/.test(name)).length, 16)
    assert.equal(new Set(log.map((entry: Record<string, string>) => entry['metadata-file'])).size, log.length)
  })

  test('tables are renamed, dropped, registered again and purged', async () => {
    await rest.want('POST', 'namespaces', { namespace: ['other'] })
    const to = (namespace: string, name: string) => ({
      source: { namespace: ['shared'], name: 's' },
      destination: { namespace: [namespace], name },
    })
    await refused(404, 'NoSuchNamespaceException', 'POST', 'tables/rename', to('none', 's'))
    await refused(409, 'AlreadyExistsException', 'POST', 'tables/rename', to('shared', 'orders'))
    await rest.want('POST', 'tables/rename', to('other', 'moved'))
    await refused(404, 'NoSuchTableException', 'POST', 'tables/rename', to('other', 'again'))
    const { 'metadata-location': location, metadata } = await rest.want('GET', 'namespaces/other/tables/moved')
    await rest.want('DELETE', 'namespaces/other/tables/moved')
    const register = { name: 'back', 'metadata-location': location }
    const back = await rest.want('POST', 'namespaces/other/register', register)
    assert.deepEqual(back.metadata, metadata)
    await refused(409, 'AlreadyExistsException', 'POST', 'namespaces/other/register', register)
    await rest.want('POST', 'namespaces/other/register', { ...register, overwrite: true })
    await refused(404, 'NotFoundException', 'POST', 'namespaces/other/register', {
      name: 'x',
      'metadata-location': 's3://data/none.metadata.json',
    })
    await rest.want('DELETE', 'namespaces/other/tables/back?purgeRequested=true')
    const { Contents = [] } = await on.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'shared/s/' }))
    assert.deepEqual(Contents, [])
    await rest.want('DELETE', 'namespaces/other')
  })

  test('a table needs a place: its own, its namespace’s, or the warehouse’s', async () => {
    await rest.want('POST', 'namespaces', { namespace: ['bare'] })
    const table = { name: 't', schema: SCHEMA }
    assert.match(await refused(400, 'BadRequestException', 'POST', 'namespaces/bare/tables', table), /has no location/)
    assert.match(
      await refused(400, 'BadRequestException', 'POST', 'namespaces/bare/tables', {
        ...table,
        location: 's3://none/t',
      }),
      /no bucket/,
    )
    const folder = restClient(on.lake, 's3%3A%2F%2Fdata%2Fhouse')
    const made = await folder.want('POST', 'namespaces/bare/tables', table)
    assert.equal(made.metadata.location, 's3://data/house/bare/t')
    assert.equal((await rest.want('GET', 'namespaces/bare/tables/t')).metadata.location, 's3://data/house/bare/t')
  })

  test('members that are not known are kept', async () => {
    const { metadata, 'metadata-location': at } = await rest.want('GET', 'namespaces/bare/tables/t')
    const odd = { ...metadata, 'format-version': 3, 'next-row-id': 0, 'of-tomorrow': { deep: [12345678901234567890n] } }
    const text = JSON.stringify(odd, (_, value) =>
      typeof value === 'bigint' ? (JSON as unknown as { rawJSON(text: string): object }).rawJSON(String(value)) : value,
    )
    const Key = at.replace('s3://data/', '').replace('00000-', '00001-')
    await on.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: text }))
    await rest.want('POST', 'namespaces/bare/register', { name: 'odd', 'metadata-location': `s3://data/${Key}` })
    const committed = await rest.want('POST', 'namespaces/bare/tables/odd', {
      updates: [{ action: 'set-properties', updates: { a: '1' } }],
    })
    const written = await on.read(committed['metadata-location'])
    assert.match(written.body.toString(), /"of-tomorrow":\{"deep":\[12345678901234567890\]\}/)
  })

  test('vended keys open the folder of the table and nothing else', async () => {
    const delegation = { 'x-iceberg-access-delegation': 'vended-credentials' }
    const {
      config,
      'storage-credentials': [credential],
      metadata,
    } = await rest.want('GET', 'namespaces/shared/tables/orders', undefined, delegation)
    assert.deepEqual(credential.prefix, metadata.location)
    const confined = new S3Client({
      ...on.lake.client,
      credentials: {
        accessKeyId: config['s3.access-key-id'],
        secretAccessKey: config['s3.secret-access-key'],
        sessionToken: config['s3.session-token'],
      },
    })
    await confined.send(new PutObjectCommand({ Bucket: 'data', Key: 'shared/orders/data/x', Body: 'x' }))
    await confined.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'shared/orders/data/' }))
    for (const command of [
      new PutObjectCommand({ Bucket: 'data', Key: 'shared/ordersx/x', Body: 'x' }),
      new ListObjectsV2Command({ Bucket: 'data', Prefix: 'shared/' }),
      new GetObjectCommand({ Bucket: 'results', Key: 'shared/orders/x' }),
    ])
      await assert.rejects(confined.send(command as GetObjectCommand), { name: 'AccessDenied' })
    assert.equal((await rest.want('GET', 'namespaces/shared/tables/orders')).config['s3.access-key-id'], undefined)
    const again = await rest.want('GET', 'namespaces/shared/tables/orders/credentials')
    assert.ok(again['storage-credentials'][0].config['s3.session-token'])
  })

  test('requests are signed for who has no key', async () => {
    const delegation = { 'x-iceberg-access-delegation': 'remote-signing' }
    const { config } = await rest.want('GET', 'namespaces/shared/tables/orders', undefined, delegation)
    assert.equal(config['s3.remote-signing-enabled'], 'true')
    const sign = async (uri: string) => {
      const response = await fetch(`${config['s3.signer.uri']}/${config['s3.signer.endpoint']}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${config.token}` },
        body: JSON.stringify({ method: 'GET', region: 'us-east-1', uri, headers: { 'x-amz-meta-a': ['1'] } }),
      })
      return {
        status: response.status,
        body: (await response.json()) as { uri: string; headers: Record<string, string[]> },
      }
    }
    const { body } = await sign(`${on.lake.endpoint}/data/shared/orders/data/x?x-id=GetObject`)
    const headers = Object.fromEntries(Object.entries(body.headers).map(([name, values]) => [name, values.join()]))
    const got = await fetch(body.uri, { headers })
    assert.deepEqual([got.status, await got.text()], [200, 'x'])
    assert.equal((await sign(`${on.lake.endpoint}/data/other/x`)).status, 400)
  })

  test('who has a key exchanges it for a token; a token that is none, and no key at all, open nothing', async () => {
    const locked = await startLake({ rootKey: { accessKeyId: 'AKIAROOT', secretAccessKey: 'a secret of ours' } })
    const tokens = async (secret: string, id = 'AKIAROOT') => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: id,
        client_secret: secret,
      })
      const response = await fetch(`${locked.endpoint}/iceberg/v1/oauth/tokens`, { method: 'POST', body })
      return { status: response.status, body: (await response.json()) as Record<string, string> }
    }
    const list = async (headers: Record<string, string>) =>
      (await fetch(`${locked.endpoint}/iceberg/v1/catalogs/000000000000/namespaces`, { headers })).status
    try {
      assert.deepEqual(await list({}), 401)
      assert.deepEqual(await list({ authorization: 'Bearer none' }), 401)
      const { body } = await tokens('a secret of ours')
      assert.equal(body.token_type, 'bearer')
      assert.equal(await list({ authorization: `Bearer ${body.access_token}` }), 200)
      const wrong = await tokens('another')
      assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client'])
      // That of a session is in every presigned address: it is nothing without the secret.
      const { Credentials } = await new STSClient(locked.client).send(new GetSessionTokenCommand({}))
      const presigned = Credentials!.SessionToken!
      assert.equal(await list({ authorization: `Bearer ${presigned}` }), 401)
      const exchange = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: presigned,
      })
      const exchanged = await fetch(`${locked.endpoint}/iceberg/v1/oauth/tokens`, { method: 'POST', body: exchange })
      assert.equal(exchanged.status, 400)
      // Who had one by a key that is gone has none, and cannot have it renewed.
      const iam = new IAMClient(locked.client)
      await iam.send(new CreateUserCommand({ UserName: 'u' }))
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'u' }))
      const of = await tokens(AccessKey!.SecretAccessKey!, AccessKey!.AccessKeyId!)
      const asUser = { authorization: `Bearer ${of.body.access_token}` }
      assert.equal(await list(asUser), 403)
      exchange.set('subject_token', of.body.access_token!)
      const renewal = () => fetch(`${locked.endpoint}/iceberg/v1/oauth/tokens`, { method: 'POST', body: exchange })
      assert.equal((await renewal()).status, 200)
      await iam.send(new DeleteAccessKeyCommand({ UserName: 'u', AccessKeyId: AccessKey!.AccessKeyId! }))
      assert.deepEqual([await list(asUser), (await renewal()).status], [401, 400])
      assert.equal((await restClient(locked).ask('GET', 'namespaces')).status, 200)
    } finally {
      await locked.stop()
    }
  })
})
