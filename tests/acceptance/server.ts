/** A server of one's own for a test file: a free port, a data directory that goes with it, and how clients reach it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, type StartOptions, start } from '../../src/main.ts'

export interface TestLake extends RunningServer {
  /** What every SDK client is made with: `new GlueClient(lake.client)`. */
  readonly client: {
    readonly endpoint: string
    readonly region: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
    /** For S3; the other clients do not know it. */
    readonly forcePathStyle: boolean
    /** A test wants the first answer. */
    readonly maxAttempts: number
  }
  readonly dataDirectory: string
  /** What the server wrote to its log: nothing, unless there was a bug. */
  readonly log: readonly string[]
  /** Stops it and starts another on the same data and port. */
  restart(): Promise<TestLake>
  /** Stops it and removes its data. */
  stop(): Promise<void>
}

/** Two small engine workers, a port of the system's choice; `options` say otherwise. */
export async function startLake(options: StartOptions = {}): Promise<TestLake> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'lentic-test-')))
  const log: string[] = []
  const server = await start({
    port: 0,
    engine: { workers: 2, memoryBytes: 512 << 20 },
    log: (line) => log.push(line),
    ...options,
    dataDirectory,
  })
  const { endpoint, region, credentials } = server
  return {
    ...server,
    client: { endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 },
    dataDirectory,
    log,
    async restart() {
      await server.stop()
      return startLake({ ...options, dataDirectory, port: Number(new URL(endpoint).port) })
    },
    async stop() {
      await server.stop()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}
