/** Many clients at a server of its own for a while, with engines killed under them; what was wrong, and how memory went. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AthenaClient } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { childrenOf } from '../child-processes.ts'
import { launch } from '../cli/process.ts'
import { BUCKET, DATABASE, NUMBERS, SoakClient } from './client.ts'
import { Ledger } from './ledger.ts'
import { inspectable, type KeptMemory, keptMemory, residentBytes } from './server-memory.ts'

export interface SoakPlan {
  readonly clients: number
  readonly forMs: number
  /** On average. */
  readonly killEveryMs: number
  readonly sampleEveryMs: number
  readonly onSample?: (sample: MemorySample) => void
}

export interface MemorySample {
  readonly atMs: number
  /** Resident; 0 where the system does not tell. */
  readonly serverBytes: number
  readonly enginesBytes: number
}

/** What the server held once its garbage was collected, while the clients went on. */
export interface KeptSample extends KeptMemory {
  readonly atMs: number
}

/** Near the start, in the middle and near the end. */
const KEPT_AT = [0.1, 0.5, 0.95]

export interface SoakReport {
  readonly counts: Readonly<Record<string, number>>
  readonly kills: number
  readonly samples: readonly MemorySample[]
  readonly kept: readonly KeptSample[]
  /** Lost queries, wrong states, wrong rows: empty when all is well. */
  readonly wrong: readonly string[]
  /** What the server wrote to its error output. */
  readonly log: string
}

export async function soak(plan: SoakPlan): Promise<SoakReport> {
  const data = await mkdtemp(join(tmpdir(), 'lentic-soak-'))
  // With room to spare V8 lets garbage lie, and its growth would pass for a leak; with this much, a leak ends the server.
  const { options, port } = await inspectable()
  const server = launch(['serve', '--port', '0', '--data', data], {
    NODE_OPTIONS: `--max-old-space-size=128 ${options}`,
  })
  try {
    const endpoint = /http:\/\/\S+:\d+/.exec(await server.said(', keeping '))![0]
    const report = await drive(plan, endpoint, { pid: server.child.pid!, inspector: port })
    server.child.kill()
    // What Node says of whoever looks at its memory.
    return { ...report, log: (await server.ended).err.replaceAll('Debugger attached.\n', '') }
  } finally {
    server.child.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}

interface ServerProcess {
  readonly pid: number
  readonly inspector: number
}

async function drive(
  plan: SoakPlan,
  endpoint: string,
  { pid, inspector }: ServerProcess,
): Promise<Omit<SoakReport, 'log'>> {
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const athena = new AthenaClient({ ...settings, requestHandler: { httpAgent: { maxSockets: 2 * plan.clients } } })
  const ledger = new Ledger()
  await prepare(settings, athena, ledger)
  const from = Date.now()
  const until = from + plan.forMs
  const over = new AbortController()
  const samples: MemorySample[] = []
  const killing = every(
    over.signal,
    () => plan.killEveryMs * (0.5 + Math.random()),
    () => killOne(pid),
  )
  const sampling = every(
    over.signal,
    () => plan.sampleEveryMs,
    async () => {
      const sample = { atMs: Date.now() - from, ...(await memory(pid)) }
      samples.push(sample)
      plan.onSample?.(sample)
      return true
    },
  )
  const keeping = Promise.all(
    KEPT_AT.map(async (part): Promise<KeptSample> => {
      await sleep(part * plan.forMs)
      return { atMs: Date.now() - from, ...(await keptMemory(inspector, pid)) }
    }),
  )
  try {
    await Promise.all(Array.from({ length: plan.clients }, (_, i) => new SoakClient(athena, ledger, i).work(until)))
  } finally {
    over.abort()
  }
  const kills = await killing
  await sampling
  const kept = await keeping
  await ledger.audit(athena)
  return { counts: Object.fromEntries(ledger.counts), kills, samples, kept, wrong: ledger.wrong }
}

async function prepare(
  settings: { readonly endpoint: string; readonly region: string },
  athena: AthenaClient,
  ledger: Ledger,
): Promise<void> {
  await new S3Client({ ...settings, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BUCKET }))
  await new GlueClient(settings).send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }))
  await new SoakClient(athena, ledger, -1).succeed(
    `CREATE TABLE numbers WITH (format = 'PARQUET', partitioned_by = ARRAY['rest']) AS
     SELECT n, n % 10 AS rest FROM UNNEST(sequence(1, ${NUMBERS})) AS t (n)`,
  )
}

/** How many times `act` answered true. */
async function every(
  signal: AbortSignal,
  pauseMs: () => number,
  act: () => boolean | Promise<boolean>,
): Promise<number> {
  let done = 0
  for (;;) {
    await sleep(pauseMs(), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return done
    if (await act()) done++
  }
}

function killOne(pid: number): boolean {
  const engines = childrenOf(pid)
  const victim = engines[Math.floor(Math.random() * engines.length)]
  if (victim === undefined) return false
  try {
    return process.kill(victim, 'SIGKILL')
  } catch {
    // It has just ended by itself.
    return false
  }
}

async function memory(pid: number): Promise<Omit<MemorySample, 'atMs'>> {
  const engines = await Promise.all(childrenOf(pid).map(residentBytes))
  return { serverBytes: await residentBytes(pid), enginesBytes: engines.reduce((sum, bytes) => sum + bytes, 0) }
}
