/** What conditions say of single columns, as domains. What a condition says beyond that is left to the plan. */
import {
  type ColumnComparison,
  columnComparison,
  constantOf,
  isComparison,
} from '../../sql/analysis/column-comparison.ts'
import { compareConstants } from '../../sql/analysis/constant-order.ts'
import type { ScanPredicate } from '../../sql/analysis/scan-predicates.ts'
import { columnIds } from '../../sql/analysis/transform.ts'
import type { Constant, Scalar } from '../../sql/plan.ts'
import { isInteger, type Type } from '../../sql/types.ts'
import type { Domain, ValueRange } from './domain.ts'
import {
  ANY_VALUE,
  Incomparable,
  intersection,
  ONLY_NULL,
  type Order,
  pointAt,
  union,
  unite,
  valuesOutside,
  within,
} from './domain-algebra.ts'

export interface ColumnDomains {
  /** By the names of the scan's columns. */
  readonly domains: ReadonlyMap<string, Domain>
  /** Whether they say all that the conditions say. */
  readonly complete: boolean
}

export function columnDomains({ columns, conjuncts }: ScanPredicate): ColumnDomains {
  const domains = new Map<string, Domain>()
  let complete = true
  for (const conjunct of conjuncts) {
    const ids = columnIds(conjunct)
    const [id] = ids
    const name = id === undefined || ids.size !== 1 ? undefined : columns.get(id)
    const known = name === undefined ? undefined : meaningOf(conjunct, domains.get(name) ?? EVERYTHING)
    if (name !== undefined && known) domains.set(name, known.domain)
    if (!known?.exact) complete = false
  }
  return { domains, complete }
}

const EVERYTHING: Domain = { ...ANY_VALUE, nullAllowed: true }

/** Of several scans of one table: what none of them wants. */
export function eitherOf(several: readonly ColumnDomains[], typeOf: (column: string) => Type): ColumnDomains {
  const [first, ...rest] = several
  if (!first || rest.length === 0) return first ?? { domains: new Map(), complete: true }
  const domains = new Map<string, Domain>()
  for (const [name, domain] of first.domains) {
    const others = rest.map((one) => one.domains.get(name))
    if (others.includes(undefined)) continue
    try {
      const order = orderOf(typeOf(name))
      domains.set(
        name,
        others.reduce<Domain>((known, other) => union(known, other!, order), domain),
      )
    } catch (error) {
      if (!(error instanceof Incomparable)) throw error
    }
  }
  return { domains, complete: false }
}

/** The values of a column for which a condition is true, or more than those. */
interface Meaning {
  readonly domain: Domain
  /** No more than those. */
  readonly exact: boolean
}

/** Together with what is known; undefined when the condition says nothing that a domain can. */
function meaningOf(conjunct: Scalar, known: Domain): Meaning | undefined {
  try {
    const found = meaning(conjunct)
    return found && { domain: intersection(known, found.domain, found.order), exact: found.exact }
  } catch (error) {
    if (error instanceof Incomparable) return undefined
    throw error
  }
}

interface Ordered extends Meaning {
  readonly order: Order
}

function meaning(scalar: Scalar): Ordered | undefined {
  switch (scalar.kind) {
    case 'column':
      return scalar.type.kind === 'boolean' ? exactly(within([pointAt(true)]), scalar.type) : undefined
    case 'is-null': {
      const type = columnType(scalar.of)
      return type && exactly(ONLY_NULL, type)
    }
    case 'in':
      return membership(scalar)
    case 'call':
      return comparison(scalar)
    case 'and':
      return conjunction(scalar.terms)
    case 'or':
      return disjunction(scalar.terms.map(meaning))
    case 'not':
      return negation(scalar.of)
    default:
      return undefined
  }
}

/** What is known of one term is true of all; the others make it inexact. */
function conjunction(terms: readonly Scalar[]): Ordered | undefined {
  const found = terms.map(meaning)
  const known = found.filter((one) => one !== undefined)
  const [first, ...rest] = known
  if (!first) return undefined
  const domain = rest.reduce((so, one) => intersection(so, one.domain, first.order), first.domain)
  return { domain, order: first.order, exact: known.length === terms.length && known.every(({ exact }) => exact) }
}

function disjunction(found: readonly (Ordered | undefined)[]): Ordered | undefined {
  const known = found.filter((one) => one !== undefined)
  const [first, ...rest] = known
  if (!first || known.length < found.length) return undefined
  const domain = rest.reduce((so, one) => union(so, one.domain, first.order), first.domain)
  return { domain, order: first.order, exact: known.every(({ exact }) => exact) }
}

