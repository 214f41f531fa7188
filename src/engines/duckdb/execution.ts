/** One plan on one instance: print, gate, define, run, measure. */
import { rm } from 'node:fs/promises'
import type { EngineError, EngineOutcome, EngineProgress, Sink } from '../../core/queries/engine-plan.ts'
import type { Relation } from '../../core/queries/relation.ts'
import { printTexts, printValues } from '../../sql/duckdb/print.ts'
import { define } from './definitions.ts'
import { stopsEarly } from './early-stop.ts'
import { ExternalFunctions } from './external/external-functions.ts'
import type { SynchronousCalls } from './external/synchronous-calls.ts'
import type { ReadablePlan } from './foreign/conversions.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import type { Instance } from './instance.ts'
import type { ScanCount } from './known-scans.ts'
import { defineGroups } from './line-groups.ts'
import type { PlanMessage } from './messages.ts'
import { withFieldsById } from './parquet/fields-by-id.ts'
import { withNamedColumns } from './parquet/indexed-columns.ts'
import { type EngineProfile, needsProfile, operatorsOf, readProfile, scansOf } from './profile.ts'
import { type Learned, type Looks, ScanMacros } from './scan-macros.ts'
import { ScannedBytes } from './scanned-bytes.ts'
import { type Reads, rowsByRelation, rowsOfRowGroups, scannedRows } from './scanned-rows.ts'
import { emptyDirectory, writeFiles } from './sinks/files.ts'
import { writeIcebergFiles } from './sinks/iceberg-files.ts'
import { writeResultCsv } from './sinks/result-csv.ts'
import { readRows } from './sinks/rows.ts'
import type { SinkInput, SinkOutcome } from './sinks/sink.ts'
import { HopefulLooks } from './texts/hopeful-looks.ts'
import { compressedFiles, type Integrity } from './texts/integrity.ts'
import type { Unproven } from './texts/proven-columns.ts'
import type { TextLooks } from './texts/text-looks.ts'

export interface Execution {
  readonly plan: PlanMessage
  /** Its relations as they are scanned. */
  readonly readable: ReadablePlan
  /** How long it took to make them so. */
  readonly convertMs: number
  /** What it will read, where that is known: then its instance logs no reads. */
  readonly known: ScanCount | undefined
  /** Of functions of Lambda. */
  readonly calls: SynchronousCalls
  /** Granted what the plan needs. */
  readonly instance: Instance
  readonly gatekeeper: Gatekeeper
  readonly integrity: Integrity
  readonly textLooks: TextLooks
  readonly learned: Learned
  /** What a plan that went well has read with care. */
  readonly onUnproven: (unproven: readonly Unproven[]) => void
  readonly signal: AbortSignal
  readonly onProgress: (progress: EngineProgress) => void
}

const PROGRESS_MS = 200
/** Most plans are over before anybody wants to know. */
const FIRST_READ_MS = 500
/** Looking how far a plan is takes some milliseconds of every processor: at most this part of the time. */
const PROGRESS_SHARE = 1 / 40

