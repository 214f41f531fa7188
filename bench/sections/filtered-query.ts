/**
 * What a row and column filter costs: a query of somebody who sees some rows of some columns, and the same of the root with
 * the predicate written by hand, in turns.
 */

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateDataCellsFilterCommand,
  GrantPermissionsCommand,
  LakeFormationClient,
  PutDataLakeSettingsCommand,
} from '@aws-sdk/client-lakeformation'
import { Client } from '../client.ts'
import { DirectEngine } from '../direct-engine.ts'
import { atMost, type Finding, median, milliseconds, times } from '../measure.ts'
import { BUCKET, createLake, DATABASE, putObject, runQuery } from '../query.ts'
import { startLentic, temporaryDirectory } from '../server-process.ts'

const ROUNDS = 9
const POLL_MS = 5
const ROWS = `SELECT i AS id, i * 7919 % 1000 AS customer, ['EU','US','APAC'][i % 3 + 1] AS region, i % 50 AS quantity,
  (i * 31 % 100000) / 100.0::DOUBLE AS amount, 'person ' || i || '@example.com' AS email FROM range(6000000) t(i)`
const COLUMNS = 'id bigint, customer bigint, region string, quantity bigint, amount double, email string'
const SEEN = ['id', 'customer', 'region', 'quantity', 'amount']
/** `{where}` is where the predicate goes; the second has a condition of its own. */
const QUERIES = [
  'SELECT customer, count(*) n, sum(amount) total FROM orders {where} GROUP BY customer ORDER BY total DESC LIMIT 10',
  'SELECT region, avg(amount) mean, max(id) last FROM orders {where} {and} quantity BETWEEN 10 AND 30 GROUP BY region',
]

export async function measureFilteredQuery(): Promise<Finding[]> {
  const [server, direct, directory] = [await startLentic(), await DirectEngine.open(), await temporaryDirectory()]
  const root = new Client(server.port)
  const reader = await governed(server.port, root, async () => {
    const [file] = await direct.write(directory, 'orders', 1, ROWS)
    await putObject(root, 'orders/0.parquet', await readFile(join(directory, file!)))
    await runQuery(
      root,
      `CREATE EXTERNAL TABLE orders (${COLUMNS}) STORED AS PARQUET LOCATION 's3://${BUCKET}/orders/'`,
    )
  })
  try {
    const ratios: number[] = []
    const walls: string[] = []
    for (const query of QUERIES) {
      const byHand = query.replace('{where}', "WHERE region = 'EU'").replace('{and}', 'AND')
      const filtered = query.replace(' {where}', query.includes('{and}') ? ' WHERE' : '').replace(' {and}', '')
      const [ours, theirs] = [[] as number[], [] as number[]]
      for (let round = 0; round <= ROUNDS; round++) {
        const [a, b] = [(await runQuery(reader, filtered, POLL_MS)).ms, (await runQuery(root, byHand, POLL_MS)).ms]
        if (round === 0) continue
        ours.push(a)
        theirs.push(b)
      }
      ratios.push(median(ours) / median(theirs))
      walls.push(`${milliseconds(median(ours))} to ${milliseconds(median(theirs))}`)
    }
    const what = 'a query under row and column filters, to the predicate by hand'
    return [atMost({ section: 'access', what, note: walls.join('; ') }, Math.max(...ratios), 1.1, times)]
  } finally {
    for (const client of [root, reader]) client.close()
    await direct.close()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** A client of a user of IAM who may do everything, and sees of the table that `fill` makes what the filter leaves. */
async function governed(port: number, root: Client, fill: () => Promise<void>): Promise<Client> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials }
  const [iam, lakeFormation] = [new IAMClient(client), new LakeFormationClient(client)]
  const UserName = 'reader'
  const { User } = await iam.send(new CreateUserCommand({ UserName }))
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'everything', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  await lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins: [] } }))
  await createLake(root)
  await fill()
  const filter = { TableCatalogId: '000000000000', DatabaseName: DATABASE, TableName: 'orders', Name: 'eu' }
  await lakeFormation.send(
    new CreateDataCellsFilterCommand({
      TableData: { ...filter, ColumnNames: SEEN, RowFilter: { FilterExpression: "region = 'EU'" } },
    }),
  )
  await lakeFormation.send(
    new GrantPermissionsCommand({
      Principal: { DataLakePrincipalIdentifier: User!.Arn! },
      Resource: { DataCellsFilter: filter },
      Permissions: ['SELECT'],
    }),
  )
  for (const one of [iam, lakeFormation]) one.destroy()
  return new Client(port, { id: AccessKey!.AccessKeyId!, secret: AccessKey!.SecretAccessKey! })
}
