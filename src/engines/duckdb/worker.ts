/**
 * What runs in a child process: one plan at a time, each on an instance that holds just its grants and was made while the
 * worker was idle. It speaks only to the server that started it, and ends with it.
 */
import { writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import type { EngineOutcome, EngineProgress } from '../../core/queries/engine-plan.ts'
import { copiedAndRead } from './copies/copied-and-read.ts'
import { execute } from './execution.ts'
import { SynchronousCalls } from './external/synchronous-calls.ts'
import { failureOf, STOPPED } from './failures.ts'
import { Conversions } from './foreign/conversions.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { grantsOf, keyOf } from './grants.ts'
import { IdleLooks } from './idle-looks.ts'
import { spillBytes } from './instance.ts'
import { Instances, type Taken } from './instances.ts'
import { KnownScans, repeatable } from './known-scans.ts'
import { namedError } from './malformed-file.ts'
import type { FromWorker, PlanMessage, ToWorker, WorkerSettings } from './messages.ts'
import { Integrity } from './texts/integrity.ts'
import { LongNumbers } from './texts/long-numbers.ts'
import { LongRecords } from './texts/long-records.ts'
import { MemberSpellings } from './texts/member-spellings.ts'
import { ProvenColumns, type Unproven } from './texts/proven-columns.ts'
import { TextLooks } from './texts/text-looks.ts'
import { UnlikeColumns } from './texts/unlike-columns.ts'

/** Enough for what most plans leave behind. */
const LEAST_KEPT_BYTES = 512 * 1_048_576

const LETTERS_A_MESSAGE = 1 << 20
/** What a value takes besides. */
const LETTERS_A_VALUE = 16

const settings: WorkerSettings = JSON.parse(process.argv[2]!)
const gatekeeper = await Gatekeeper.open()
const integrity = new Integrity()
const textLooks = new TextLooks(integrity)
const learned = {
  unlikeColumns: new UnlikeColumns(),
  longRecords: new LongRecords(),
  memberSpellings: new MemberSpellings(),
  longNumbers: new LongNumbers(),
  provenColumns: new ProvenColumns(),
}
const instances = new Instances(settings.temporaryDirectory, Math.max(LEAST_KEPT_BYTES, settings.memoryBytes / 8))
const knownScans = new KnownScans()
/** What is kept is for speed alone: as much as two plans may hold in memory. One may need as much room as for spilling. */
const conversions = new Conversions(join(settings.temporaryDirectory, 'converted'), {
  keptBytes: 2 * settings.memoryBytes,
  mostBytes: spillBytes(settings.memoryBytes),
})
const idleLooks = new IdleLooks(settings.temporaryDirectory, learned.provenColumns)
const calls = new SynchronousCalls(settings.functions)
let current: AbortController | undefined
let compiledKept = false

process.on('message', (message: ToWorker) => {
  if (message.kind === 'run') void run(message.plan)
  else if (message.kind === 'cancel') current?.abort()
  else void rest()
})
// Not `exit`: that would wait for the threads of a query that runs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
yieldToServer()
await prepare()

async function run(plan: PlanMessage): Promise<void> {
  const undisturbed = idleLooks.stop()
  const cancelled = new AbortController()
  current = cancelled
  const { signal } = cancelled
  const reading: Reading = { scanned: plan.relations, kept: false }
  try {
    await undisturbed
    const outcome = await copiedAndRead(plan, signal, (rest) => readAtLast(rest, reading, signal))
    sayValues(outcome.values)
    say({ kind: 'done', outcome: { ...outcome, values: [] }, ready: instances.keys })
  } catch (error) {
    const { taken, scanned } = reading
    const reason = taken
      ? await namedError(error, { connection: taken.instance.main, integrity }, scanned, signal)
      : error
    say({ kind: 'failed', ...(signal.aborted ? STOPPED : failureOf(reason, scanned)) })
  }
  // It ends by a signal, at which Node would keep nothing of what it compiled.
  if (!compiledKept) flushCompileCache()
  compiledKept = true
  // The next plan may already have come.
  if (current === cancelled) current = undefined
  if (!reading.kept) reading.taken?.instance.close()
  await instances.shrink()
  await prepare()
  if (!current) idleLooks.begin()
}

/** What is known of a plan while it runs. */
interface Reading {
  scanned: PlanMessage['relations']
  taken?: Taken
  /** Its instance stays for the next. */
  kept: boolean
}

/** A second time where the first has told what it takes. */
async function readAtLast(plan: PlanMessage, reading: Reading, signal: AbortSignal): Promise<EngineOutcome> {
  try {
    return await read(plan, reading, signal)
  } catch (error) {
    if (signal.aborted || !conversions.learn(error, plan)) throw error
    reading.taken?.instance.close()
    reading.taken = undefined
    return await read(plan, reading, signal)
  }
}

async function read(plan: PlanMessage, reading: Reading, signal: AbortSignal): Promise<EngineOutcome> {
  const onProgress = (progress: EngineProgress) => say({ kind: 'progress', progress })
  const asked = performance.now()
  const readable = await conversions.readable(plan, signal, onProgress)
  reading.scanned = readable.relations
  const convertMs = performance.now() - asked
  // The pool knows a plan by the files that it names.
  const asPlanned = grantsOf(plan, settings.memoryBytes)
  const key = keyOf(asPlanned)
  const repeated = key === undefined ? undefined : repeatable(plan, asPlanned)
  const known = repeated === undefined ? undefined : knownScans.find(repeated)
  const { relations } = readable
  const unconverted =
    relations.length === plan.relations.length && relations.every((one, i) => one === plan.relations[i])
  const grants = unconverted ? asPlanned : grantsOf({ ...plan, relations }, settings.memoryBytes)
  const taken = await instances.take(grants, key, known !== undefined)
  reading.taken = taken
  const { instance } = taken
  const looks = { integrity, textLooks, learned }
  const onUnproven = (unproven: readonly Unproven[]) => idleLooks.add(unproven, grants)
  const work = {
    plan,
    readable,
    convertMs,
    known,
    calls,
    instance,
    gatekeeper,
    ...looks,
    onUnproven,
    signal,
    onProgress,
  }
  const outcome = await execute(work)
  if (repeated !== undefined && !known) knownScans.learn(repeated, outcome)
  reading.kept = !signal.aborted && instances.keep(taken, relations)
  return outcome
}

/** Nobody has asked for long: what is kept for the next plan is no longer worth its memory. */
async function rest(): Promise<void> {
  if (current) return
  await instances.shrink(0)
  say({ kind: 'ready', ready: instances.keys })
}

async function prepare(): Promise<void> {
  await instances.prepare()
  say({ kind: 'ready', ready: instances.keys })
}

/** A few at a time: whoever is served meanwhile waits for each message, not for all of them. */
function sayValues(values: EngineOutcome['values']): void {
  for (let from = 0, at = 0, letters = 0; at < values.length; at++) {
    for (const value of values[at]!) letters += LETTERS_A_VALUE + (value?.length ?? 0)
    if (letters < LETTERS_A_MESSAGE && at < values.length - 1) continue
    say({ kind: 'values', values: values.slice(from, at + 1) })
    from = at + 1
    letters = 0
  }
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
