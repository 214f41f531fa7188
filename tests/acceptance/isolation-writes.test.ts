/**
 * Another account, with all rights in its own, asks every operation that is served and changes something, by the identifiers of
 * the first one's things: nothing of the first account's is another afterwards, as the server keeps it.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { callOwn } from '../../bin/api-client.ts'
import { composedServices } from '../../src/main.ts'
import {
  clientOf,
  isReading,
  MARK,
  SERVICES,
  servedOperations,
  type TwoAccounts,
  twoAccounts,
} from './first-account.ts'
import { restClient, SCHEMA } from './iceberg/rest-client.ts'
import { ACCOUNT } from './lakeformation/governed-lake.ts'
import { inputOf } from './model-inputs.ts'
import type { TestLake } from './server.ts'

type Client = TestLake['client']

let two: TwoAccounts
before(async () => {
  two = await twoAccounts()
})
after(() => two.g.close())

type Documents = ReadonlyMap<string, string>

function kept(): Documents {
  const state = new DatabaseSync(join(two.g.lake.dataDirectory, 'state', 'lentic.db'), { readOnly: true })
  const rows = state.prepare('SELECT space, key, doc FROM documents').all() as {
    space: string
    key: string
    doc: string
  }[]
  state.close()
  return new Map(rows.map(({ space, key, doc }) => [`${space} ${key}`, doc]))
}

/** What is another one, or gone, and what there is now beside. */
function changes(before: Documents, now: Documents) {
  const changed = [...before].flatMap(([key, doc]) => (now.get(key) === doc ? [] : [key]))
  const added = [...now].flatMap(([key, doc]) => (before.has(key) ? [] : [`${key} ${doc}`]))
  const isKept = (one: string) => !OF_THE_SERVER.test(one)
  return { changed: changed.filter(isKept), added: added.filter(isKept) }
}

/** What belongs to no account: what the server measures and writes down of the calls themselves. */
const OF_THE_SERVER = /^(cloudwatch\/(hours|series|scopes|aged)|events\/)/

interface Asked {
  /** Each with what was asked and what was answered. */
  readonly answered: string[]
  readonly broken: string[]
  refused: number
}

/** What takes things away comes last, so that the others find them. */
const isLast = (operation: string): boolean => /Delete|Deregister|Schedule/.test(operation)

async function asked(from: Client): Promise<Asked> {
  const found: Asked = { answered: [], broken: [], refused: 0 }
  for (const service of SERVICES) {
    const client = clientOf(service, from)
    const writing = (await servedOperations(service)).filter(({ name }) => !isReading(name))
    for (const { name, Command } of writing.toSorted((a, b) => Number(isLast(a.name)) - Number(isLast(b.name)))) {
      const input = inputOf(service, name, two.known(service))
      try {
        const { $metadata: _, ...answer } = (await client.send(new Command(input!))) as Record<string, unknown>
        found.answered.push(`${service}.${name} ${JSON.stringify(input)} ${JSON.stringify(answer)}`)
      } catch (error) {
        found.refused++
        if (/Internal|ServiceFailure/.test((error as Error).name)) found.broken.push(`${service}.${name}`)
      }
    }
    client.destroy()
  }
  return found
}

/** Runs `work`; what the server keeps of the first account is as it was, and what there is beside is the other's. */
async function changingNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = kept()
  const done = await work()
  const { changed, added } = changes(before, kept())
  // When a key was last used is kept with it.
  assert.deepEqual(
    changed.filter((one) => one !== `iam/keys ${two.other.client.credentials.accessKeyId}`),
    [],
  )
  assert.deepEqual(
    added.filter((one) => !one.includes(two.other.id)),
    [],
  )
  assert.deepEqual(two.g.lake.log, [])
  return done
}

test('by the operations of AWS', async () => {
  const found = await changingNothing(() => asked(two.other.client))
  assert.deepEqual(found.broken, [])
  // What is answered is about the other account's own things, or tells for each part that it is refused.
  const named = found.answered.filter((one) => one.includes(ACCOUNT) && !one.includes('"Failures":[{'))
  assert.deepEqual(named, [])
  assert.ok(found.answered.length > 20 && found.refused > 200, `${found.answered.length}, ${found.refused}`)
})