export async function execute(execution: Execution): Promise<EngineOutcome> {
  const { plan, instance } = execution
  const planned = performance.now()
  const named = await withNamedColumns(instance.main, execution.readable)
  const readable = await withFieldsById(instance.main, named)
  const scans = new ScanMacros(readable, plan.query, execution.learned)
  const print = WRITTEN.has(plan.sink.kind) ? printValues : printTexts
  const query = print(plan.query, scans.text)
  const externals = new ExternalFunctions(plan, execution.calls)
  await execution.gatekeeper.check(query, scans.names, externals.names)
  await define(instance, query)
  externals.define(instance.main)
  if (readable.relations.some(({ format }) => LINES.has(format.kind))) defineGroups(instance)
  const started = performance.now()
  const scanned = new ScannedBytes(instance, scannedRelations(plan, scans), readable, execution.known)
  const monitor = watch(execution, scanned)
  try {
    const { main: connection, temporaryDirectory } = instance
    const input = {
      connection,
      query,
      output: plan.query.output,
      temporaryDirectory,
      define: (text: string) => define(instance, text),
      signal: execution.signal,
      stop: monitor.stop,
    }
    const sink = await attempt(execution, scans, monitor.scanned, input)
    if (TRIES.test(query)) externals.requireNoFailure()
    const profile = await readProfile(temporaryDirectory)
    await checkIntegrity(execution, monitor.scanned)
    const read = await monitor.end()
    if (!stopsEarly(plan.query.root, plan.sink)) execution.onUnproven(scans.unproven)
    const rows = await countRows(execution, profile, scans, (path) => monitor.scanned.readsOf(path))
    const timings = { planMs: started - planned, runMs: execution.convertMs + performance.now() - started }
    return { ...sink, ...read, timings, ...rows }
  } catch (error) {
    throw monitor.reason ?? externals.reasonOf(error)
  } finally {
    await monitor.rest()
  }
}

/** How many were read, and what each operator did where that was asked. */
async function countRows(
  { plan, known, readable: { relations } }: Execution,
  profile: readonly EngineProfile[] | undefined,
  { planned }: ScanMacros,
  reads: Reads,
): Promise<Pick<EngineOutcome, 'rowsByRelation' | 'operators'>> {
  if (known) return known.rowsByRelation ? { rowsByRelation: known.rowsByRelation } : {}
  if (!profile) {
    if (needsProfile(plan, relations)) return {}
    const rows = await rowsOfRowGroups(planned, reads)
    return rows ? { rowsByRelation: rows } : {}
  }
  const scans = scansOf(profile, relations)
  const inputRows = await scannedRows(scans, reads)
  const rows = rowsByRelation(relations, scans, inputRows)
  return {
    ...(rows && { rowsByRelation: rows }),
    ...(plan.profiled && { operators: operatorsOf(profile, relations, inputRows) }),
  }
}

/** Formats whose lines functions of ours may split. */
const LINES: ReadonlySet<Relation['format']['kind']> = new Set(['regex', 'csv-open'])

/** Sinks that take values, where the others take text. */
const WRITTEN: ReadonlySet<Sink['kind']> = new Set(['files', 'iceberg-files'])

/** The relation of each scan whose reading is yet to be counted, as the plan has it. */
function scannedRelations({ relations }: PlanMessage, scans: ScanMacros): Relation[] {
  const scanned = scans.scanned.map((id) => relations.find((relation) => relation.id === id)!)
  return scanned.filter(({ receivedBytes }) => receivedBytes === undefined)
}

