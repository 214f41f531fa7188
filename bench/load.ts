/** Many clients at once, each with one request under way. */
import { Client } from './client.ts'
import { median, perSecond } from './measure.ts'
import { processorMs, type ServerProcess } from './server-process.ts'
import type { SignedRequest } from './signature.ts'

export interface Load {
  readonly requestsPerSecond: number
  /** Of the server; absent where the system does not tell. */
  readonly processorMsPerRequest?: number
}

/** Over `forMs`, after a warm-up that is not counted. */
export async function load(
  { port, pid }: ServerProcess,
  connections: number,
  forMs: number,
  request: (client: number, turn: number) => SignedRequest,
): Promise<Load> {
  const clients = Array.from({ length: connections }, () => new Client(port))
  let turns = 0
  const drive = async (deadline: number): Promise<number> => {
    let done = 0
    await Promise.all(
      clients.map(async (client, i) => {
        while (performance.now() < deadline) {
          await client.send(request(i, turns++))
          done++
        }
      }),
    )
    return done
  }
  try {
    await drive(performance.now() + forMs / 4)
    const [from, processorFrom] = [performance.now(), await processorMs(pid)]
    const done = await drive(from + forMs)
    const [to, processorTo] = [performance.now(), await processorMs(pid)]
    return {
      requestsPerSecond: done / ((to - from) / 1000),
      ...(processorFrom !== undefined &&
        processorTo !== undefined && { processorMsPerRequest: (processorTo - processorFrom) / done }),
    }
  } finally {
    for (const client of clients) client.close()
  }
}

export interface Loads {
  readonly ours: readonly Load[]
  readonly theirs: readonly Load[]
}

/** Measured in turns, so that what else the machine does falls on both. */
export async function inTurns<T>(rounds: number, ours: () => Promise<T>, theirs: () => Promise<T>) {
  const taken = { ours: [] as T[], theirs: [] as T[] }
  for (let i = 0; i < rounds; i++) {
    taken.ours.push(await ours())
    taken.theirs.push(await theirs())
  }
  return taken
}

/** How many times as many requests a second, and what both cost the processor. */
export function compareLoads({ ours, theirs }: Loads): { readonly ratio: number; readonly note: string } {
  const ratio = median(ours.map((load, i) => load.requestsPerSecond / theirs[i]!.requestsPerSecond))
  const rate = (loads: readonly Load[]) => perSecond(median(loads.map((load) => load.requestsPerSecond)))
  const costs = (loads: readonly Load[]) => loads.flatMap((load) => load.processorMsPerRequest ?? [])
  const cost = (loads: readonly Load[]) => `${median(costs(loads)).toFixed(2)} ms`
  const processor = costs(ours).length ? `; server's processor time a request ${cost(ours)} to ${cost(theirs)}` : ''
  return { ratio, note: `${rate(ours)} to ${rate(theirs)}${processor}` }
}