test('by sessions of roles that do not trust it', async () => {
  const sts = new STSClient(two.other.client)
  const { RoleArn } = two.known('sts') as { RoleArn: string }
  await changingNothing(() =>
    assert.rejects(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' })), { name: 'AccessDenied' }),
  )
  sts.destroy()
})

test('by the Iceberg REST catalog', async () => {
  const by = { ...two.g.lake, client: two.other.client, credentials: two.other.client.credentials }
  const { endpoints } = await restClient(by, '').want('GET', 'config')
  const { tableBucketARN } = two.known('s3tables') as { tableBucketARN: string }
  const body = {
    namespace: ['ns'],
    name: 'orders',
    schema: SCHEMA,
    'metadata-location': 's3://data/one',
    source: { namespace: ['db'], name: 'orders' },
    destination: { namespace: ['db'], name: 'mine' },
    requirements: [],
    updates: [{ action: 'set-properties', updates: { a: 'b' } }],
    'table-changes': [{ identifier: { namespace: ['ns'], name: 'orders' }, requirements: [], updates: [] }],
  }
  const answered = await changingNothing(async () => {
    const statuses: string[] = []
    for (const [prefix, service] of [
      [`catalogs/${ACCOUNT}`, 'glue'],
      [encodeURIComponent(tableBucketARN), 's3tables'],
      [`catalogs/${ACCOUNT}:s3tablescatalog:okapi-tables`, 'glue'],
    ] as const)
      for (const endpoint of endpoints as string[]) {
        const [method = '', address = ''] = endpoint.split(' ')
        if (!address.includes('{prefix}')) continue
        const path = address.replace('/v1/{prefix}/', '').replace('{namespace}', 'ns').replace('{table}', 'orders')
        const sent = method === 'POST' || method === 'PUT' ? body : undefined
        const { status } = await restClient(by, prefix, service).ask(method, path.replace(/\{[^}]+\}/, 'orders'), sent)
        statuses.push(`${status} ${prefix} ${endpoint}`)
      }
    return statuses
  })
  assert.ok(answered.length > 60, String(answered.length))
  assert.deepEqual(
    answered.filter((one) => !/^40[34] /.test(one)),
    [],
  )
})

test('by the operations of our own', async () => {
  const names = composedServices().flatMap(({ own = {} }) => Object.keys(own))
  assert.ok(names.includes('accounts') && names.includes('table-replacement'))
  const target = { endpoint: two.g.lake.endpoint, region: 'us-east-1', ...two.other.client.credentials }
  const { QueryExecutionId } = two.known('athena') as { QueryExecutionId: string }
  const input = {
    ...{ database: 'db', table: 'orders', by: 'orders', as: 'other', catalog: ACCOUNT, id: ACCOUNT },
    ...{
      principal: `arn:aws:iam::${ACCOUNT}:root`,
      query: 'SELECT * FROM db.orders',
      queryExecutionId: QueryExecutionId,
    },
    ...{ name: 'all', document: '{}' },
  }
  await changingNothing(async () => {
    for (const name of names)
      for (const verb of ['list', 'create', 'policies', 'attach', 'detach'])
        for (const table of ['orders', 'db.orders']) {
          const answer = await callOwn(target, name, { ...input, verb, table }).catch((error: Error) => error.message)
          assert.ok(!JSON.stringify(answer).includes(MARK), `${name} ${JSON.stringify(answer)}`)
          if (name === 'accounts') assert.match(String(answer), /Only the root of the operator/)
        }
  })
})

test('what the other account asks would change a lot in the first', async () => {
  const before = kept()
  const found = await asked(two.g.root.client)
  assert.deepEqual(found.broken, [])
  assert.ok(found.answered.length > 150, String(found.answered.length))
  const changed = changes(before, kept()).changed
  assert.ok(changed.length >= 15, String(changed.length))
})
