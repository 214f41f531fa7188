/**
 * How many of some rows a condition lets pass, by what is known of their fields: all, none, or who knows. One rule serves
 * manifests, partitions and files, which differ in what is known of them only.
 * https://iceberg.apache.org/spec/#scan-planning
 */
import { type Expression, joined, type Operator, type Predicate, type Term } from './expressions.ts'
import type { ContentFile } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'
import { decimalOf, type IcebergType } from './schema.ts'
import type { BoundField } from './specs.ts'
import { type Transform, transformed, transformText, wrappedPartition } from './transforms.ts'
import { compareValues, decodeBound, type IcebergValue } from './values.ts'

export type Share = 'all' | 'some' | 'none'

/** What rows have in a field, or what a transform makes of it. Bounds are inclusive, and one that is not there is open. */
export interface FieldFacts {
  readonly fieldId: number
  readonly source: IcebergType
  readonly transform: Transform
  readonly low?: IcebergValue
  readonly high?: IcebergValue
  readonly nulls: Share
  readonly nans: Share
}

type Judge = (predicate: Predicate) => Share

/** By the first of the facts that decides. */
export const judgeBy =
  (facts: readonly FieldFacts[]): Judge =>
  (predicate) => {
    for (const fact of facts) {
      const { fieldId, source } = predicate.term
      // A value of another type than the field's by now may be known in another way.
      if (fact.fieldId !== fieldId || fact.source !== source) continue
      const share = judged(predicate, fact)
      if (share !== 'some') return share
    }
    return 'some'
  }

export function shareOf(expression: Expression, judge: Judge): Share {
  switch (expression.kind) {
    case 'constant':
      return expression.value ? 'all' : 'none'
    case 'predicate':
      return judge(expression)
    default: {
      const [left, right] = [shareOf(expression.left, judge), shareOf(expression.right, judge)]
      const decisive = expression.kind === 'and' ? 'none' : 'all'
      if (left === decisive || right === decisive) return decisive
      return left === right ? left : 'some'
    }
  }
}

/** What is left to ask of the rows. */
export function residualOf(expression: Expression, judge: Judge): Expression {
  if (expression.kind === 'constant') return expression
  if (expression.kind !== 'predicate')
    return joined(expression.kind, residualOf(expression.left, judge), residualOf(expression.right, judge))
  const share = judge(expression)
  return share === 'some' ? expression : { kind: 'constant', value: share === 'all' }
}

/** Of the files of one partition. */
export const partitionFacts = (fields: readonly BoundField[], { partition }: ContentFile): FieldFacts[] =>
  factsOf(fields, (_, place) => {
    const value = partition[place] ?? null
    if (value === null) return { nulls: 'all', nans: 'none' }
    if (Number.isNaN(value)) return { nulls: 'none', nans: 'all' }
    return { low: value, high: value, nulls: 'none', nans: 'none' }
  })

/** Of the partitions of all files that a manifest lists. */
export const manifestFacts = (fields: readonly BoundField[], { partitions }: ManifestFile): FieldFacts[] =>
  factsOf(fields, ({ type }, place) => {
    const summary = partitions?.[place]
    if (!summary) return undefined
    const { containsNull, lower, upper } = summary
    const nans = isFraction(type) ? 'some' : 'none'
    if (lower && upper) return { ...bounds(type, lower, upper), nulls: containsNull ? 'some' : 'none', nans }
    // Only NULLs have no bounds, and what is no number.
    return containsNull && nans === 'none' ? { nulls: 'all', nans } : undefined
  })

type Known = Pick<FieldFacts, 'low' | 'high' | 'nulls' | 'nans'>

function factsOf(
  fields: readonly BoundField[],
  known: (field: BoundField, place: number) => Known | undefined,
): FieldFacts[] {
  return fields.flatMap((field, place) => {
    const { transform, source, field: of, type } = field
    if (source === undefined || transform.kind === 'void' || transform.kind === 'unknown') return []
    const found = known(field, place)
    if (!found) return []
    return [{ fieldId: of['source-id'], source, transform, ...found, ...widened(transform, type, found) }]
  })
}

