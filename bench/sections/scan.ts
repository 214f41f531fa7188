/**
 * Queries that read a lot, through Athena and typed into DuckDB directly: the same files, engine, threads and machine,
 * in turns. Both must give the same result.
 */
import { atMost, type Finding, median, milliseconds, times } from '../measure.ts'
import { Comparison } from './comparison.ts'
import { QUERIES, TABLES } from './scan-queries.ts'

const ROUNDS = 9

export async function measureScan(): Promise<Finding[]> {
  const comparison = await Comparison.open(TABLES)
  try {
    const findings: Finding[] = []
    const ratios: number[] = []
    for (const [what, sql] of Object.entries(QUERIES)) {
      const { ours, theirs } = await comparison.inTurns(what, sql, ROUNDS)
      const ratio = median(ours.map((ms, i) => ms / theirs[i]!))
      ratios.push(ratio)
      const note = `${milliseconds(median(ours))} to ${milliseconds(median(theirs))}`
      findings.push(atMost({ section: 'scan', what: `${what}, to DuckDB`, note }, ratio, 1.2, times))
    }
    return [...findings, atMost({ section: 'scan', what: 'all of them, median ratio' }, median(ratios), 1.2, times)]
  } finally {
    await comparison.close()
  }
}
