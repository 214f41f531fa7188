/** The shortest query there is, from the start call until a polling client sees that it succeeded. */
import { Client } from '../client.ts'
import { atMost, type Finding, median, milliseconds, quantile, seconds, timed } from '../measure.ts'
import { createLake, runQuery } from '../query.ts'
import { startLentic } from '../server-process.ts'

const QUERIES = 200
const CLIENTS = 64
const section = 'select1'

export async function measureSelectOne(): Promise<Finding[]> {
  const server = await startLentic()
  try {
    const client = new Client(server.port)
    await createLake(client)
    for (let i = 0; i < 10; i++) await runQuery(client, 'SELECT 1')
    const took: number[] = []
    for (let i = 0; i < QUERIES; i++) took.push((await runQuery(client, 'SELECT 1')).ms)
    client.close()
    const note = `one after the other, asked every 2 ms; ${milliseconds(quantile(took, 0.95))} at the 95th percentile`
    return [
      atMost({ section, what: 'SELECT 1 to SUCCEEDED, median', note }, median(took), 15, milliseconds),
      await allAtOnce(server.port),
    ]
  } finally {
    await server.stop()
  }
}

/** A query that does not succeed throws, so whoever gets here was served. */
async function allAtOnce(port: number): Promise<Finding> {
  const clients = Array.from({ length: CLIENTS }, () => new Client(port))
  const { ms, result } = await timed(() => Promise.all(clients.map((client) => runQuery(client, 'SELECT 1', 5))))
  for (const client of clients) client.close()
  const served = result.length
  return {
    section,
    what: `${CLIENTS} clients at once`,
    measured: `${served} served`,
    target: 'all',
    met: served === CLIENTS,
    note: `all within ${seconds(ms)}`,
  }
}
