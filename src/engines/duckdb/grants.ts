/** What an instance must be allowed before it can run a plan. It is fixed in its first moment and can never be widened. */

import { hash } from 'node:crypto'
import { mostReadWhole } from '../../core/estimates/parquet-reads.ts'
import { holds, partsOf } from '../../sql/analysis/plan-search.ts'
import type { Rel } from '../../sql/plan.ts'
import { stopsEarly } from './early-stop.ts'
import { filesRead } from './files-read.ts'
import type { PlanMessage } from './messages.ts'
import { needsProfile, type ProfileDetail } from './profile.ts'

export interface Grants {
  readonly memoryBytes: number
  /** Exact files, for reading. */
  readonly files: readonly string[]
  /** To be written below. */
  readonly directories: readonly string[]
  /** By DuckDB's names. */
  readonly disabledOptimizers: readonly string[]
  /** A row group's columns are read in one go: fewer reads, and more than need be where a plan stops early. */
  readonly readsWhole: boolean
  /** What operators do is written down, which some statement before the plan must ask for. */
  readonly profile: ProfileDetail | undefined
  /** Some of the files, or of the functions, are this plan's alone. */
  readonly passing: boolean
}

/** Sets larger than this are hardly ever met twice. */
const MOST_FILES = 256

/** `memoryBytes`: no plan gets more, whatever its limits say. */
export function grantsOf(plan: PlanMessage, memoryBytes: number): Grants {
  const files = plan.relations.flatMap(filesRead)
  const memory = Math.min(plan.limits.memoryBytes, memoryBytes)
  return {
    memoryBytes: memory,
    files: [...new Set(files.map((file) => file.localPath))].sort(),
    directories: 'directory' in plan.sink ? [plan.sink.directory] : [],
    disabledOptimizers: disabledOptimizers(plan),
    readsWhole:
      !stopsEarly(plan.query.root, plan.sink) &&
      files.every((file) => file.sizeBytes <= mostReadWhole({ memoryBytes: memory })),
    profile: plan.profiled ? 'all' : needsProfile(plan, plan.relations) ? 'rows' : undefined,
    passing:
      plan.query.externals !== undefined || plan.relations.some(({ receivedBytes }) => receivedBytes !== undefined),
  }
}

/** Plans of one key can share an instance, one after the other; undefined for those that need one to themselves. */
export function keyOf(grants: Grants): string | undefined {
  if (grants.profile === 'all' || grants.passing || grants.directories.length > 0 || grants.files.length > MOST_FILES)
    return undefined
  return hash('sha256', JSON.stringify(grants), 'base64')
}

/**
 * Looking for common parts takes DuckDB time that grows with the cube of the depth: seconds from some hundreds on. With the
 * square of the columns, too, of which a format of text makes values: four seconds for a thousand.
 */
const DEEP = 64
const WIDE = 128

function disabledOptimizers({ query: { root }, joinsOrdered }: PlanMessage): string[] {
  const disabled: string[] = []
  if (joinsOrdered) disabled.push('join_order', 'build_side_probe_side')
  if (answersFromStatistics(root)) disabled.push('statistics_propagation')
  if (callDepth(root) > DEEP || isWide(root)) disabled.push('common_subexpressions')
  return disabled
}

function callDepth(node: object): number {
  let deepest = 0
  for (const part of partsOf(node)) deepest = Math.max(deepest, callDepth(part))
  return deepest + ('kind' in node && node.kind === 'call' ? 1 : 0)
}

const isWide = (node: object): boolean =>
  holds(node, (member) => {
    const rel = member as Partial<Rel>
    return (rel.kind === 'scan' && rel.columns!.length > WIDE) || (rel.kind === 'project' && rel.items!.length > WIDE)
  })

const SUMMARIES: ReadonlySet<string> = new Set(['count', 'min', 'max'])

/**
 * DuckDB would answer `SELECT max(a)` from the statistics of Parquet files, and read nothing; Athena reads the column,
 * and says so in the bytes scanned.
 */
const answersFromStatistics = (node: object): boolean =>
  holds(node, (member) => {
    const rel = member as Partial<Rel>
    if (rel.kind !== 'aggregate' || rel.keys?.length !== 0) return false
    return rel.aggregates?.every((aggregate) => SUMMARIES.has(aggregate.function.name)) ?? false
  })
