/** What is told of the columns of a file that holds the rows of others, from what is told of theirs. */
import type { ContentFile } from './manifest.ts'
import { fieldsById, type IcebergType, type Schema } from './schema.ts'
import type { ByColumn } from './told-columns.ts'
import { compareValues, decodeBound } from './values.ts'

export type ColumnMetrics = Pick<
  ContentFile,
  'columnSizes' | 'valueCounts' | 'nullValueCounts' | 'nanValueCounts' | 'lowerBounds' | 'upperBounds'
>

/** Where one of the files does not tell something, nothing is told of it. Throws IcebergError for a bound that is none. */
export function mergedMetrics(files: readonly ContentFile[], schema: Schema): ColumnMetrics {
  const types = new Map([...fieldsById(schema)].map(([id, { field }]) => [id, field.type]))
  return {
    columnSizes: sums(files.map(({ columnSizes }) => columnSizes)),
    valueCounts: sums(files.map(({ valueCounts }) => valueCounts)),
    nullValueCounts: sums(files.map(({ nullValueCounts }) => nullValueCounts)),
    nanValueCounts: sums(files.map(({ nanValueCounts }) => nanValueCounts)),
    lowerBounds: bounds(files, types, (file) => file.lowerBounds, -1),
    upperBounds: bounds(files, types, (file) => file.upperBounds, 1),
  }
}

function sums(counts: readonly (ByColumn<number> | undefined)[]): ReadonlyMap<number, number> {
  const total = new Map<number, number>()
  for (const [id] of counts[0] ?? [])
    if (counts.every((one) => one?.has(id)))
      total.set(
        id,
        counts.reduce((sum, one) => sum + one!.get(id)!, 0),
      )
  return total
}

/** `side`: -1 for the least, 1 for the greatest. */
function bounds(
  files: readonly ContentFile[],
  types: ReadonlyMap<number, IcebergType>,
  of: (file: ContentFile) => ByColumn<Uint8Array> | undefined,
  side: -1 | 1,
): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  for (const id of new Set(files.flatMap((file) => [...(of(file) ?? [])].map(([known]) => known)))) {
    const type = types.get(id)
    const telling = files.filter((file) => !hasNoValue(file, id))
    if (type === undefined || !telling.every((file) => of(file)?.has(id))) continue
    const told = telling.map((file) => of(file)!.get(id)!)
    const [first, ...others] = told
    if (first)
      found.set(
        id,
        others.reduce((best, one) => (compareBounds(type, one, best) * side > 0 ? one : best), first),
      )
  }
  return found
}

/** All of a column is NULL or NaN, which no bound is about. */
function hasNoValue({ valueCounts, nullValueCounts, nanValueCounts }: ContentFile, id: number): boolean {
  const [values, nulls] = [valueCounts?.get(id), nullValueCounts?.get(id)]
  return values !== undefined && nulls !== undefined && values === nulls + (nanValueCounts?.get(id) ?? 0)
}

/** The zeros of a floating number are two. */
function compareBounds(type: IcebergType, a: Uint8Array, b: Uint8Array): number {
  const [one, other] = [decodeBound(type, a), decodeBound(type, b)]
  const order = compareValues(one, other)
  if (order !== 0 || typeof one !== 'number') return order
  return Number(Object.is(other, -0)) - Number(Object.is(one, -0))
}