/** An expression whose failure is NULL; one that only fails to cast is not meant. */
const TRIES = /\bTRY\(/

/** Until it succeeds, or fails in a way that no other reading of the files would help. */
async function attempt(
  { plan, instance, signal, textLooks }: Execution,
  scans: ScanMacros,
  scanned: ScannedBytes,
  input: SinkInput,
): Promise<SinkOutcome> {
  const early = stopsEarly(plan.query.root, plan.sink)
  const hopes = early || !canBeThrownAway(plan) ? undefined : new HopefulLooks(textLooks)
  let looks: Looks = hopes ?? textLooks
  const wereWrong = async () => looks === hopes && (await hopes.wereWrong(signal))
  for (;;) {
    signal.throwIfAborted()
    try {
      const check = { textLooks: looks, stopsEarly: early, mayHideFailures: TRIES.test(input.query) }
      const rewritten = await scans.rewrite(check, instance.temporaryDirectory)
      if (rewritten.length > 0) await scanned.restart(rewritten)
      // A plan that may end early need not read what this would.
      if (!early && (await scans.lookAtValues(instance.main))) await scanned.restart([])
      await scans.check(instance.main, check)
      await scans.define(instance)
      const outcome = await write(plan.sink, input)
      if (!(await wereWrong())) return outcome
      await scanned.restart([])
      looks = textLooks
    } catch (error) {
      // What the engine says of text that is not as it seemed is no reason to read it otherwise.
      const isMisread = await wereWrong()
      const adaptation = isMisread ? { replaced: [] } : await scans.adapt(error, instance.temporaryDirectory)
      if (!adaptation) throw scans.naming(error)
      await scanned.restart(adaptation.replaced)
      if (isMisread) looks = textLooks
    }
  }
}

/** Its result takes the place of one before, and nobody has seen any of it. */
const canBeThrownAway = ({ sink, query }: PlanMessage): boolean =>
  (sink.kind === 'rows' || sink.kind === 'result-csv') && query.externals === undefined

/** A plan that does not stop early has meant to read its files to the end; of another, only what was read whole can be judged. */
async function checkIntegrity(execution: Execution, scanned: ScannedBytes): Promise<void> {
  const { plan, readable, integrity, signal } = execution
  const files = compressedFiles(readable.relations)
  if (files.length === 0) return
  const read = await scanned.perFile()
  const toEnd = !stopsEarly(plan.query.root, plan.sink)
  const judged = files.filter(({ file }) => (read.get(file.localPath) ?? 0) >= (toEnd ? 1 : file.sizeBytes))
  try {
    await integrity.check(judged, signal)
  } catch (error) {
    await discard(plan.sink)
    throw error
  }
}

async function discard(sink: Sink): Promise<void> {
  if (sink.kind === 'result-csv') await rm(sink.localPath, { force: true })
  if (sink.kind === 'files' || sink.kind === 'iceberg-files') await emptyDirectory(sink.directory)
}

function write(sink: Sink, input: SinkInput): Promise<SinkOutcome> {
  switch (sink.kind) {
    case 'rows':
      return readRows(sink, input)
    case 'result-csv':
      return writeResultCsv(sink, input)
    case 'files':
      return writeFiles(sink, input)
    case 'iceberg-files':
      return writeIcebergFiles(sink, input)
  }
}

/** While the plan runs: tells how far it is, and interrupts it when asked or when the sink finds it must not go on. */
function watch({ instance, signal, onProgress }: Execution, scanned: ScannedBytes) {
  const restingBytes = process.memoryUsage.rss()
  let peakBytes = restingBytes
  let reason: EngineError | undefined
  let looking = Promise.resolve()
  let nextRead = performance.now() + FIRST_READ_MS
  const stop = (because?: EngineError) => {
    reason ??= because
    instance.main.interrupt()
  }
  const interrupt = () => stop()
  // Between two statements there is nothing to interrupt, so an asked-for stop is asked again at every tick.
  const look = async () => {
    if (signal.aborted || reason) instance.main.interrupt()
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
    const from = performance.now()
    if (from < nextRead) return
    const { percentage } = instance.main.progress
    const fraction = percentage >= 0 ? Math.min(percentage / 100, 1) : undefined
    const { scannedBytes } = await scanned.read(fraction ?? 0)
    nextRead = from + (performance.now() - from) / PROGRESS_SHARE
    onProgress({ scannedBytes, ...(fraction !== undefined && { fraction }) })
  }
  signal.addEventListener('abort', interrupt, { once: true })
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    looking = look().finally(() => {
      busy = false
    })
    // Whoever waits hears of it.
    looking.catch(() => undefined)
  }, PROGRESS_MS)
  const rest = async () => {
    clearInterval(timer)
    signal.removeEventListener('abort', interrupt)
    // An instance that is closed while its log is read takes the process with it.
    await Promise.allSettled([looking])
  }
  return {
    scanned,
    stop,
    get reason() {
      return reason
    },
    rest,
    async end() {
      await rest()
      await looking
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
      return { ...(await scanned.read()), peakMemoryBytes: peakBytes - restingBytes }
    },
  }
}
