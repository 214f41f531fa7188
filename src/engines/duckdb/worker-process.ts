/**
 * One child process seen from the server: what it was asked, what it answered, how it ended.
 * A child runs one plan at a time; whatever ends the child fails that plan and nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EngineError, type EngineOutcome, type EngineProgress } from '../../core/queries/engine-plan.ts'
import type { FromWorker, PlanMessage, ToWorker, WorkerSettings } from './messages.ts'

/** In the published package the sources are `.js`. */
const WORKER = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url))
/** What Node, V8 and the allocator hold besides DuckDB's own accounting. */
const OVERHEAD_BYTES = 768 * 1_048_576
/** What threads that convert files may map, most of which they never touch. */
const THREADS_BYTES = 2 * 1_073_741_824
/** The engine's allocator gives back what it no longer needs, and keeps the addresses. */
const MAPPED_SHARE = 2
const PAGE_BYTES = 4096
/** Sets the hard limit; an image without a shell does without. */
const SHELL = '/bin/sh'

interface Task {
  readonly resolve: (outcome: EngineOutcome) => void
  readonly reject: (error: unknown) => void
  readonly onProgress: ((progress: EngineProgress) => void) | undefined
  readonly memoryBytes: number
  /** Those that have been told so far. */
  readonly values: EngineOutcome['values'][number][]
}

export class WorkerProcess {
  readonly #child: ChildProcess
  readonly #memoryBytes: number
  readonly started: Promise<void>
  readonly ended: Promise<void>
  /** An instance stands ready for whatever plan comes next. */
  warm = false
  /** Keys of the grants that further instances stand ready for. */
  #ready: readonly string[] = []
  /** The pool's mark: idle since its last tick. */
  stood = false
  #task: Task | undefined
  #failure: EngineError | undefined
  #alive = true

  constructor(settings: WorkerSettings) {
    this.#memoryBytes = settings.memoryBytes
    this.#child = spawnWorker(settings)
    this.started = new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          this.warm = !this.#task
          this.#ready = message.ready
          resolve()
        } else this.#heard(message)
      })
      this.#child.once('exit', (code, signal) => reject(died(code, signal)))
      this.#child.once('error', reject)
    })
    // Whoever waits for the start hears of it; a pool that has already closed does not.
    this.started.catch(() => undefined)
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#alive = false
        this.#take()?.reject(this.#failure ?? died(code, signal))
        resolve()
      })
      this.#child.once('error', () => {
        this.#alive = false
        resolve()
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }
  get alive(): boolean {
    return this.#alive
  }
  get busy(): boolean {
    return this.#task !== undefined
  }

  isReadyFor(key: string | undefined): boolean {
    return key !== undefined && this.#ready.includes(key)
  }

  run(plan: PlanMessage, onProgress?: (progress: EngineProgress) => void): Promise<EngineOutcome> {
    return new Promise((resolve, reject) => {
      const memoryBytes = Math.min(plan.limits.memoryBytes, this.#memoryBytes)
      this.warm = false
      this.stood = false
      this.#task = { resolve, reject, onProgress, memoryBytes, values: [] }
      this.#send({ kind: 'run', plan })
    })
  }

  /** Asks nicely; the running plan then fails. */
  cancel(): void {
    this.#send({ kind: 'cancel' })
  }

  /** Lets go of what it keeps for the next plan over the same files. */
  rest(): void {
    this.#send({ kind: 'rest' })
  }

  /** Ends the process; a running plan fails with `failure`, or as a crash. */
  kill(failure?: EngineError): void {
    this.#failure ??= failure
    this.#child.kill('SIGKILL')
  }

  /**
   * DuckDB's memory limit does not see everything (one long string can pass it), so the process is watched too.
   * Only Linux tells it cheaply; elsewhere DuckDB's own limit is all there is.
   */
  checkMemory(): void {
    const task = this.#task
    if (!task || process.platform !== 'linux') return
    if (residentBytes(this.#child.pid) <= task.memoryBytes + OVERHEAD_BYTES) return
    this.kill(new EngineError('EXCEEDED_MEMORY_LIMIT', memoryMessage(task.memoryBytes)))
  }

  #send(message: ToWorker): void {
    // A send fails only because the child is gone, and its exit has already been or will be heard.
    if (this.#alive) this.#child.send(message, () => undefined)
  }

  #heard(message: Exclude<FromWorker, { kind: 'ready' }>): void {
    if (message.kind === 'progress') {
      this.#task?.onProgress?.(message.progress)
      return
    }
    if (message.kind === 'values') {
      this.#task?.values.push(...message.values)
      return
    }
    const task = this.#take()
    if (message.kind === 'done') {
      this.#ready = message.ready
      task?.resolve({ ...message.outcome, values: task.values })
    } else task?.reject(new EngineError(message.code, message.message))
  }

  #take(): Task | undefined {
    const task = this.#task
    this.#task = undefined
    return task
  }
}

/** As Trino words it. */
function memoryMessage(limitBytes: number): string {
  const megabytes = Math.round(limitBytes / 1_048_576)
  const size = megabytes >= 1024 ? `${(megabytes / 1024).toFixed(2)}GB` : `${megabytes}MB`
  return `Query exceeded per-node memory limit of ${size}`
}

/**
 * The environment is not inherited: a worker needs none of the server's settings or secrets. On Linux a hard limit on
 * the data segment stands behind the watching of resident memory, for growth faster than the watch.
 */
function spawnWorker(settings: WorkerSettings): ChildProcess {
  const node = [process.execPath, '--no-warnings', WORKER, JSON.stringify(settings)]
  const hardKb = Math.ceil((settings.memoryBytes * MAPPED_SHARE + 2 * OVERHEAD_BYTES + THREADS_BYTES) / 1024)
  const [command, ...args] =
    process.platform === 'linux' && existsSync(SHELL)
      ? [SHELL, '-c', `ulimit -d ${hardKb} 2>/dev/null; exec "$@"`, 'sh', ...node]
      : node
  // What the server keeps compiled, the worker finds; the variable names the directory above the one of this version.
  const compiled = getCompileCacheDir()
  return spawn(command!, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    // One plan uses one libuv thread; the watch and the making of the next instance use the others.
    env: { UV_THREADPOOL_SIZE: '4', ...(compiled && { NODE_COMPILE_CACHE: dirname(compiled) }) },
  })
}

function died(code: number | null, signal: NodeJS.Signals | null): EngineError {
  return new EngineError('GENERIC_INTERNAL_ERROR', `The query engine ended unexpectedly (${signal ?? `exit ${code}`})`)
}

function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES
  } catch {
    // The process has just ended; its exit says why.
    return 0
  }
}
