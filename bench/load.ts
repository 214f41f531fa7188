/** Many clients at once, each with one request under way. */
import { Client } from './client.ts'
import type { SignedRequest } from './signature.ts'

/** Requests a second over `forMs`, after a warm-up that is not counted. */
export async function requestRate(
  port: number,
  connections: number,
  forMs: number,
  request: (client: number, turn: number) => SignedRequest,
): Promise<number> {
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
    const from = performance.now()
    const done = await drive(from + forMs)
    return done / ((performance.now() - from) / 1000)
  } finally {
    for (const client of clients) client.close()
  }
}

/** Two rates measured in turns, so that what else the machine does falls on both. Each is the middle one of its own. */
export async function ratesInTurns(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<{ readonly ours: readonly number[]; readonly theirs: readonly number[] }> {
  const rates = { ours: [] as number[], theirs: [] as number[] }
  for (let i = 0; i < rounds; i++) {
    rates.ours.push(await ours())
    rates.theirs.push(await theirs())
  }
  return rates
}
