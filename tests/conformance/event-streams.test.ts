/** Streams of events through the official JavaScript clients and the whole server, errors in the middle included. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { KinesisClient, SubscribeToShardCommand } from '@aws-sdk/client-kinesis'
import { InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client, SelectObjectContentCommand } from '@aws-sdk/client-s3'
import { AwsError } from '../../src/protocol/service.ts'
import type { EchoServer } from './echo-server.ts'
import { startPipelineServer } from './pipeline-server.ts'

let server: EchoServer
let config: {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  maxAttempts: number
}
before(async () => {
  server = await startPipelineServer()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  config = { endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }
})
after(() => server.close())

async function* stream(events: readonly object[], failure?: Error): AsyncGenerator<object> {
  yield* events
  if (failure) throw failure
}

async function collect<T>(events: AsyncIterable<T> | undefined): Promise<T[]> {
  const collected: T[] = []
  for await (const event of events ?? []) collected.push(event)
  return collected
}

const subscription = {
  ConsumerARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1',
  ShardId: 'shardId-000000000000',
  StartingPosition: { Type: 'LATEST' },
} as const

test('Kinesis: records of a shard, over HTTP/2', async () => {
  const event = {
    Records: [
      {
        SequenceNumber: '1',
        Data: Buffer.from([0, 255]),
        PartitionKey: 'ü',
        ApproximateArrivalTimestamp: new Date(1e12),
      },
    ],
    ContinuationSequenceNumber: '1',
    MillisBehindLatest: 0,
  }
  server.answer = () => ({
    EventStream: stream([{ SubscribeToShardEvent: event }, { SubscribeToShardEvent: { ...event, Records: [] } }]),
  })
  const client = new KinesisClient(config)
  const answer = await client.send(new SubscribeToShardCommand(subscription))
  const events = await collect(answer.EventStream)
  client.destroy()
  assert.equal(events.length, 2)
  const record = events[0]?.SubscribeToShardEvent?.Records?.[0]
  assert.deepEqual(Buffer.from(record?.Data ?? []), Buffer.from([0, 255]))
  assert.equal(record?.PartitionKey, 'ü')
  assert.equal(record?.ApproximateArrivalTimestamp?.getTime(), 1e12)
})

test('Kinesis: a modelled error in the middle of the stream', async () => {
  const failure = new AwsError('ResourceInUseException', 'taken over')
  server.answer = () => ({ EventStream: stream([], failure) })
  const client = new KinesisClient(config)
  const answer = await client.send(new SubscribeToShardCommand(subscription))
  await assert.rejects(collect(answer.EventStream), { name: 'ResourceInUseException', message: 'taken over' })
  client.destroy()
})

const selection = {
  Bucket: 'b',
  Key: 'k',
  Expression: 'SELECT * FROM s3object',
  ExpressionType: 'SQL',
  InputSerialization: { CSV: {} },
  OutputSerialization: { CSV: {} },
} as const

test('S3 Select: records, statistics and the end', async () => {
  const stats = { BytesScanned: 10, BytesProcessed: 10, BytesReturned: 4 }
  server.answer = () => ({
    Payload: stream([
      { Records: { Payload: Buffer.from('a,b\n') } },
      { Cont: {} },
      { Stats: { Details: stats } },
      { End: {} },
    ]),
  })
  const client = new S3Client({ ...config, forcePathStyle: true })
  const events = await collect((await client.send(new SelectObjectContentCommand(selection))).Payload)
  client.destroy()
  assert.deepEqual(
    events.map((event) => Object.keys(event)[0]),
    ['Records', 'Cont', 'Stats', 'End'],
  )
  assert.equal(Buffer.from(events[0]?.Records?.Payload ?? []).toString(), 'a,b\n')
  assert.deepEqual({ ...events[2]?.Stats?.Details }, stats)
})

test('S3 Select: an error in the middle of the stream', async () => {
  server.answer = () => ({
    Payload: stream([{ Cont: {} }], new AwsError('InternalError', 'We encountered an internal error.')),
  })
  const client = new S3Client({ ...config, forcePathStyle: true })
  const answer = await client.send(new SelectObjectContentCommand(selection))
  await assert.rejects(collect(answer.Payload), { name: 'InternalError' })
  client.destroy()
})

test('Lambda: chunks of a response', async () => {
  server.answer = () => ({
    StatusCode: 200,
    EventStream: stream([{ PayloadChunk: { Payload: Buffer.from('part') } }, { InvokeComplete: { LogResult: 'l' } }]),
  })
  const client = new LambdaClient(config)
  const answer = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'f' }))
  const events = await collect(answer.EventStream)
  client.destroy()
  assert.equal(Buffer.from(events[0]?.PayloadChunk?.Payload ?? []).toString(), 'part')
  assert.equal(events[1]?.InvokeComplete?.LogResult, 'l')
})
