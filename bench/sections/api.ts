/** A small call, signed, over sixteen connections: what the wire, the signature and the dispatch cost. */
import { athenaRequest } from '../client.ts'
import { ratesInTurns, requestRate } from '../load.ts'
import { atLeast, type Finding, median, perSecond, times } from '../measure.ts'
import { startLentic, startMoto } from '../server-process.ts'

const CONNECTIONS = 16
const ROUNDS = 5
const ROUND_MS = 2000

export async function measureApi(): Promise<Finding[]> {
  const [lentic, moto] = await Promise.all([startLentic(), startMoto()])
  try {
    const request = () => athenaRequest('ListWorkGroups', {})
    const rate = (port: number) => () => requestRate(port, CONNECTIONS, ROUND_MS, request)
    const rates = await ratesInTurns(ROUNDS, rate(lentic.port), rate(moto.port))
    const ratio = median(rates.ours.map((ours, i) => ours / rates.theirs[i]!))
    const note = `${perSecond(median(rates.ours))} to ${perSecond(median(rates.theirs))}`
    return [atLeast({ section: 'api', what: 'small API call, requests a second to moto', note }, ratio, 20, times)]
  } finally {
    await Promise.all([lentic.stop(), moto.stop()])
  }
}
