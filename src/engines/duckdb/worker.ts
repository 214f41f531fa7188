/**
 * What runs in a child process: one plan at a time, each on an instance of its own that was made while the worker was
 * idle. It speaks only to the server that started it, and ends with it.
 */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { BlankLines } from './blank-lines.ts'
import { execute } from './execution.ts'
import { failureOf, STOPPED } from './failures.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { type Instance, openInstance } from './instance.ts'
import { Integrity } from './integrity.ts'
import type { FromWorker, PlanMessage, ToWorker, WorkerSettings } from './messages.ts'

const settings: WorkerSettings = JSON.parse(process.argv[2]!)
const gatekeeper = await Gatekeeper.open()
const integrity = new Integrity()
const blankLines = new BlankLines()
let spare: Promise<Instance> | undefined = prepare()
let current: AbortController | undefined
let compiledKept = false

process.on('message', (message: ToWorker) => {
  if (message.kind === 'cancel') current?.abort()
  else void run(message.plan)
})
// Not `exit`: that would wait for the threads of a query that runs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
yieldToServer()

async function run(plan: PlanMessage): Promise<void> {
  const cancelled = new AbortController()
  current = cancelled
  const temporaryDirectory = join(settings.temporaryDirectory, randomUUID())
  const instance = await takeInstance()
  try {
    const outcome = await execute({
      plan,
      instance,
      gatekeeper,
      integrity,
      blankLines,
      temporaryDirectory,
      memoryBytes: Math.min(plan.limits.memoryBytes, settings.memoryBytes),
      signal: cancelled.signal,
      onProgress: (progress) => say({ kind: 'progress', progress }),
    })
    say({ kind: 'done', outcome })
  } catch (error) {
    say({ kind: 'failed', ...(cancelled.signal.aborted ? STOPPED : failureOf(error, plan)) })
  }
  // It ends by a signal, at which Node would keep nothing of what it compiled.
  if (!compiledKept) flushCompileCache()
  compiledKept = true
  // The next plan may already have come; then it has made an instance for itself.
  if (current === cancelled) current = undefined
  instance.close()
  spare ??= prepare()
  await rm(temporaryDirectory, { recursive: true, force: true })
}

function takeInstance(): Promise<Instance> {
  const taken = spare ?? prepare()
  spare = undefined
  return taken
}

async function prepare(): Promise<Instance> {
  const instance = await openInstance()
  say({ kind: 'ready' })
  return instance
}

function say(message: FromWorker): void {
  // A server that has just gone hears nothing, and its worker is about to end too.
  process.send?.(message, undefined, undefined, () => undefined)
}

/** When the machine runs out of memory the kernel should end a worker, not the server: anyone may raise the score. */
function yieldToServer(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Without /proc the order is the kernel's choice.
  }
}
