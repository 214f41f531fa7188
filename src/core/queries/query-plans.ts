/**
 * Queries that are planned here and worked on by whoever planned them, unit by unit (lake-formation API, StartQueryPlanning).
 * What a plan reads is decided when it is made, for its principal; its files stay for as long as it is kept. A plan lives in
 * memory: one that a server has forgotten has expired, and so has one whose reader may no longer see what it saw.
 */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Principal } from '../call.ts'
import { readEvents } from '../events/reads.ts'
import { Fault } from '../faults.ts'
import { forwardedLake } from '../forwarding/forwarded-lake.ts'
import type { Lake } from '../lake.ts'
import { rightsHolder } from '../permissions/lake-principal.ts'
import type { QueryContext } from './context.ts'
import type { EngineLimits } from './engine-plan.ts'
import { type RunTarget, withRunContext } from './run-context.ts'
import type { PlannedQuery } from './statements/query.ts'

/** How long work may be fetched. */
const KEPT_MS = 60 * 60_000
/** And then for how long it is known that it was there. */
const REMEMBERED_MS = 24 * 60 * 60_000
const MOST_PLANS = 500
const MOST_RUNNING = 32
/** Of one token. */
const RANGE_UNITS = 100

export interface UnitRange {
  readonly first: number
  readonly last: number
  readonly token: string
}

export interface PlanStatistics {
  readonly submittedAt: Date
  readonly planningMs: number
  readonly units: number
  readonly bytesToScan: number
  readonly executed: number
  readonly executedMs: number
  readonly scannedBytes: number
}

interface Ready {
  readonly context: QueryContext
  readonly planned: PlannedQuery
  readonly units: readonly PlannedQuery[]
  /** Under which permissions. */
  rights: string | undefined
}

interface Plan {
  readonly id: string
  readonly text: string
  readonly owner: string
  readonly expiresAt: Date
  readonly statistics: { -readonly [K in keyof PlanStatistics]: PlanStatistics[K] }
  readonly running: Set<Promise<unknown>>
  ready?: Ready
  failure?: string
  isOver: boolean
}

export class QueryPlans {
  readonly #lake: Lake
  readonly #limits: EngineLimits
  readonly #plans = new Map<string, Plan>()
  readonly #closing = new AbortController()
  readonly #key = randomBytes(32)
  #running = 0

  constructor(lake: Lake, limits: EngineLimits) {
    this.#lake = lake
    this.#limits = limits
  }

  /** Its id. Throws `Fault('invalid', 'query')` for what is no query, and a limit where too many are kept. */
  async start(target: RunTarget, text: string): Promise<string> {
    const [{ parseQuery }, { SqlError }] = await Promise.all([
      import('../../sql/statement.ts'),
      import('../../sql/position.ts'),
    ])
    const now = this.#lake.clock.now()
    try {
      parseQuery(text)
    } catch (error) {
      if (error instanceof SqlError) throw new Fault('invalid', 'query', error.message)
      throw error
    }
    this.#forget(now)
    const kept = this.#plans.values().filter(({ isOver }) => !isOver)
    if (kept.reduce((count) => count + 1, 0) >= MOST_PLANS)
      throw new Fault('limit', 'query planning', 'Too many queries are planned and not yet over.')
    const none = { planningMs: 0, units: 0, bytesToScan: 0, executed: 0, executedMs: 0, scannedBytes: 0 }
    const plan: Plan = {
      id: randomUUID(),
      text,
      owner: rightsHolder(target.principal),
      expiresAt: new Date(now.getTime() + KEPT_MS),
      statistics: { submittedAt: now, ...none },
      running: new Set(),
      isOver: false,
    }
    this.#plans.set(plan.id, plan)
    void this.#live(plan, target)
    return plan.id
  }

  /** From planning to the end of its time. */
  async #live(plan: Plan, target: RunTarget): Promise<void> {
    const { clock, events } = this.#lake
    const reader = { ...READER, principal: target.principal, scope: target.scope, queryId: plan.id }
    const options = {
      id: plan.id,
      limits: this.#limits,
      signal: this.#closing.signal,
      onRead(reads: Parameters<NonNullable<QueryContext['onRead']>>[0]) {
        for (const event of readEvents(reads, reader, clock.now())) events.journal.append(event)
      },
    }
    try {
      const caller = { principal: target.principal, region: target.scope.region }
      await withRunContext(forwardedLake(this.#lake, caller, READER.source), target, options, async (context) => {
        plan.ready = await this.#planned(plan, context)
        await clock.sleep(plan.expiresAt.getTime() - clock.now().getTime(), this.#closing.signal)
        await Promise.allSettled(plan.running)
      })
    } catch (error) {
      if (!plan.ready) plan.failure = await reasonOf(error)
    } finally {
      delete plan.ready
      plan.isOver = plan.failure === undefined
    }
  }

