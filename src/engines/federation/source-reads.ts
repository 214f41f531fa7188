/** Sources, read by processes of connectors: few of them, started when there is something to ask, gone when there is not. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type {
  Pushdown,
  SourceDefinition,
  SourceFunction,
  SourceScan,
  SourceTable,
  Split,
} from '../../core/federation/connector.ts'
import type { SourceFiles, Sources } from '../../core/federation/sources.ts'
import type { Clock } from '../../core/ports.ts'
import { type CallListener, Connectors, ProcessEnded, type ReadObject } from './connectors.ts'
import type { ConnectorSettings } from './kinds.ts'
import type { SourceCall, SplitFile } from './messages.ts'
import { SplitQueue } from './split-queue.ts'

/** Splits of a scan that are read side by side: decoding rows is as fast as most sources send them soon enough. */
const MOST_LANES = 4
const MOST_PROCESSES = 8
const IDLE_MS = 60_000

export interface SourceReadOptions {
  /** Becomes the readers' own: what a crash left in it is removed, and so is all of it at the end. */
  readonly temporaryDirectory: string
  /** What the rows of one scan may take there. */
  readonly mostBytes: number
  readonly clock: Clock
  readonly readObject: ReadObject
  readonly connectors: ConnectorSettings
}

export function openSourceReads(options: SourceReadOptions): Sources {
  rmSync(options.temporaryDirectory, { recursive: true, force: true })
  return new SourceReads(options)
}

class SourceReads implements Sources {
  readonly #options: SourceReadOptions
  readonly #lanes = Math.min(MOST_LANES, availableParallelism())
  readonly #closing = new AbortController()
  #processes: Connectors[] = []
  #retiring = false

  constructor(options: SourceReadOptions) {
    this.#options = options
  }

  schemas(source: SourceDefinition, signal: AbortSignal): Promise<readonly string[]> {
    return this.#call(source, { kind: 'schemas' }, signal) as Promise<readonly string[]>
  }

  tables(source: SourceDefinition, schema: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#call(source, { kind: 'tables', schema }, signal) as Promise<readonly string[]>
  }

  table(source: SourceDefinition, schema: string, name: string, signal: AbortSignal): Promise<SourceTable | undefined> {
    return this.#call(source, { kind: 'table', schema, name }, signal) as Promise<SourceTable | undefined>
  }

  functions(source: SourceDefinition, signal: AbortSignal): Promise<readonly SourceFunction[]> {
    return this.#call(source, { kind: 'functions' }, signal) as Promise<readonly SourceFunction[]>
  }

