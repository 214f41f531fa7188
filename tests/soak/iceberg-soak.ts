/**
 * Many writers of one Iceberg table, by SQL and by pyiceberg, at a server that is killed again and again; then the table
 * against what each of them was told, every snapshot against itself, and the lake against what the table names.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AthenaClient } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { freePort } from '../../tools/free-port.ts'
import { launch, type Running } from '../cli/process.ts'
import { AthenaSession } from './athena-session.ts'
import { RowLedger } from './row-ledger.ts'
import { writeByPyiceberg, writeBySql } from './table-writers.ts'

export interface IcebergSoakPlan {
  readonly sqlWriters: number
  /** Python with pyiceberg, and how many processes of it write. */
  readonly pyiceberg?: { readonly python: string; readonly writers: number }
  readonly forMs: number
  readonly killEveryMs: number
}

export interface IcebergSoakReport {
  readonly kills: number
  readonly snapshots: number
  readonly rows: { readonly in: number; readonly out: number; readonly unknown: number }
  /** Lost or doubled rows, snapshots that can not be read, files that nothing names: empty when all is well. */
  readonly wrong: readonly string[]
}

const [DATABASE, TABLE, BUCKET] = ['soak', 'ledger', 'soak']

export async function icebergSoak(plan: IcebergSoakPlan): Promise<IcebergSoakReport> {
  const data = await mkdtemp(join(tmpdir(), 'lentic-iceberg-soak-'))
  const port = await freePort()
  const server = new MortalServer(data, port)
  try {
    await server.start()
    return await drive(plan, server, `http://127.0.0.1:${port}`)
  } finally {
    await server.kill()
    await rm(data, { recursive: true, force: true })
  }
}

class MortalServer {
  readonly #args: readonly string[]
  #running: Running | undefined

  constructor(data: string, port: number) {
    this.#args = ['serve', '--port', String(port), '--data', data]
  }

  async start(): Promise<void> {
    this.#running = launch(this.#args)
    await this.#running.said(', keeping ')
  }

  async kill(): Promise<void> {
    this.#running?.child.kill('SIGKILL')
    await this.#running?.ended
    this.#running = undefined
  }
}

async function drive(plan: IcebergSoakPlan, server: MortalServer, endpoint: string): Promise<IcebergSoakReport> {
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const s3 = new S3Client({ ...settings, forcePathStyle: true })
  const glue = new GlueClient(settings)
  const session = new AthenaSession(new AthenaClient(settings), DATABASE, `s3://${BUCKET}/results/`)
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }))
  await session.rows(
    `CREATE TABLE ${TABLE} (writer string, n int) LOCATION 's3://${BUCKET}/${TABLE}/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  const ledger = new RowLedger()
  const until = Date.now() + plan.forMs
  const { python = '', writers = 0 } = plan.pyiceberg ?? {}
  const over = new AbortController()
  const killing = killAgainAndAgain(server, plan.killEveryMs, until, over.signal)
  try {
    await Promise.all([
      ...names('sql', plan.sqlWriters).map((name) => writeBySql(name, TABLE, session, ledger, until)),
      ...names('py', writers).map((name) =>
        writeByPyiceberg(name, { python, endpoint, database: DATABASE, table: TABLE }, ledger, until),
      ),
    ])
  } finally {
    over.abort()
  }
  const kills = await killing
  const lake = { s3, glue, session }
  const snapshots = await snapshotsOf(lake)
  const wrong = [...(await rowsWrong(ledger, session)), ...(await historyWrong(snapshots, session))]
  wrong.push(...(await orphans(lake)), ...(await rowsWrong(ledger, session)))
  const rows = { in: ledger.count('in'), out: ledger.count('out'), unknown: ledger.count('unknown') }
  return { kills, snapshots: snapshots.length, rows, wrong: [...new Set(wrong)] }
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}_${i}`)

