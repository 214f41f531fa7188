import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue'
import {
  AddLFTagsToResourceCommand,
  CreateDataCellsFilterCommand,
  CreateLFTagCommand,
  GrantPermissionsCommand,
  LakeFormationClient,
  PutDataLakeSettingsCommand,
} from '@aws-sdk/client-lakeformation'
import { start } from '../../src/lentic.ts'
import type { RunningServer } from '../../src/main.ts'
import { run } from './process.ts'

let lake: RunningServer
let environment: Record<string, string>

const ANALYST = 'arn:aws:iam::000000000000:role/analyst'

before(async () => {
  lake = await start({ engine: { workers: 1, memoryBytes: 256 << 20 } })
  environment = { LENTIC_ENDPOINT: lake.endpoint }
  const client = { endpoint: lake.endpoint, region: lake.region, credentials: lake.credentials }
  const [glue, formation] = [new GlueClient(client), new LakeFormationClient(client)]
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'shop' } }))
  const Columns = ['id', 'email', 'region'].map((Name) => ({ Name, Type: 'string' }))
  const table = (Name: string) =>
    glue.send(new CreateTableCommand({ DatabaseName: 'shop', TableInput: { Name, StorageDescriptor: { Columns } } }))
  await table('open')
  await formation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: {} }))
  await table('orders')
  const Principal = { DataLakePrincipalIdentifier: ANALYST }
  const grant = (Resource: object) =>
    formation.send(new GrantPermissionsCommand({ Principal, Resource, Permissions: ['SELECT'] }))
  const key = { TableCatalogId: '000000000000', DatabaseName: 'shop', TableName: 'orders', Name: 'eu' }
  await formation.send(
    new CreateDataCellsFilterCommand({
      TableData: { ...key, RowFilter: { FilterExpression: "region = 'EU'" }, ColumnNames: ['id', 'region'] },
    }),
  )
  await grant({ DataCellsFilter: key })
  await table('events')
  await formation.send(new CreateLFTagCommand({ TagKey: 'sensitivity', TagValues: ['public', 'pii'] }))
  const put = (Resource: object, value: string) =>
    formation.send(
      new AddLFTagsToResourceCommand({ Resource, LFTags: [{ TagKey: 'sensitivity', TagValues: [value] }] }),
    )
  await put({ Table: { DatabaseName: 'shop', Name: 'events' } }, 'public')
  await put({ TableWithColumns: { DatabaseName: 'shop', Name: 'events', ColumnNames: ['email'] } }, 'pii')
  await grant({
    LFTagPolicy: { ResourceType: 'TABLE', Expression: [{ TagKey: 'sensitivity', TagValues: ['public'] }] },
  })
  glue.destroy()
  formation.destroy()
})
after(() => lake.stop())

const explain = (table: string, ...more: string[]) =>
  run(['access', 'explain', '--principal', 'role/analyst', '--table', table, ...more], environment)

const SHOWN = {
  Principal: { DataLakePrincipalIdentifier: ANALYST },
  Resource: {
    TableWithColumns: { CatalogId: '000000000000', DatabaseName: 'shop', Name: 'orders', ColumnNames: ['email'] },
  },
  Permissions: ['SELECT'],
}

test('what is shown is told by the filter that shows it, and what is hidden by what leaves it out', async () => {
  const { code, out, err } = await explain('shop.orders')
  assert.deepEqual([code, err], [0, ''])
  const why = `SELECT on the data cells filter eu of shop.orders (rows where region = 'EU', the columns id, region) is granted to ${ANALYST}`
  assert.equal(
    out,
    [
      `${ANALYST} on shop.orders, decided by Lake Formation`,
      '  IAM_ALLOWED_PRINCIPALS has no permission on shop.orders: grants decide',
      `  note: IAM knows no ${ANALYST}: what policies would say of it is not told`,
      '  permissions: SELECT, DESCRIBE',
      `    SELECT: ${why}`,
      `    DESCRIBE: ${why}`,
      "  rows: shown where region = 'EU'",
      `    ${why}`,
      "  column id: shown where region = 'EU'",
      `    ${why}`,
      '  column email: hidden',
      `    ${why}, which leaves out email`,
      '    email has no LF-Tags, and SELECT is granted where sensitivity is public',
      `    to show it, by 000000000000: aws lakeformation grant-permissions --cli-input-json '${JSON.stringify(SHOWN)}'`,
      "  column region: shown where region = 'EU'",
      `    ${why}`,
      '',
    ].join('\n'),
  )
})

test('tags are told, those that do not fit too', async () => {
  const { out } = await explain('shop.events', '--format', 'json', '--column', 'email')
  const { columns } = JSON.parse(out) as { columns: { visible: string; because: string[] }[] }
  assert.deepEqual(columns, [
    {
      column: 'email',
      told: false,
      visible: 'never',
      because: ['email has sensitivity=pii, and SELECT is granted where sensitivity is public'],
      grants: [],
      needs: {
        account: '000000000000',
        input: {
          ...SHOWN,
          Resource: { TableWithColumns: { ...SHOWN.Resource.TableWithColumns, Name: 'events' } },
        },
      },
    },
  ])
})

test('what is open is IAM’s to decide, and what nobody granted is missing', async () => {
  const open = await explain('shop.open', '--column', 'id')
  assert.match(open.out, /decided by IAM\n/)
  assert.match(open.out, /column id: shown\n {4}shop\.open is open to IAM_ALLOWED_PRINCIPALS/)
  const stranger = await run(
    ['access', 'explain', '--principal', 'user/eve', '--table', 'shop.orders', '--column', 'id'],
    environment,
  )
  assert.match(stranger.out, /permissions: none\n/)
  assert.match(stranger.out, /nothing gives SELECT on id of shop\.orders to arn:aws:iam::000000000000:user\/eve/)
})

test('what cannot be', async () => {
  assert.equal((await run(['access', 'explain'], environment)).code, 2)
  assert.equal((await run(['access', 'change', '--table', 'shop.orders'], environment)).code, 2)
  const missing = await explain('shop.nothing')
  assert.deepEqual([missing.code, missing.err], [1, 'lentic: Entity Not Found\n'])
  const column = await explain('shop.orders', '--column', 'nothing')
  assert.deepEqual([column.code, column.err], [1, 'lentic: The table shop.orders has no column nothing.\n'])
})
