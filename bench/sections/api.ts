/** A small call, signed, over sixteen connections: what the wire, the signature and the dispatch cost. */
import { athenaRequest } from '../client.ts'
import { compareLoads, inTurns, load } from '../load.ts'
import { atLeast, type Finding, times } from '../measure.ts'
import { type ServerProcess, startLentic, startMoto } from '../server-process.ts'

const CONNECTIONS = 16
const ROUNDS = 5
const ROUND_MS = 2000

export async function measureApi(): Promise<Finding[]> {
  const [lentic, moto] = await Promise.all([startLentic(), startMoto()])
  try {
    const request = () => athenaRequest('ListWorkGroups', {})
    const measure = (server: ServerProcess) => () => load(server, CONNECTIONS, ROUND_MS, request)
    const { ratio, note } = compareLoads(await inTurns(ROUNDS, measure(lentic), measure(moto)))
    return [atLeast({ section: 'api', what: 'small API call, requests a second to moto', note }, ratio, 20, times)]
  } finally {
    await Promise.all([lentic.stop(), moto.stop()])
  }
}