const TIMES: ReadonlySet<Transform['kind']> = new Set(['year', 'month', 'day', 'hour'])

/** For what writers did otherwise: moments before 1970 may lie one partition on, and what is truncated below all is at the end. */
function widened(transform: Transform, type: IcebergType, { low, high }: Known): Pick<Known, 'low'> {
  if (TIMES.has(transform.kind) && Number(low) <= 0) return { low: Number(low) - 1 }
  const wrapped = wrappedPartition(transform, type)
  return wrapped !== undefined && wrapped === high ? { low: undefined } : {}
}

/** Of a field of the rows of a file, by the counts and bounds that are told of it. */
export function boundsFacts({ fieldId, source }: Term, file: ContentFile): FieldFacts {
  const values = file.valueCounts?.get(fieldId)
  const part = (count: number | undefined): Share =>
    count === 0 ? 'none' : count !== undefined && count === values ? 'all' : 'some'
  const [lower, upper] = [file.lowerBounds?.get(fieldId), file.upperBounds?.get(fieldId)]
  return {
    fieldId,
    source,
    transform: { kind: 'identity' },
    ...bounds(source, lower, upper),
    nulls: part(file.nullValueCounts?.get(fieldId)),
    nans: isFraction(source) ? part(file.nanValueCounts?.get(fieldId)) : 'none',
  }
}

const isFraction = (type: IcebergType): boolean => type === 'float' || type === 'double'

/** A bound that is no number bounds nothing. */
function bounds(type: IcebergType, lower?: Uint8Array, upper?: Uint8Array): Pick<Known, 'low' | 'high'> {
  const [low, high] = [lower && decodeBound(type, lower), upper && decodeBound(type, upper)]
  return {
    ...(low !== undefined && !Number.isNaN(low) && { low }),
    ...(high !== undefined && !Number.isNaN(high) && { high }),
  }
}

/** Those that say the opposite of another; what is NULL passes these, and no other. */
const OPPOSITES: Readonly<Partial<Record<Operator, Operator>>> = {
  'not-null': 'is-null',
  'not-nan': 'is-nan',
  'not-eq': 'eq',
  'not-in': 'in',
  'not-starts-with': 'starts-with',
}

function judged(predicate: Predicate, facts: FieldFacts): Share {
  const opposite = OPPOSITES[predicate.operator]
  if (!opposite) return direct(predicate, facts)
  const share = direct({ ...predicate, operator: opposite }, facts)
  return share === 'some' ? share : share === 'all' ? 'none' : 'all'
}

function direct({ operator, term, values }: Predicate, { nulls, nans, ...known }: FieldFacts): Share {
  if (operator === 'is-null') return nulls
  if (nulls === 'all') return 'none'
  if (operator === 'is-nan') return nans
  // Some engines hold what is no number to be above all numbers.
  if (nans === 'all') return operator === 'gt' || operator === 'gt-eq' ? 'some' : 'none'
  const interval = intervalOf(term, known)
  const share = interval ? ranged(operator, values, interval) : 'some'
  return share === 'all' && (nulls !== 'none' || nans !== 'none') ? 'some' : share
}

/** What a predicate's values are to be transformed by to be compared with what is known. */
interface Interval {
  /** Of the predicate's values. */
  readonly type: IcebergType
  readonly transform: Transform
  readonly low: IcebergValue | undefined
  readonly high: IcebergValue | undefined
}

/** Undefined where the one is about something else than the other. */
function intervalOf(
  term: Term,
  { transform, low, high }: Pick<FieldFacts, 'transform' | 'low' | 'high'>,
): Interval | undefined {
  if (term.transform.kind === 'identity') return { type: term.type, transform, low, high }
  // What is known of the very same transform is about its results as they are.
  const isSame = transformText(term.transform) === transformText(transform)
  return isSame ? { type: term.type, transform: { kind: 'identity' }, low, high } : undefined
}

