/** A crowd of bad connections at a server of its own, and how another caller fares beside it. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AthenaClient, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { timed } from '../../bench/measure.ts'
import { launch } from '../cli/process.ts'
import { inspectable, type KeptMemory, keptMemory, residentBytes } from '../soak/server-memory.ts'
import type { CrowdOrder, CrowdState } from './crowd-members.ts'

export interface CrowdPlan {
  readonly connections: number
  /** How long the other caller works without the crowd, and how long beside it. */
  readonly forMs: number
}

export interface Turns {
  /** Each of one small call: an object read. */
  readonly callMs: readonly number[]
  /** Each of `SELECT 1`, from the start until it is known to have succeeded. */
  readonly queryMs: readonly number[]
  /** The most that the server took meanwhile. */
  readonly residentBytes: number
}

export interface CrowdReport {
  readonly alone: Turns
  readonly beside: Turns
  /** As many as were connected at the end of the time, and how many had been hung up on. */
  readonly crowd: CrowdState
  /** What is kept when garbage is collected. */
  readonly before: KeptMemory
  readonly height: KeptMemory
  readonly after: KeptMemory
  /** What the server wrote to its error output. */
  readonly log: string
}

const BUCKET = 'crowd'
const SMALL = 'small'
const LARGE_BYTES = 8 << 20
const CALLS_A_QUERY = 10
const SAMPLE_EVERY_MS = 200
/** Some are hung up on and come again, so that hardly ever all are there at the very same time. */
const PRESENT = 0.95
/** The server's own files and the clients' sockets, beside the crowd's. */
const OTHER_FILES = 200

/** What a connection may take at the height, what all who read files may, and what may be left when they are gone. */
const MOST_CONNECTION_BYTES = 32 << 10
const MOST_READING_BYTES = 160 << 20
const MOST_LEFT_BYTES = 8 << 20
const SETTLED_MS = 30_000

/** What is still held of it when the crowd has gone. */
export const left = ({ before, after }: Pick<CrowdReport, 'before' | 'after'>): number => kept(after) - kept(before)

const kept = ({ heapBytes, externalBytes }: KeptMemory): number => heapBytes + externalBytes

/** Why this is not as it should be: empty when all is well. */
export function suffering(report: CrowdReport, connections: number): string[] {
  const { alone, beside, crowd, log } = report
  const taken = beside.residentBytes - alone.residentBytes
  return [
    ...(crowd.open < connections * PRESENT ? [`only ${crowd.open} of ${connections} were let stay`] : []),
    ...(taken > MOST_READING_BYTES + connections * MOST_CONNECTION_BYTES ? [`the crowd took ${taken} bytes`] : []),
    ...(left(report) > MOST_LEFT_BYTES ? [`${left(report)} bytes are still held when the crowd has gone`] : []),
    ...(log ? [`the server wrote: ${log}`] : []),
  ]
}

