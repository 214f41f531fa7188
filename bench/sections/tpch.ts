/** The 22 questions of TPC-H at scale 1 on Parquet: through Athena, and typed into DuckDB directly, in turns. */
import { TPCH_QUERIES } from '../../tests/trino/tpch-queries.ts'
import { atMost, type Finding, median, seconds, times } from '../measure.ts'
import { Comparison } from './comparison.ts'
import { TPCH_TABLES } from './tpch-tables.ts'

const ROUNDS = 5

export async function measureTpch(): Promise<Finding[]> {
  const comparison = await Comparison.open(TPCH_TABLES)
  try {
    const [ours, theirs, ratios] = [[] as number[], [] as number[], [] as number[]]
    for (const [i, sql] of TPCH_QUERIES.entries()) {
      const taken = await comparison.inTurns(`question ${i + 1}`, sql, ROUNDS)
      ours.push(median(taken.ours))
      theirs.push(median(taken.theirs))
      ratios.push(ours[i]! / theirs[i]!)
    }
    const sum = (samples: readonly number[]) => samples.reduce((total, ms) => total + ms, 0)
    const worst = ratios.indexOf(Math.max(...ratios))
    const note = `${seconds(sum(ours))} to ${seconds(sum(theirs))}; at worst ${times(ratios[worst]!)}, question ${worst + 1}`
    const told = { section: 'tpch', what: `all ${ratios.length} questions, to DuckDB`, note }
    return [atMost(told, sum(ours) / sum(theirs), 1.1, times)]
  } finally {
    await comparison.close()
  }
}
