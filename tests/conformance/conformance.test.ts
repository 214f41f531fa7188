/**
 * Every operation of every service: random input through the official JavaScript client arrives as it was given, and
 * random output arrives at the client as it was given. Half of the rounds go to the bare wires with
 * anything of the right type; the others keep to the model's constraints and go through the whole server, which must
 * accept them. `CONFORMANCE_ROUNDS` and `CONFORMANCE_SEED` widen it.
 */
import assert from 'node:assert/strict'
import { lookup } from 'node:dns'
import { Agent } from 'node:http'
import { after, before, test } from 'node:test'
import { loadModel, modelNames } from '../../src/protocol/model.ts'
import type { Operation } from '../../src/protocol/schema.ts'
import { adjustInput, adjustOutput, dropReturned, dropUnasked, isUndriven, olderClients } from './artefacts.ts'
import { loadSdk, type Sdk, type SdkClient } from './clients.ts'
import { canonical, difference, differenceOfShared } from './comparison.ts'
import { type EchoServer, startEchoServer } from './echo-server.ts'
import { startPipelineServer } from './pipeline-server.ts'
import { generateStructure, type Random, seededRandom } from './values.ts'

const rounds = Number(process.env.CONFORMANCE_ROUNDS ?? 2)
const seed = Number(process.env.CONFORMANCE_SEED ?? 1)

type Fields = Record<string, unknown>

let wires: EchoServer
let server: EchoServer
before(async () => {
  wires = await startEchoServer()
  server = await startPipelineServer()
})
after(async () => {
  await wires.close()
  await server.close()
})

for (const name of modelNames) {
  test(`${name} through its JavaScript client`, async () => {
    const model = loadModel(name)
    const sdk = await loadSdk(model)
    const bare: Peer = { sdk, echo: wires, client: await connect(name, sdk, wires.endpoint), valid: false }
    const whole: Peer = { sdk, echo: server, client: await connect(name, sdk, server.endpoint), valid: true }
    const failures: string[] = []
    let driven = 0
    for (const operation of model.operations.values()) {
      if (!sdk.command(operation.name) || isUndriven(operation)) continue
      driven += 1
      const random = seededRandom(seed + driven)
      for (let round = 0; round < rounds; round += 1) {
        const failure = await drive(operation, round % 2 === 0 ? bare : whole, random)
        if (failure) failures.push(`${operation.name}: ${failure}`)
        if (failure) break
      }
    }
    bare.client.destroy()
    whole.client.destroy()
    assert.ok(driven > 0)
    assert.equal(failures.length, 0, `${failures.length} of ${driven} operations\n${failures.slice(0, 20).join('\n')}`)
  })
}

/** One end of an exchange and the other. */
interface Peer {
  readonly sdk: Sdk
  readonly client: SdkClient
  readonly echo: EchoServer
  readonly valid: boolean
}

async function connect(name: string, sdk: Sdk, endpoint: string): Promise<SdkClient> {
  // S3 Control puts the account in front of the host, whatever it is told. Kinesis keeps its own handler, for HTTP/2.
  const { NodeHttpHandler } = (await import('@smithy/node-http-handler')) as unknown as {
    NodeHttpHandler: new (options: object) => unknown
  }
  const httpAgent = new Agent({
    keepAlive: true,
    lookup: (_hostname, options, callback) => lookup('127.0.0.1', options, callback),
  })
  const overHttp2 = name === 'kinesis' && endpoint === server.endpoint
  return new sdk.client({
    endpoint: endpoint.replace('127.0.0.1', 'localhost'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...(overHttp2 ? {} : { requestHandler: new NodeHttpHandler({ httpAgent }) }),
    disableHostPrefix: true,
    forcePathStyle: true,
    maxAttempts: 1,
    // SQS's client would check the digests of messages that are random here.
    ...(name === 'sqs' ? { md5: false } : {}),
  })
}

/** One exchange; what went wrong with it, if anything. */
async function drive(operation: Operation, peer: Peer, random: Random): Promise<string | undefined> {
  const { sdk, client, echo, valid } = peer
  const context = { random, model: operation.model, valid, knows: sdk.knows }
  const generated = operation.input ? generateStructure(operation.input, context) : {}
  if (!generated) return undefined
  const input = adjustInput(operation, generated)
  const wild = { ...context, valid: false }
  const output = operation.output ? adjustOutput(operation, generateStructure(operation.output, wild) ?? {}) : {}
  echo.last = undefined
  echo.failure = undefined
  echo.answer = () => output
  const sent = { ...input }
  let returned: Fields
  try {
    returned = await client.send(new (sdk.command(operation.name)!)(input))
  } catch (error) {
    return String(echo.failure ?? error).slice(0, 300)
  }
  const arrived = echo.last as unknown as { operation: Operation; input: Fields } | undefined
  if (arrived?.operation !== operation) return `arrived as ${arrived?.operation.name}`
  dropUnasked(operation, sent, arrived.input)
  const compare = olderClients.has(operation.model.name) ? differenceOfShared : difference
  const wrongInput = compare(canonical(sent), canonical(arrived.input), 'input')
  if (wrongInput) return wrongInput
  await readStreams(returned)
  dropReturned(operation, output, returned)
  return compare(canonical(output), canonical(returned), 'output')
}

async function readStreams(output: Fields): Promise<void> {
  for (const [name, value] of Object.entries(output)) {
    const stream = value as { transformToByteArray?: () => Promise<Uint8Array> } | undefined
    if (typeof stream?.transformToByteArray === 'function') output[name] = await stream.transformToByteArray()
  }
}
