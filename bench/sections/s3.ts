/** Objects, small and large, put and got by a raw client with signed payloads. */
import { createHash, randomBytes } from 'node:crypto'
import { Client } from '../client.ts'
import { compareLoads, inTurns, load } from '../load.ts'
import { atLeast, type Finding, median, timed, times } from '../measure.ts'
import { BUCKET, createBucket } from '../query.ts'
import { type ServerProcess, startLentic, startMoto } from '../server-process.ts'
import type { SignedRequest } from '../signature.ts'

const CONNECTIONS = 16
const ROUNDS = 5
const ROUND_MS = 2000
const LARGE_ROUNDS = 9
const KEYS = 1000
const small = randomBytes(4096)
const large = randomBytes(64 * 1_048_576)
const hash = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')
const bodies = { small: { body: small, bodyHash: hash(small) }, large: { body: large, bodyHash: hash(large) } }

export async function measureS3(): Promise<Finding[]> {
  const servers = await Promise.all([startLentic(), startMoto()])
  try {
    for (const { port } of servers) {
      const client = new Client(port)
      await createBucket(client)
      client.close()
    }
    const [lentic, moto] = servers
    return [
      await smallObjects(lentic, moto, 'PUT'),
      await smallObjects(lentic, moto, 'GET'),
      await largeObjects(lentic, moto, 'PUT'),
      await largeObjects(lentic, moto, 'GET'),
    ]
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** Puts before gets: every key that is got has been put in the first rounds. */
async function smallObjects(lentic: ServerProcess, moto: ServerProcess, method: 'PUT' | 'GET'): Promise<Finding> {
  const request = (_: number, turn: number): SignedRequest => ({
    method,
    path: `/${BUCKET}/small/${turn % KEYS}`,
    service: 's3',
    ...(method === 'PUT' ? bodies.small : {}),
  })
  if (method === 'GET') for (const { port } of [lentic, moto]) await fill(port)
  const measure = (server: ServerProcess) => () => load(server, CONNECTIONS, ROUND_MS, request)
  const { ratio, note } = compareLoads(await inTurns(ROUNDS, measure(lentic), measure(moto)))
  return atLeast(
    { section: 's3', what: `4 KB ${method}${method === 'PUT' ? ', durable' : ''}, to moto`, note },
    ratio,
    5,
    times,
  )
}

async function fill(port: number): Promise<void> {
  const client = new Client(port)
  for (let key = 0; key < KEYS; key++)
    await client.send({ method: 'PUT', path: `/${BUCKET}/small/${key}`, service: 's3', ...bodies.small })
  client.close()
}

async function largeObjects(lentic: ServerProcess, moto: ServerProcess, method: 'PUT' | 'GET'): Promise<Finding> {
  const request: SignedRequest = {
    method,
    path: `/${BUCKET}/large`,
    service: 's3',
    ...(method === 'PUT' ? bodies.large : {}),
  }
  const rate = ({ port }: ServerProcess) => {
    return async () => {
      const client = new Client(port)
      const { ms, result } = await timed(() => client.send(request))
      client.close()
      if (method === 'GET' && result.bodyBytes !== large.length) throw new Error(`Got ${result.bodyBytes} bytes`)
      return large.length / 1_048_576 / (ms / 1000)
    }
  }
  const rates = await inTurns(LARGE_ROUNDS, rate(lentic), rate(moto))
  const ratio = median(rates.ours.map((ours, i) => ours / rates.theirs[i]!))
  const speed = (all: readonly number[]) => `${Math.round(median(all))} MiB/s`
  const note = `${speed(rates.ours)} to ${speed(rates.theirs)}`
  return atLeast({ section: 's3', what: `64 MB ${method}, to moto`, note }, ratio, 1, times)
}