  async #planned(plan: Plan, context: QueryContext): Promise<Ready> {
    const { permissions } = this.#lake
    const started = performance.now()
    const [{ planQuery }, { workUnits }, { parseQuery }] = await Promise.all([
      import('./statements/query.ts'),
      import('./work-units.ts'),
      import('../../sql/statement.ts'),
    ])
    const rights = permissions.rightsKey(context.principal, context.scope)
    const planned = await planQuery(parseQuery(plan.text), context)
    const units = workUnits(planned)
    const sizes = planned.scans.relations.flatMap(({ files }) => files.map(({ sizeBytes }) => sizeBytes))
    plan.statistics.planningMs = Math.ceil(performance.now() - started)
    plan.statistics.units = units.length
    plan.statistics.bytesToScan = sizes.reduce((sum, size) => sum + size, 0)
    return { context, planned, units, rights }
  }

  state(id: string, principal: Principal): { readonly state: string; readonly failure?: string } {
    const { failure, isOver, ready } = this.#find(id, principal)
    if (failure !== undefined) return { state: 'ERROR', failure }
    if (isOver) return { state: 'EXPIRED' }
    return { state: ready ? 'FINISHED' : 'PENDING' }
  }

  statistics(id: string, principal: Principal): PlanStatistics {
    const plan = this.#find(id, principal)
    if (!plan.ready) throw notReady(plan, 'statistics')
    return plan.statistics
  }

  ranges(id: string, principal: Principal): readonly UnitRange[] {
    const plan = this.#find(id, principal)
    if (!plan.ready) throw notReady(plan, 'work units')
    const count = plan.ready.units.length
    return Array.from({ length: Math.ceil(count / RANGE_UNITS) }, (_, i) => {
      const [first, last] = [i * RANGE_UNITS, Math.min(count, (i + 1) * RANGE_UNITS) - 1]
      return { first, last, token: this.#token(`${id}.${first}.${last}`) }
    })
  }

  /** The rows of a unit. Whoever does not read to the end ends the signal. */
  async rows(
    { id, unit, token }: { readonly id: string; readonly unit: number; readonly token: string },
    principal: Principal,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const range = this.#opened(token)
    const plan = this.#find(id, principal)
    if (range?.id !== id || unit < range.first || unit > range.last)
      throw new Fault('denied', 'work unit token', 'The work unit token is not one of this work unit.')
    if (!plan.ready) throw notReady(plan, 'work units')
    await this.#stillSeen(plan, plan.ready)
    if (this.#running >= MOST_RUNNING) throw new Fault('limit', 'query planning', 'Too many work units are running.')
    const { context, units } = plan.ready
    this.#running++
    const work = this.#run(plan, units[unit]!, { ...context, signal: AbortSignal.any([context.signal, signal]) })
    plan.running.add(work)
    try {
      const { pieces, discard } = await work
      return untilRead(pieces, discard, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw new Fault('invalid', 'work unit', await reasonOf(error))
    } finally {
      this.#running--
      plan.running.delete(work)
    }
  }

  async #run({ statistics }: Plan, unit: PlannedQuery, context: QueryContext) {
    const { unitRows } = await import('./work-units.ts')
    const started = performance.now()
    const rows = await unitRows(unit, context)
    statistics.executed++
    statistics.executedMs += performance.now() - started
    statistics.scannedBytes += Math.round(rows.outcome.scannedBytes)
    return rows
  }

  /** Permissions have changed since: then the query would have to come out the same. */
  async #stillSeen(plan: Plan, ready: Ready): Promise<void> {
    const { context } = ready
    const rights = this.#lake.permissions.rightsKey(context.principal, context.scope)
    if (rights === ready.rights) return
    const again = await this.#planned(plan, context).catch(() => undefined)
    if (!again || sightOf(again.planned) !== sightOf(ready.planned))
      throw new Fault('precondition', 'query plan', 'Permissions have changed since the query was planned.')
    ready.rights = rights
  }

  /** Whoever did not plan it is told as much as of one that is not there. */
  #find(id: string, principal: Principal): Plan {
    const plan = this.#plans.get(id)
    if (plan && plan.owner === rightsHolder(principal)) return plan
    throw new Fault('invalid', 'query', `Query ${id} not found.`)
  }

  #forget(now: Date): void {
    for (const [id, { expiresAt, failure, isOver }] of this.#plans)
      if ((isOver || failure !== undefined) && now.getTime() - expiresAt.getTime() > REMEMBERED_MS)
        this.#plans.delete(id)
  }

  #token(claim: string): string {
    return `${claim}.${this.#seal(claim).toString('base64url')}`
  }

  #opened(token: string): { readonly id: string; readonly first: number; readonly last: number } | undefined {
    const [, claim, id, first, last, seal] = /^(([0-9a-f-]{36})\.(\d{1,9})\.(\d{1,9}))\.([\w-]{43})$/.exec(token) ?? []
    if (!claim || !timingSafeEqual(this.#seal(claim), Buffer.from(seal!, 'base64url'))) return undefined
    return { id: id!, first: Number(first), last: Number(last) }
  }

  #seal(claim: string): Buffer {
    return createHmac('sha256', this.#key).update(claim).digest()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(Array.from(this.#plans.values(), ({ running }) => [...running]).flat())
  }
}

const READER = { service: 'LAKE_FORMATION', source: 'lakeformation.amazonaws.com' } as const

function notReady({ failure, isOver }: Plan, what: 'statistics' | 'work units'): Fault {
  if (failure !== undefined) return new Fault('invalid', 'query', failure)
  if (isOver) return new Fault('precondition', 'query plan', 'The query has expired.')
  return new Fault('not-ready', what, `The ${what} are not ready yet.`)
}

const reasonOf = async (error: unknown): Promise<string> => (await import('./failure.ts')).failureOf(error).message

/** All that decides which values come out, but the files. */
const sightOf = ({ bound, scans }: PlannedQuery): string =>
  JSON.stringify(
    [
      bound,
      scans.relations.map(({ id, name, columns, rowFilter, cellFilters, narrowings }) => ({
        id,
        name,
        columns,
        rowFilter,
        cellFilters,
        narrowings,
      })),
    ],
    (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
  )

/** Discards them when they have been read, and when nobody wants them any more. */
async function* untilRead(
  pieces: AsyncIterable<Uint8Array>,
  discard: () => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted()
      yield piece
    }
  } finally {
    await discard()
  }
}
