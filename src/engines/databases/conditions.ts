/** Domains as SQL that a database understands, so far as it compares values as the plan will. */
import type { SourceScan } from '../../core/federation/connector.ts'
import type { Domain, RangeEnd, ValueRange } from '../../core/federation/domain.ts'
import type { Constant } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'
import { millisOf, momentText } from './moment-text.ts'

/** How a database writes things. */
export interface Dialect {
  name(text: string): string
  /** Undefined for a value that can not be written: it is in no row. */
  literal(value: Constant, type: Type): string | undefined
  /** Undefined where the database compares values of the column in ways that are not the plan's. */
  comparison(column: string, type: Type): Comparison | undefined
}

/** How a column takes part in comparisons. All rows that are within a domain pass them, and perhaps others. */
export interface Comparison {
  readonly operand: string
  /** What is compared for equality, where that is another. */
  readonly equal?: string
  /** Whether there are others than equality. */
  readonly isOrdered: boolean
  /** No others pass. */
  readonly isExact: boolean
}

export interface Conditions {
  /** Joined by AND; empty when nothing is asked. */
  readonly text: string
  /** Columns whose domains are asked for. */
  readonly columns: readonly string[]
  /** Nothing but the rows that are within all domains passes. */
  readonly exact: boolean
}

/** Statements longer than this help no one. */
const MOST_RANGES = 1000

export function conditionsOf({ table, domains }: SourceScan, dialect: Dialect): Conditions {
  const texts: string[] = []
  const columns: string[] = []
  let exact = true
  for (const [name, domain] of Object.entries(domains)) {
    const column = table.columns.find((one) => one.name === name)
    const condition = column && conditionOf(name, column.type, domain, dialect)
    if (!condition?.exact) exact = false
    if (!condition) continue
    texts.push(condition.text)
    columns.push(name)
  }
  return { text: texts.join(' AND '), columns, exact }
}

interface Condition {
  readonly text: string
  readonly exact: boolean
}

function conditionOf(column: string, type: Type, domain: Domain, dialect: Dialect): Condition | undefined {
  const name = dialect.name(column)
  const isNull = `${name} IS NULL`
  if (domain.ranges.length === 0) return { text: domain.nullAllowed ? isNull : '1 = 0', exact: true }
  const ranges = domain.ranges.map((range) => toldRange(range, type))
  const isWhole = ranges.every((range, i) => endCount(range) === endCount(domain.ranges[i]!))
  if (ranges.some(isOpen)) return domain.nullAllowed ? undefined : { text: `${name} IS NOT NULL`, exact: isWhole }
  const comparison = dialect.comparison(column, type)
  if (!comparison || ranges.length > MOST_RANGES) return undefined
  if (!comparison.isOrdered && !ranges.every(isPoint)) return undefined
  const text = rangesText(comparison, ranges, (value) => dialect.literal(value, type))
  if (text === undefined) return undefined
  return { text: domain.nullAllowed ? `(${text} OR ${isNull})` : text, exact: isWhole && comparison.isExact }
}

const isOpen = ({ low, high }: ValueRange): boolean => !low && !high
const isPoint = ({ low, high }: ValueRange): boolean => low !== undefined && low.value === high?.value

const endCount = ({ low, high }: ValueRange): number => (low ? 1 : 0) + (high ? 1 : 0)

/** Ends that not every database can be told are left out: those behind the year 9999, and of a year 0, which few know. */
function toldRange(range: ValueRange, { kind }: Type): ValueRange {
  if (kind !== 'date' && kind !== 'timestamp') return range
  const { low, high } = kind === 'timestamp' ? finerRange(range) : range
  return { ...(low && !isInYearZero(low) && { low }), ...(high && !isInYearZero(high) && { high }) }
}

const isInYearZero = ({ value }: RangeEnd): boolean => String(value).startsWith('0000-')

/** Databases keep moments finer than the milliseconds that the plan sees: one of these is all that begins with it. */
function finerRange({ low, high }: ValueRange): ValueRange {
  const from = low?.included ? low : low && endAt(nextMilli(low), true)
  const until = high?.included ? endAt(nextMilli(high), false) : high
  return { ...(from && { low: from }), ...(until && { high: until }) }
}

const endAt = (value: string | undefined, included: boolean): RangeEnd | undefined =>
  value === undefined ? undefined : { value, included }

/** Undefined beyond years of four digits. */
function nextMilli({ value }: RangeEnd): string | undefined {
  const millis = millisOf(String(value))
  return millis === undefined ? undefined : momentText(millis + 1)
}

type Literal = (value: Constant) => string | undefined

/** Undefined where an end can not be written. */
function rangesText(comparison: Comparison, ranges: readonly ValueRange[], literal: Literal): string | undefined {
  const { operand, equal = operand } = comparison
  const points = ranges.filter(isPoint).flatMap(({ low }) => literal(low!.value) ?? [])
  const others = ranges.filter((range) => !isPoint(range)).map((range) => rangeText(operand, range, literal))
  if (others.includes(undefined)) return undefined
  const [only] = points
  const some =
    points.length > 1 ? [`${equal} IN (${points.join(', ')})`] : only === undefined ? [] : [`${equal} = ${only}`]
  const texts = [...some, ...others]
  if (texts.length === 0) return '1 = 0'
  return texts.length === 1 ? texts[0] : `(${texts.join(' OR ')})`
}

function rangeText(operand: string, { low, high }: ValueRange, literal: Literal): string | undefined {
  const texts: string[] = []
  for (const [end, sign] of [[low, '>'] as const, [high, '<'] as const]) {
    if (!end) continue
    const value = literal(end.value)
    if (value === undefined) return undefined
    texts.push(`${operand} ${sign}${end.included ? '=' : ''} ${value}`)
  }
  return texts.length === 1 ? texts[0] : `(${texts.join(' AND ')})`
}
