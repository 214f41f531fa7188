import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena'
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { start } from '../../src/lentic.ts'
import type { RunningServer } from '../../src/main.ts'
import { run } from './process.ts'

let lake: RunningServer
let directory: string
let environment: Record<string, string>

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lentic-accounts-'))
  lake = await start({ engine: { workers: 1, memoryBytes: 256 << 20 } })
  environment = { LENTIC_ENDPOINT: lake.endpoint }
})
after(async () => {
  await lake.stop()
  await rm(directory, { recursive: true, force: true })
})

interface Made {
  readonly id: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const make = async (...more: string[]): Promise<Made> => {
  const { code, out, err } = await run(['account', 'create', '--format', 'json', ...more], environment)
  assert.deepEqual([code, err], [0, ''])
  return JSON.parse(out) as Made
}
const clientOf = ({ accessKeyId, secretAccessKey }: Made) => ({
  endpoint: lake.endpoint,
  region: lake.region,
  credentials: { accessKeyId, secretAccessKey },
  maxAttempts: 1,
})

test('an account is made with the key of its root, and has what a new one has', async () => {
  const made = await make('--name', 'sales', '--id', '111111111111')
  const sts = new STSClient(clientOf(made))
  const { Arn, Account } = await sts.send(new GetCallerIdentityCommand())
  assert.deepEqual([Account, Arn], ['111111111111', 'arn:aws:iam::111111111111:root'])
  const athena = new AthenaClient(clientOf(made))
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: 'primary' }))
  assert.equal(WorkGroup?.State, 'ENABLED')
  sts.destroy()
  athena.destroy()
  const listed = await run(['account', 'list'], environment)
  assert.equal(listed.out, '000000000000  operator\n111111111111  sales\n')
  const again = await run(['account', 'create', '--name', 'other', '--id', '111111111111'], environment)
  assert.deepEqual([again.code, again.err], [1, 'lentic: There is an account 111111111111 already.\n'])
  const { id } = await make('--name', 'any')
  assert.match(id, /^\d{12}$/)
})

test('accounts are for the root of the operator’s own', async () => {
  const made = await make('--name', 'curious')
  const { code, err } = await run(['account', 'list'], {
    ...environment,
    AWS_ACCESS_KEY_ID: made.accessKeyId,
    AWS_SECRET_ACCESS_KEY: made.secretAccessKey,
  })
  assert.equal(code, 1)
  assert.match(err, /Only the root of the operator's own account/)
})

test('a service control policy binds the root of its account, and no other', async () => {
  const made = await make('--name', 'bound', '--id', '222222222222')
  const s3 = new S3Client({ ...clientOf(made), forcePathStyle: true })
  const create = (Bucket: string) => s3.send(new CreateBucketCommand({ Bucket }))
  await create('bound-before')
  const file = join(directory, 'no-buckets.json')
  const Statement = { Effect: 'Deny', Action: 's3:CreateBucket', Resource: '*' }
  await writeFile(file, JSON.stringify({ Version: '2012-10-17', Statement }))
  const policy = (verb: string, ...more: string[]) =>
    run(['account', 'policy', verb, '--id', '222222222222', ...more], environment)
  assert.equal((await policy('attach', '--name', 'no-buckets', '--document', file)).code, 0)
  await assert.rejects(create('bound-after'), {
    name: 'AccessDenied',
    message: /with an explicit deny in a service control policy/,
  })
  assert.equal((await s3.send(new ListBucketsCommand())).Buckets?.length, 1)
  assert.match((await policy('list')).out, /^FullAWSAccess\n.*\nno-buckets\n/)
  // Without FullAWSAccess nothing allows anything.
  assert.equal((await policy('detach', '--name', 'FullAWSAccess')).code, 0)
  await assert.rejects(s3.send(new ListBucketsCommand()), {
    message: /because no service control policy allows the s3:ListAllMyBuckets action/,
  })
  const last = await policy('detach', '--name', 'no-buckets')
  assert.deepEqual([last.code, last.err], [1, 'lentic: An account keeps at least one service control policy.\n'])
  s3.destroy()
  const operators = await run(
    ['account', 'policy', 'attach', '--id', '000000000000', '--name', 'any', '--document', file],
    environment,
  )
  assert.match(operators.err, /do not bind the operator's own account/)
})

test('a directory whose server is down takes accounts too', async () => {
  const data = join(directory, 'data')
  const made = await run(['account', 'create', '--name', 'early', '--id', '333333333333', '--data', data], {})
  assert.deepEqual([made.code, made.err], [0, ''])
  assert.match(made.out, /^account 333333333333 \(early\)\n/)
  const listed = await run(['account', 'list', '--data', data], {})
  assert.match(listed.out, /333333333333 {2}early/)
})
