/** How many row groups of Parquet files a query may want, by what the files say of their columns. Reads footers, no rows. */

import { CorruptData } from '../../../formats/corrupt-data.ts'
import { type ColumnRange, footerLength, type RowGroup, readRowGroups } from '../../../formats/parquet/footer.ts'
import { compareConstants } from '../../../sql/analysis/constant-order.ts'
import { type Constraint, partitionFilters } from '../../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../../sql/plan.ts'
import type { Type } from '../../../sql/types.ts'
import type { QueryContext } from '../context.ts'
import type { DataFile } from '../relation.ts'
import type { NamedRelation } from '../scan-planning.ts'
import type { PlannedQuery } from './query.ts'

export interface RowGroupCount {
  readonly wanted: number
  readonly all: number
}

/** More footers than this are not worth reading to explain a plan. */
const MOST_FILES = 64
const MOST_FOOTER_BYTES = 16 << 20
const TAIL_BYTES = 8

/** By relation; those that no condition on a column of a Parquet file narrows down are missing. */
export async function countRowGroups(
  { bound, scans }: PlannedQuery,
  context: QueryContext,
): Promise<ReadonlyMap<string, RowGroupCount>> {
  const filters = partitionFilters(bound)
  const counts = new Map<string, RowGroupCount>()
  for (const relation of scans.relations) {
    const wants = wantsOf(relation, (column) => filters.get(relation.id)?.constraint(column))
    if (wants.length === 0 || relation.files.length > MOST_FILES) continue
    const groups = await rowGroupsOf(relation.files, context)
    if (!groups) continue
    const wanted = groups.filter((group) => wants.every((want) => mayHold(want, group)))
    counts.set(relation.id, { wanted: wanted.length, all: groups.length })
  }
  return counts
}

interface Want {
  readonly name: string
  readonly type: Type
  readonly constraint: Constraint
}

function wantsOf(
  { format, columns, layouts }: NamedRelation,
  constraintOf: (column: string) => Constraint | undefined,
): Want[] {
  if (format.kind !== 'parquet' || layouts) return []
  return columns.flatMap(({ kind, name, type }) => {
    const constraint = kind === 'data' ? constraintOf(name) : undefined
    return constraint ? [{ name, type, constraint }] : []
  })
}

/** Undefined when a footer can not be read: then it is the query itself that says what is wrong. */
async function rowGroupsOf(files: readonly DataFile[], context: QueryContext): Promise<RowGroup[] | undefined> {
  try {
    return (await Promise.all(files.map((file) => footerOf(file, context)))).flat()
  } catch (error) {
    if (error instanceof CorruptData) return undefined
    throw error
  }
}

async function footerOf({ uri, sizeBytes }: DataFile, context: QueryContext): Promise<RowGroup[]> {
  const bytes = async (start: number, end: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = []
    for await (const part of context.rooms.files.read(uri, { start, end })) parts.push(part)
    return Buffer.concat(parts)
  }
  if (sizeBytes < TAIL_BYTES) throw new CorruptData('too short for a Parquet file')
  const footerEnd = sizeBytes - TAIL_BYTES
  const length = footerLength(await bytes(footerEnd, sizeBytes - 1))
  if (length > footerEnd || length > MOST_FOOTER_BYTES) throw new CorruptData('a Parquet footer longer than its file')
  return readRowGroups(await bytes(footerEnd - length, footerEnd - 1))
}

/** Whether some value between the least and the greatest meets the constraint, as far as can be told. */
function mayHold({ name, type, constraint }: Want, { columns }: RowGroup): boolean {
  const range = columns.get(name.toLowerCase())
  const edges = range && edgesOf(range, type)
  if (!edges) return true
  const isBelow = (a: Constant, b: Constant) => (compareConstants(a, b, type) ?? 0) < 0
  const isOutside = (low: Constant | undefined, high: Constant | undefined) =>
    (low !== undefined && isBelow(edges.max, low)) || (high !== undefined && isBelow(high, edges.min))
  if (constraint.kind === 'range') return !isOutside(constraint.low, constraint.high)
  return constraint.values.some((value) => !isOutside(value, value))
}

const MS_A_DAY = 86_400_000

/** As constants of the column's type; undefined where the statistics are of something else. */
function edgesOf({ min, max, isDate }: ColumnRange, { kind }: Type): { min: Constant; max: Constant } | undefined {
  if (kind === 'date' && isDate) {
    const day = (days: ColumnRange['min']) => new Date(Number(days) * MS_A_DAY).toISOString().slice(0, 10)
    return { min: day(min), max: day(max) }
  }
  const wanted = JAVASCRIPT[kind]
  return wanted !== undefined && typeof min === wanted && !isDate ? { min, max } : undefined
}

const JAVASCRIPT: Partial<Record<Type['kind'], string>> = {
  tinyint: 'bigint',
  smallint: 'bigint',
  integer: 'bigint',
  bigint: 'bigint',
  real: 'number',
  double: 'number',
  varchar: 'string',
}