/** True where the condition is false: not where it is NULL. */
function negation(of: Scalar): Ordered | undefined {
  const negated = (term: Scalar): Scalar => ({ kind: 'not', of: term, type: term.type })
  switch (of.kind) {
    case 'not':
      return meaning(of.of)
    case 'column':
      return exactly(within([pointAt(false)]), of.type)
    case 'and':
      return disjunction(of.terms.map((term) => negation(term)))
    case 'or':
      return conjunction(of.terms.map(negated))
    case 'is-null': {
      const type = columnType(of.of)
      return type && exactly(ANY_VALUE, type)
    }
    case 'in':
      // Nothing is outside of a list that holds NULL.
      if (of.items.some((item) => constantOf(item) === null)) return nothing(of.of)
      break
    case 'call':
      if (!isComparison(of.function.name) && of.function.name !== '$like') return undefined
      if (of.args.some((arg) => constantOf(arg) === null)) return nothing(of.args[0]!)
      // No comparison is true of NaN, and so the opposite of any is.
      if (of.args.some((arg) => arg.type.kind === 'double' || arg.type.kind === 'real')) return undefined
  }
  const found = meaning(of)
  return found?.exact ? { ...found, domain: valuesOutside(found.domain) } : undefined
}

function nothing(of: Scalar): Ordered | undefined {
  const type = columnType(of)
  return type && exactly(within([]), type)
}

function membership({ of, items }: Scalar & { readonly kind: 'in' }): Ordered | undefined {
  const type = columnType(of)
  const values = items.map(constantOf)
  if (!type || values.includes(undefined)) return undefined
  const order = orderOf(type)
  const points = values.filter((value) => value !== null).map((value) => [pointAt(value!)])
  return exactly(within(points.reduce<readonly ValueRange[]>((so, one) => unite(so, one, order), [])), type)
}

function comparison(scalar: Scalar & { readonly kind: 'call' }): Ordered | undefined {
  const [left, right] = scalar.args
  if (scalar.function.name === '$like')
    return left && right && scalar.args.length === 2 ? likeness(left, right) : undefined
  const found = columnComparison(scalar, columnType)
  return found && compared(found)
}

function compared({ operator, value, type }: ColumnComparison): Ordered | undefined {
  if (value === undefined) return undefined
  // Nothing compares with NULL.
  const ranges = value === null ? [] : rangesOf(operator, value)
  // An order that can not be told of two values can not be told at all.
  if (value !== null) orderOf(type)(value, value)
  return exactly(within(ranges), type)
}

function rangesOf(name: string, value: Constant): readonly ValueRange[] {
  const [open, closed] = [
    { value, included: false },
    { value, included: true },
  ]
  switch (name) {
    case '$eq':
      return [{ low: closed, high: closed }]
    case '$ne':
      return [{ high: open }, { low: open }]
    case '$lt':
      return [{ high: open }]
    case '$le':
      return [{ high: closed }]
    case '$gt':
      return [{ low: open }]
    default:
      return [{ low: closed }]
  }
}

/** What begins a pattern begins the texts that it matches. */
function likeness(left: Scalar, right: Scalar): Ordered | undefined {
  const type = columnType(left)
  const pattern = constantOf(right)
  if (type?.kind !== 'varchar' || typeof pattern !== 'string') return undefined
  const prefix = pattern.split(/[%_]/, 1)[0]!
  if (prefix === pattern) return exactly(within([pointAt(pattern)]), type)
  const behind = textBehind(prefix)
  if (behind === undefined) return undefined
  const range = { low: { value: prefix, included: true }, high: { value: behind, included: false } }
  return { ...exactly(within([range]), type), exact: pattern === `${prefix}%` }
}

/** The first text behind all that begin with `prefix`; undefined where the next character is none. */
function textBehind(prefix: string): string | undefined {
  const characters = [...prefix]
  const last = characters.pop()?.codePointAt(0)
  if (last === undefined || last >= 0x10ffff || last === 0xd7ff) return undefined
  return characters.join('') + String.fromCodePoint(last + 1)
}

/** The type of a bare column, or of one that has been widened: its values are the same. */
function columnType(scalar: Scalar): Type | undefined {
  if (scalar.kind === 'column') return scalar.type
  if (scalar.kind !== 'cast' || scalar.of.kind !== 'column') return undefined
  return isWidened(scalar.of.type, scalar.type) ? scalar.of.type : undefined
}

function isWidened(from: Type, to: Type): boolean {
  if (isInteger(from)) return isInteger(to)
  if (from.kind === 'varchar') return to.kind === 'varchar' && (to.length ?? Infinity) >= (from.length ?? Infinity)
  if (from.kind === 'decimal')
    return to.kind === 'decimal' && to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale
  if (from.kind === 'timestamp') return to.kind === 'timestamp' && to.precision >= from.precision
  return false
}

function orderOf(type: Type): Order {
  return (a, b) => {
    const order = compareConstants(a, b, type)
    if (order === undefined) throw new Incomparable()
    return order
  }
}

const exactly = (domain: Domain, type: Type): Ordered => ({ domain, exact: true, order: orderOf(type) })
