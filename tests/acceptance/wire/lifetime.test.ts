import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CreateDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { start } from '../../../src/main.ts'
import { startLake } from '../server.ts'

test('what was acknowledged is there after a restart', async () => {
  let lake = await startLake()
  await new GlueClient(lake.client).send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'kept' } }))
  lake = await lake.restart()
  const { Database } = await new GlueClient(lake.client).send(new GetDatabaseCommand({ Name: 'kept' }))
  assert.equal(Database!.Name, 'kept')
  await lake.stop()
})

test('lakes in one process do not meet', async () => {
  const [one, two] = await Promise.all([startLake(), startLake()])
  await new S3Client(one.client).send(new CreateBucketCommand({ Bucket: 'only-in-one' }))
  const { Buckets } = await new S3Client(two.client).send(new ListBucketsCommand({}))
  assert.deepEqual(Buckets ?? [], [])
  await Promise.all([one.stop(), two.stop()])
})

test('a data directory has one server; its address too', async () => {
  const lake = await startLake()
  const { dataDirectory, endpoint } = lake
  await assert.rejects(start({ port: 0, dataDirectory }), (error: Error) => {
    assert.ok(error.message.includes(dataDirectory))
    assert.ok(error.message.includes(String(process.pid)))
    return true
  })
  const other = await mkdtemp(join(tmpdir(), 'lentic-test-'))
  const port = Number(new URL(endpoint).port)
  await assert.rejects(start({ port, dataDirectory: other }), /something listens there already/)
  const after = await start({ port: 0, dataDirectory: other }) // What failed has let go of the directory.
  await after.stop()
  await lake.stop()
  await rm(other, { recursive: true })
})

test('a server that was killed leaves no lock', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'lentic-test-'))
  const main = new URL('../../../src/main.ts', import.meta.url).href
  const script = `const { start } = await import(${JSON.stringify(main)})
    await start({ port: 0, dataDirectory: ${JSON.stringify(dataDirectory)} })
    console.log('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  await assert.rejects(start({ port: 0, dataDirectory }), new RegExp(`process ${child.pid}`))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const server = await start({ port: 0, dataDirectory })
  await server.stop()
  await rm(dataDirectory, { recursive: true })
})

test('reset empties everything, also while requests come in', async () => {
  const lake = await startLake({ allowReset: true })
  const s3 = new S3Client(lake.client)
  await s3.send(new CreateBucketCommand({ Bucket: 'gone-soon' }))
  const writes = Array.from({ length: 20 }, (_, index) =>
    s3.send(new PutObjectCommand({ Bucket: 'gone-soon', Key: `k${index}`, Body: 'x' })).then(
      () => 'put',
      (error: Error) => error.name,
    ),
  )
  const reset = await fetch(`${lake.endpoint}/_lentic/reset`, { method: 'POST' })
  assert.equal(reset.status, 200)
  const { Buckets } = await s3.send(new ListBucketsCommand({}))
  assert.deepEqual(Buckets ?? [], [])
  for (const outcome of await Promise.all(writes)) assert.ok(['put', 'NoSuchBucket'].includes(outcome), outcome)
  await s3.send(new CreateBucketCommand({ Bucket: 'gone-soon' }))
  const elsewhere = { method: 'POST', headers: { origin: 'https://elsewhere.example' } }
  assert.equal((await fetch(`${lake.endpoint}/_lentic/reset`, elsewhere)).status, 403)
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

test('in memory: nothing is kept, nothing is left', async (t) => {
  const outer = process.env.TMPDIR
  const temporary = await mkdtemp(join(tmpdir(), 'lentic-test-'))
  process.env.TMPDIR = temporary
  t.after(() => {
    if (outer === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = outer
  })
  const server = await start({ port: 0, dataDirectory: undefined })
  const { endpoint, region, credentials } = server
  const glue = new GlueClient({ endpoint, region, credentials })
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'forgotten' } }))
  const metrics = await (await fetch(`${endpoint}/_lentic/metrics`)).text()
  assert.match(metrics, /lentic_requests_total\{service="glue",operation="CreateDatabase",status="200"\} 1/)
  await server.stop()
  await assert.rejects(fetch(`${endpoint}/_lentic/health`))
  assert.deepEqual(await readdir(temporary), [])
  await rm(temporary, { recursive: true })
})
