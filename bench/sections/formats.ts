/**
 * Texts (text-formats.ts), then the same rows as ORC, Avro and Parquet, and the same queries put to each in turns: of files that no query has read
 * before, and of files that the query before has read.
 */
import { Client } from '../client.ts'
import { atMost, type Finding, median, milliseconds, times } from '../measure.ts'
import { createLake, runQuery } from '../query.ts'
import { startLentic } from '../server-process.ts'
import { measureTextFormats } from './text-formats.ts'

const ROWS = 2_000_000
const ROUNDS = 5
const POLL_MS = 10

const LINES = `SELECT n AS id, n * 7919 % 50 AS quantity, CAST(n * 31 % 100000 AS double) / 100 AS price,
  element_at(ARRAY['AIR', 'FOB', 'MAIL', 'RAIL', 'SHIP'], CAST(n * 17 % 5 AS integer) + 1) AS mode
  FROM (SELECT a * 2000 + b AS n FROM UNNEST(sequence(0, ${ROWS / 2000 - 1})) x (a) CROSS JOIN UNNEST(sequence(0, 1999)) y (b))`

const QUERIES = (table: string): string[] => [
  `SELECT count(*), sum(quantity), sum(price) FROM ${table}`,
  `SELECT mode, count(*), avg(price) FROM ${table} GROUP BY mode ORDER BY mode`,
  `SELECT sum(price * quantity) FROM ${table} WHERE quantity < 24`,
]

export const measureFormats = async (): Promise<Finding[]> => [
  ...(await measureTextFormats()),
  ...(await measureBinaryFormats()),
]

async function measureBinaryFormats(): Promise<Finding[]> {
  const server = await startLentic()
  const client = new Client(server.port)
  try {
    await createLake(client)
    const fresh: Record<string, number[]> = {}
    const again: Record<string, number[]> = {}
    // The first round warms up the threads that decode.
    for (let round = 0; round <= ROUNDS; round++)
      for (const format of ['PARQUET', 'ORC', 'AVRO']) {
        const table = `${format.toLowerCase()}_${round}`
        await runQuery(client, `CREATE TABLE ${table} WITH (format = '${format}') AS ${LINES}`, POLL_MS)
        for (const ms of [fresh, again]) {
          let total = 0
          for (const query of QUERIES(table)) total += (await runQuery(client, query, POLL_MS)).ms
          if (round > 0) ms[format] = [...(ms[format] ?? []), total]
        }
      }
    return ['ORC', 'AVRO'].flatMap((format) => {
      const limit = format === 'ORC' ? 3 : 20
      return [
        finding(`${format} read for the first time, to Parquet`, fresh[format]!, fresh.PARQUET!, limit),
        finding(`${format} read again, to Parquet`, again[format]!, again.PARQUET!, 1.5),
      ]
    })
  } finally {
    client.close()
    await server.stop()
  }
}

function finding(what: string, ours: readonly number[], theirs: readonly number[], limit: number): Finding {
  const note = `${milliseconds(median(ours))} to ${milliseconds(median(theirs))}, three queries`
  return atMost({ section: 'formats', what, note }, median(ours.map((ms, i) => ms / theirs[i]!)), limit, times)
}
