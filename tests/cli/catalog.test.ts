import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetTableCommand,
  GlueClient,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { start } from '../../src/lentic.ts'
import type { RunningServer } from '../../src/main.ts'
import { run } from './process.ts'

let lake: RunningServer
let glue: GlueClient
let environment: Record<string, string>
const table = (...columns: [string, string][]) => ({
  Name: 'orders',
  LastAccessTime: new Date('2024-01-01T00:00:00Z'),
  StorageDescriptor: { Columns: columns.map(([Name, Type]) => ({ Name, Type })), Location: 's3://lake/orders/' },
})
before(async () => {
  lake = await start({ engine: { workers: 1, memoryBytes: 256 << 20 } })
  environment = { LENTIC_ENDPOINT: lake.endpoint }
  glue = new GlueClient({ endpoint: lake.endpoint, region: lake.region, credentials: lake.credentials })
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'shop' } }))
  await glue.send(new CreateTableCommand({ DatabaseName: 'shop', TableInput: table(['id', 'int']) }))
})
after(() => lake.stop())

const update = (...columns: [string, string][]) =>
  glue.send(new UpdateTableCommand({ DatabaseName: 'shop', TableInput: table(...columns) }))

test('versions of a table are compared, and one is taken back', async () => {
  const alone = await run(['catalog', 'diff', 'shop.orders'], environment)
  assert.deepEqual([alone.code, alone.err], [1, 'lentic: shop.orders has no version but 0\n'])
  await update(['id', 'bigint'])
  await update(['id', 'bigint'], ['note', 'string'])
  const last = await run(['catalog', 'diff', 'shop.orders'], environment)
  assert.deepEqual([last.code, last.out, last.err], [0, '+ column note: string\n', 'shop.orders: version 1 → 2\n'])
  const first = await run(['catalog', 'diff', 'shop.orders', '0'], environment)
  assert.equal(first.out, '~ column id: int → bigint\n+ column note: string\n')
  const back = await run(['catalog', 'diff', 'shop.orders', '1', '0'], environment)
  assert.equal(back.out, '~ column id: bigint → int\n')
  const rolled = await run(['catalog', 'rollback', 'shop.orders', '0'], environment)
  assert.deepEqual([rolled.code, rolled.err], [0, 'shop.orders: version 3 is what version 0 was\n'])
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'orders' }))
  assert.deepEqual(Table!.StorageDescriptor!.Columns, [{ Name: 'id', Type: 'int' }])
  assert.deepEqual(Table!.LastAccessTime, new Date('2024-01-01T00:00:00Z'))
  const same = await run(['catalog', 'diff', 'shop.orders', '0', '3'], environment)
  assert.deepEqual([same.code, same.out, same.err], [0, '', 'shop.orders: version 0 → 3\nno difference\n'])
})

test('what cannot be', async () => {
  const missing = await run(['catalog', 'rollback', 'shop.orders', '77'], environment)
  assert.deepEqual([missing.code, missing.err], [1, 'lentic: Version not found.\n'])
  for (const args of [[], ['diff'], ['diff', 'orders'], ['diff', 'a.b', 'x'], ['rollback', 'a.b'], ['forget', 'a.b']])
    assert.equal((await run(['catalog', ...args], environment)).code, 2, args.join(' '))
})
