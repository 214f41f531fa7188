/** A plan's surroundings for what is asked on the program's own paths: as a query of the caller's would have them. */
import { randomUUID } from 'node:crypto'
import type { Call } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { failureOf, isExpected } from '../../core/queries/failure.ts'
import { invalidRequest } from './faults.ts'
import { type Input, textOf } from './own-input.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import { nameContext, type QueryLimits } from './query-run.ts'

export interface Asked {
  readonly input: Input
  readonly call: Call
}

/** Everything that the statement holds is let go when the work is over. */
export async function inContext<T>(
  lake: Lake,
  limits: QueryLimits,
  { input, call }: Asked,
  work: (context: QueryContext) => Promise<T>,
): Promise<T> {
  const names = {
    account: call.account,
    region: call.region,
    principal: call.principal,
    catalog: textOf(input, 'catalog')?.toLowerCase(),
    database: textOf(input, 'database')?.toLowerCase(),
  }
  const forCaller = forwardedLake(lake, call, ATHENA_PRINCIPAL)
  const held: { release(): void }[] = []
  const context: QueryContext = {
    ...nameContext(forCaller, names),
    rooms: forCaller,
    text: textOf(input, 'sql') ?? '',
    queryId: randomUUID(),
    now: lake.clock.now(),
    protection: {},
    limits,
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(limits.timeoutMs)]),
    async hold(files) {
      const pin = forCaller.files.pin(files)
      held.push(pin)
      await pin.ready
    },
  }
  try {
    return await work(context)
  } catch (error) {
    if (error instanceof Fault || !isExpected(error)) throw error
    throw invalidRequest(failureOf(error).reason, 'MALFORMED_QUERY')
  } finally {
    for (const pin of held) pin.release()
  }
}