function ranged(operator: Operator, values: readonly IcebergValue[], interval: Interval): Share {
  const [value] = values
  if (operator === 'eq' || operator === 'in') return among(values, interval)
  if (value === undefined || interval.transform.kind === 'bucket') return 'some'
  if (operator === 'starts-with') return prefixed(String(value), interval)
  const isStrict = operator === 'lt' || operator === 'gt'
  return sided(operator.startsWith('lt') ? 'up to' : 'from', value, isStrict, interval)
}

const isBelow = (value: IcebergValue, { low }: Interval): boolean => low !== undefined && compareValues(value, low) < 0
const isAbove = (value: IcebergValue, { high }: Interval): boolean =>
  high !== undefined && compareValues(value, high) > 0

function among(values: readonly IcebergValue[], interval: Interval): Share {
  const { type, transform, low, high } = interval
  const within = values.filter((value) => {
    const partition = transformed(transform, type, value)
    return partition !== null && !isBelow(partition, interval) && !isAbove(partition, interval)
  })
  if (within.length === 0) return 'none'
  const isOneValue = transform.kind === 'identity' && low !== undefined && high !== undefined
  return isOneValue && compareValues(low, high) === 0 ? 'all' : 'some'
}

/**
 * Values up to one, or from one on. A transform that keeps the order loses what is finer than it, so that the next value,
 * where there is one, decides whether all of a partition pass.
 */
function sided(side: 'up to' | 'from', value: IcebergValue, isStrict: boolean, interval: Interval): Share {
  const { type, transform, low, high } = interval
  const [isOutside, isInside] = side === 'up to' ? [isBelow, isAbove] : [isAbove, isBelow]
  if (isDiscrete(type)) {
    const step = side === 'up to' ? 1n : -1n
    const last = isStrict ? stepped(type, value, -step) : value
    const [kept, beyond] = [orderKept(last, interval), orderKept(stepped(type, last, step), interval)]
    if (kept !== undefined && isOutside(kept, interval)) return 'none'
    return beyond !== undefined && isInside(beyond, interval) ? 'all' : 'some'
  }
  const bound = transformed(transform, type, value)!
  if (isOutside(bound, interval)) return 'none'
  if (isInside(bound, interval)) return 'all'
  if (transform.kind !== 'identity') return 'some'
  const [near, far] = side === 'up to' ? [low, high] : [high, low]
  const meets = (other: IcebergValue | undefined) => other !== undefined && compareValues(bound, other) === 0
  if (isStrict) return meets(near) ? 'none' : 'some'
  return meets(far) ? 'all' : 'some'
}

/** Whether there is nothing between a value and the next. */
const isDiscrete = (type: IcebergType): boolean =>
  decimalOf(type) !== undefined || (typeof type === 'string' && /^(?:int|long|date|time)/.test(type))

/** Undefined past the type's own bounds, where truncating would begin anew. */
function stepped(type: IcebergType, value: IcebergValue | undefined, by: bigint): IcebergValue | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'bigint') {
    const next = value + by
    return type === 'long' && BigInt.asIntN(64, next) !== next ? undefined : next
  }
  const next = Number(value) + Number(by)
  return (next | 0) === next ? next : undefined
}

/** Undefined for what stands where its order does not put it. */
function orderKept(value: IcebergValue | undefined, { type, transform }: Interval): IcebergValue | undefined {
  const result = value === undefined ? null : transformed(transform, type, value)
  return result === null || result === wrappedPartition(transform, type) ? undefined : result
}

function prefixed(prefix: string, interval: Interval): Share {
  const { transform, low, high } = interval
  // Of a partition that is cut shorter than the prefix, some rows may go on in another way.
  const isCut = transform.kind === 'truncate' && [...prefix].length > transform.width
  if (isCut) return among([prefix], interval) === 'none' ? 'none' : 'some'
  const shown = Buffer.from(prefix)
  const begins = (value: IcebergValue | undefined) =>
    value !== undefined && shown.equals(Buffer.from(value as string | Uint8Array).subarray(0, shown.length))
  if (begins(low) && begins(high)) return 'all'
  return isAbove(shown, interval) || (isBelow(shown, interval) && !begins(low)) ? 'none' : 'some'
}