  called(
    source: SourceDefinition,
    called: SourceFunction,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<SourceTable> {
    return this.#call(source, { kind: 'called', called, values }, signal) as Promise<SourceTable>
  }

  pushdown(source: SourceDefinition, scan: SourceScan, signal: AbortSignal): Promise<Pushdown> {
    return this.#call(source, { kind: 'pushdown', scan }, signal) as Promise<Pushdown>
  }

  /** Several splits at a time, but one after the other where few rows are enough. */
  async read(
    source: SourceDefinition,
    scan: SourceScan,
    signal: AbortSignal,
    onReceived: (bytes: number) => void,
  ): Promise<SourceFiles> {
    const directory = join(this.#options.temporaryDirectory, randomUUID())
    mkdirSync(directory, { recursive: true })
    const discard = () => rm(directory, { recursive: true, force: true })
    const failing = new AbortController()
    const either = AbortSignal.any([signal, failing.signal])
    try {
      const { exact } = scan.limit === undefined ? { exact: false } : await this.pushdown(source, scan, signal)
      const limit = exact ? scan.limit! : Number.POSITIVE_INFINITY
      const queue = new SplitQueue((onSplit) => this.#call(source, { kind: 'splits', scan }, either, { onSplit }))
      const found = new Found()
      const lane = async (): Promise<void> => {
        try {
          while (found.rows < limit) {
            const split = await queue.next()
            if (!split) return
            await this.#readSplit(source, scan, split, { directory, limit, found, signal: either, onReceived })
          }
        } catch (error) {
          failing.abort(error)
          throw error
        }
      }
      const lanes = await Promise.allSettled(Array.from({ length: exact ? 1 : this.#lanes }, lane))
      if (lanes.some(({ status }) => status === 'rejected'))
        throw signal.aborted ? signal.reason : failing.signal.reason
      failing.abort()
      return { files: found.files, rows: found.rows, receivedBytes: found.receivedBytes, discard }
    } catch (error) {
      await discard()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const one of this.#processes) one.kill()
    await rm(this.#options.temporaryDirectory, { recursive: true, force: true })
  }

  async #readSplit(source: SourceDefinition, scan: SourceScan, split: Split, work: Work): Promise<void> {
    const { directory, limit, found, signal, onReceived } = work
    const path = join(directory, `${randomUUID()}.parquet`)
    const output = {
      path,
      mostBytes: this.#options.mostBytes - found.sizeBytes,
      ...(Number.isFinite(limit) && { mostRows: limit - found.rows }),
    }
    const call = { kind: 'read', scan, split, output } as const
    found.add(path, (await this.#call(source, call, signal, { onReceived })) as SplitFile)
  }

  /** Where another call has taken the process with it, a new one is asked: nothing was changed by the first. */
  async #call(
    source: SourceDefinition,
    call: SourceCall,
    signal: AbortSignal,
    listener: CallListener = {},
  ): Promise<unknown> {
    try {
      return await this.#ask(source, call, signal, listener)
    } catch (error) {
      // Splits that have been told are not told again.
      if (!(error instanceof ProcessEnded) || call.kind === 'splits' || this.#closing.signal.aborted) throw error
      if (call.kind === 'read') await rm(call.output.path, { force: true })
      return this.#ask(source, call, signal, listener)
    }
  }

  /** The process that has least to read, for one that reads may be deaf meanwhile. */
  #ask(source: SourceDefinition, call: SourceCall, signal: AbortSignal, listener: CallListener): Promise<unknown> {
    this.#closing.signal.throwIfAborted()
    this.#processes = this.#processes.filter(({ alive }) => alive)
    let process = this.#processes.toSorted((a, b) => a.reading - b.reading || a.busy - b.busy)[0]
    if (!process || (process.reading > 0 && this.#processes.length < MOST_PROCESSES)) {
      process = new Connectors(this.#options.connectors, this.#options.readObject)
      this.#processes.push(process)
    }
    if (!this.#retiring) void this.#retire()
    return process.call(source, call, signal, listener)
  }

  /** Those that have nothing to do at two ticks end. */
  async #retire(): Promise<void> {
    this.#retiring = true
    let idle: readonly Connectors[] = []
    while (this.#processes.length > 0) {
      await this.#options.clock.sleep(IDLE_MS, this.#closing.signal).catch(() => undefined)
      if (this.#closing.signal.aborted) return
      for (const one of idle) if (one.busy === 0) one.kill()
      this.#processes = this.#processes.filter((one) => one.alive && !(idle.includes(one) && one.busy === 0))
      idle = this.#processes.filter(({ busy }) => busy === 0)
    }
    this.#retiring = false
  }
}

interface Work {
  readonly directory: string
  readonly limit: number
  readonly found: Found
  readonly signal: AbortSignal
  readonly onReceived: (bytes: number) => void
}

/** What the splits of a scan have become so far. */
class Found {
  readonly files: { localPath: string; sizeBytes: number }[] = []
  rows = 0
  receivedBytes = 0
  sizeBytes = 0

  /** A file without rows is none to scan. */
  add(localPath: string, { rows, sizeBytes, receivedBytes }: SplitFile): void {
    if (rows > 0) this.files.push({ localPath, sizeBytes })
    this.rows += rows
    this.sizeBytes += sizeBytes
    this.receivedBytes += receivedBytes
  }
}