/** Rejects when a call or a query of the other caller fails. */
export async function crowd(plan: CrowdPlan): Promise<CrowdReport> {
  allowFiles(plan.connections + OTHER_FILES)
  const data = await mkdtemp(join(tmpdir(), 'lentic-crowd-'))
  const { options, port } = await inspectable()
  const server = launch(['serve', '--port', '0', '--data', data, '--workers', '2'], { NODE_OPTIONS: options })
  try {
    const endpoint = /http:\/\/\S+:\d+/.exec(await server.said(', keeping '))![0]
    const report = await drive(plan, endpoint, { pid: server.child.pid!, inspector: port })
    server.child.kill()
    return { ...report, log: (await server.ended).err.replaceAll('Debugger attached.\n', '') }
  } finally {
    server.child.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}

/** Node has raised its own limit as far as it may, and what it starts inherits that. */
function allowFiles(wanted: number): void {
  const allowed = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
  if (Number(allowed) < wanted) throw new Error(`A process may open ${allowed} files here: ulimit -Hn ${wanted}`)
}

async function drive(
  plan: CrowdPlan,
  endpoint: string,
  { pid, inspector }: { readonly pid: number; readonly inspector: number },
): Promise<Omit<CrowdReport, 'log'>> {
  const caller = new Caller(endpoint)
  const order = { ...(await caller.prepare()), port: Number(new URL(endpoint).port), connections: plan.connections }
  await caller.work(plan.forMs / 4, pid)
  const alone = await caller.work(plan.forMs, pid)
  const before = await keptMemory(inspector, pid)
  const { members, state } = await gather(order)
  try {
    const beside = await caller.work(plan.forMs, pid)
    const crowd = state()
    const height = await keptMemory(inspector, pid)
    members.kill()
    await once(members, 'exit')
    const after = await settled(before, () => keptMemory(inspector, pid))
    return { alone, beside, crowd, before, height, after }
  } finally {
    members.kill()
  }
}

/** What was under way with those who have gone takes a while to end: looked at until little is left of it. */
async function settled(before: KeptMemory, look: () => Promise<KeptMemory>): Promise<KeptMemory> {
  const until = performance.now() + SETTLED_MS
  for (;;) {
    const after = await look()
    if (left({ before, after }) <= MOST_LEFT_BYTES || performance.now() > until) return after
    await sleep(1000)
  }
}

/** Resolves when all have come. */
async function gather(order: CrowdOrder): Promise<{ members: ChildProcess; state: () => CrowdState }> {
  const members = fork(join(import.meta.dirname, 'crowd-members.ts'))
  let state: CrowdState = { open: 0, hungUp: 0 }
  members.on('message', (told: CrowdState) => {
    state = told
  })
  members.send(order)
  while (state.open < order.connections * PRESENT) await once(members, 'message')
  return { members, state: () => state }
}

class Caller {
  readonly #s3: S3Client
  readonly #athena: AthenaClient

  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const settings = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }
    this.#s3 = new S3Client({ ...settings, forcePathStyle: true })
    this.#athena = new AthenaClient(settings)
  }

  async prepare(): Promise<Pick<CrowdOrder, 'large' | 'upload'>> {
    await this.#s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
    await this.#s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: SMALL, Body: SMALL }))
    await this.#s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'large', Body: randomBytes(LARGE_BYTES) }))
    const path = (url: string) => url.slice(new URL(url).origin.length)
    const [large, upload] = await Promise.all([
      getSignedUrl(this.#s3, new GetObjectCommand({ Bucket: BUCKET, Key: 'large' })),
      getSignedUrl(this.#s3, new PutObjectCommand({ Bucket: BUCKET, Key: 'upload' })),
    ])
    return { large: path(large), upload: path(upload) }
  }

  async work(forMs: number, pid: number): Promise<Turns> {
    const until = performance.now() + forMs
    const callMs: number[] = []
    const queryMs: number[] = []
    let most = 0
    let sampled = 0
    while (performance.now() < until) {
      for (let i = 0; i < CALLS_A_QUERY; i++) callMs.push((await timed(() => this.#call())).ms)
      queryMs.push((await timed(() => this.#query())).ms)
      if (performance.now() - sampled < SAMPLE_EVERY_MS) continue
      sampled = performance.now()
      most = Math.max(most, await residentBytes(pid))
    }
    return { callMs, queryMs, residentBytes: most }
  }

  async #call(): Promise<void> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: SMALL }))
    if ((await Body!.transformToString()) !== SMALL) throw new Error('Another object was answered than was asked for')
  }

  async #query(): Promise<void> {
    const { QueryExecutionId } = await this.#athena.send(
      new StartQueryExecutionCommand({
        QueryString: 'SELECT 1',
        ClientRequestToken: randomUUID(),
        ResultConfiguration: { OutputLocation: `s3://${BUCKET}/results/` },
      }),
    )
    for (;;) {
      const { QueryExecution } = await this.#athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
      const { State, StateChangeReason } = QueryExecution!.Status!
      if (State === 'SUCCEEDED') return
      if (State !== 'QUEUED' && State !== 'RUNNING') throw new Error(`SELECT 1 is ${State}: ${StateChangeReason}`)
      await sleep(5)
    }
  }
}
