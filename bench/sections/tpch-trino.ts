/**
 * The 22 questions of TPC-H at scale 1 put to Lentic and, in turns, to a Trino of one node over the same lake: its hive
 * connector finds the tables in our catalog and reads their Parquet files through our S3.
 */
import { TPCH_QUERIES } from '../../tests/trino/tpch-queries.ts'
import { queryTrino, type TrinoSession } from '../../tools/trino/client.ts'
import { catalogText, glueMetastore, lakeFiles } from '../../tools/trino/lake-catalog.ts'
import { startHiveTrino } from '../../tools/trino/server.ts'
import { atLeast, type Finding, median, seconds, timed, times } from '../measure.ts'
import { DATABASE } from '../query.ts'
import { Comparison } from './comparison.ts'
import { TPCH_TABLES } from './tpch-tables.ts'

const ROUNDS = 2
/** A question that takes longer than this is put but once more. */
const LONG_MS = 10_000

export async function measureTpchOfTrino(): Promise<Finding[]> {
  const comparison = await Comparison.open(TPCH_TABLES)
  try {
    const endpoint = `http://127.0.0.1:${comparison.port}`
    const lake = catalogText({ ...lakeFiles(endpoint), ...glueMetastore(endpoint) })
    const probe = { catalog: 'lake', schema: DATABASE, sql: 'SELECT count(*) FROM region' }
    const trino = await startHiveTrino({ lake }, probe)
    try {
      return await compare(comparison, { url: trino.url, catalog: 'lake', schema: DATABASE })
    } finally {
      await trino.stop()
    }
  } finally {
    await comparison.close()
  }
}

async function compare(comparison: Comparison, session: TrinoSession): Promise<Finding[]> {
  const [ours, theirs, ratios] = [[] as number[], [] as number[], [] as number[]]
  for (const sql of TPCH_QUERIES) {
    const taken = await inTurns(comparison, session, sql)
    ours.push(median(taken.ours))
    theirs.push(median(taken.theirs))
    ratios.push(theirs.at(-1)! / ours.at(-1)!)
  }
  const sum = (samples: readonly number[]) => samples.reduce((total, ms) => total + ms, 0)
  const least = ratios.indexOf(Math.min(...ratios))
  const note = `${seconds(sum(ours))} to ${seconds(sum(theirs))}; at least ${times(ratios[least]!)}, question ${least + 1}`
  const told = { section: 'trino', what: `all ${ratios.length} questions of TPC-H, to a Trino of one node`, note }
  return [atLeast(told, sum(theirs) / sum(ours), 5, times)]
}

/** The first of each warms up. In milliseconds. */
async function inTurns(
  comparison: Comparison,
  session: TrinoSession,
  sql: string,
): Promise<{ readonly ours: number[]; readonly theirs: number[] }> {
  const [ours, theirs] = [[] as number[], [] as number[]]
  await comparison.ours(sql)
  const first = await ask(session, sql)
  for (let round = 0; round < (first < LONG_MS ? ROUNDS : 1); round++) {
    ours.push(await comparison.ours(sql))
    theirs.push(await ask(session, sql))
  }
  return { ours, theirs }
}

/** Throws where it fails. In milliseconds, until all rows are read. */
async function ask(session: TrinoSession, sql: string): Promise<number> {
  const { result, ms } = await timed(() => queryTrino(session, sql))
  if ('code' in result) throw new Error(`${result.code}: ${result.message}\n${sql}`)
  return ms
}