async function killAgainAndAgain(
  server: MortalServer,
  everyMs: number,
  until: number,
  signal: AbortSignal,
): Promise<number> {
  for (let kills = 0; ; kills++) {
    const pauseMs = everyMs * (0.8 + 0.4 * Math.random())
    if (Date.now() + pauseMs > until) return kills
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return kills
    await server.kill()
    await server.start()
  }
}

interface Lake {
  readonly s3: S3Client
  readonly glue: GlueClient
  readonly session: AthenaSession
}

interface Snapshot {
  readonly id: string
  readonly parent: string | undefined
  readonly sequenceNumber: number
}

const ID = /"(parent-)?snapshot-id":\s*(\d+)/g

/** Ids are text here: those of pyiceberg are of 64 bits. */
async function snapshotsOf(lake: Lake): Promise<readonly Snapshot[]> {
  const Key = (await metadataLocation(lake)).slice(`s3://${BUCKET}/`.length)
  const { s3 } = lake
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))
  const text = (await Body!.transformToString()).replace(ID, '"$1snapshot-id":"$2"')
  const { snapshots } = JSON.parse(text) as { snapshots: Record<string, unknown>[] }
  return snapshots.map((one) => ({
    id: String(one['snapshot-id']),
    parent: one['parent-snapshot-id'] as string | undefined,
    sequenceNumber: Number(one['sequence-number']),
  }))
}

async function metadataLocation({ glue }: Lake): Promise<string> {
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: DATABASE, Name: TABLE }))
  return Table!.Parameters!.metadata_location!
}

async function rowsWrong(ledger: RowLedger, session: AthenaSession): Promise<readonly string[]> {
  const rows = await session.rows(`SELECT writer, n, count(*) FROM ${TABLE} GROUP BY 1, 2`)
  return ledger.verdict(rows.map(([writer, n, count]) => ({ writer: writer!, n: Number(n), count: Number(count) })))
}

/** Each snapshot follows the one before it, and can be read. */
async function historyWrong(snapshots: readonly Snapshot[], session: AthenaSession): Promise<string[]> {
  const wrong: string[] = []
  for (const [i, { id, parent, sequenceNumber }] of snapshots.entries()) {
    if (sequenceNumber !== i + 1 || parent !== snapshots[i - 1]?.id)
      wrong.push(`snapshot ${id} has the number ${sequenceNumber} and the parent ${parent}, at place ${i + 1}`)
    const { Status } = await session.run(`SELECT count(*), max(n) FROM ${TABLE} FOR VERSION AS OF ${id}`)
    if (Status!.State !== 'SUCCEEDED') wrong.push(`snapshot ${id} can not be read: ${Status!.StateChangeReason}`)
  }
  return wrong
}

/** After VACUUM nothing lies in the table's folders but what it names. */
async function orphans(lake: Lake): Promise<string[]> {
  const { s3, session } = lake
  await session.rows(`ALTER TABLE ${TABLE} SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds' = '1')`)
  await sleep(2000)
  await session.rows(`VACUUM ${TABLE}`)
  const column = async (sql: string) => (await session.rows(sql)).map(([value]) => value!)
  const named = new Set([
    await metadataLocation(lake),
    ...(await column(`SELECT file_path FROM "${TABLE}$files"`)),
    ...(await column(`SELECT path FROM "${TABLE}$manifests"`)),
    ...(await column(`SELECT file FROM "${TABLE}$metadata_log_entries"`)),
    ...(await column(`SELECT manifest_list FROM "${TABLE}$snapshots"`)),
  ])
  const wrong: string[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${TABLE}/`, ContinuationToken }))
    // Some clients mark folders.
    for (const { Key } of page.Contents ?? [])
      if (!named.delete(`s3://${BUCKET}/${Key}`) && !Key!.endsWith('/')) wrong.push(`nothing names ${Key}`)
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  return [...wrong, ...[...named].map((uri) => `${uri} is named and is not there`)]
}
