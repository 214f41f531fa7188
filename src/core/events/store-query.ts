/** Queries of event data stores: a SELECT of Trino's whose tables are stores, named by their ids. */
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import { type Constraint, partitionFilters } from '../../sql/analysis/partition-filters.ts'
import { scansOf } from '../../sql/analysis/scan-demand.ts'
import type { Query } from '../../sql/ast.ts'
import { parseHiveType } from '../../sql/hive/type.ts'
import type { BoundQuery, Constant } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import type { ResolvedTable } from '../../sql/resolver.ts'
import { parseQuery, parseType } from '../../sql/statement.ts'
import type { RelationColumn } from '../queries/relation.ts'
import { STORE_COLUMNS } from './store-rows.ts'

/** A store in a plan: how the plan calls it, and what it wants of it. */
export interface StoreScan {
  readonly relation: string
  readonly store: string
  readonly columns: readonly string[]
  /** Inclusive. */
  readonly fromMs: number
  readonly untilMs: number
}

export interface BoundStoreQuery {
  readonly bound: BoundQuery
  readonly scans: readonly StoreScan[]
}

export const STORE_RELATION: readonly (RelationColumn & { readonly kind: 'data' })[] = STORE_COLUMNS.map(
  ([name, type], ordinal) => ({ kind: 'data', name, type: parseHiveType(type), field: name, ordinal }),
)

/** Throws SqlError; `requireStore` throws where the id is no store's, or one that cannot be asked. */
export function bindStoreQuery(
  text: string,
  { now, user }: { readonly now: Date; readonly user: string },
  requireStore: (id: string) => void,
): BoundStoreQuery {
  const query = withTimes(parseQuery(withQuotedIds(text)))
  const stores: string[] = []
  const table = (name: readonly string[]): ResolvedTable => {
    const id = name.join('.')
    requireStore(id)
    const relation = `r${stores.push(id) - 1}`
    return { kind: 'table', relation, columns: STORE_RELATION.map((column) => ({ ...column, hidden: false })) }
  }
  const bound = analyzeQuery(query, { table }, { now, timeZone: 'UTC', user, catalog: '', database: '' })
  if (bound.externals) throw new SqlError('NOT_SUPPORTED', 'External functions are not supported')
  const filters = partitionFilters(bound)
  const scans = stores.map((store, i): StoreScan => {
    const relation = `r${i}`
    const columns = new Set(scansOf(bound.root, relation).flatMap((scan) => scan.columns.map(({ source }) => source)))
    return { relation, store, columns: [...columns], ...timesOf(filters.get(relation)?.constraint('eventtime')) }
  })
  return { bound, scans }
}

function timesOf(constraint: Constraint | undefined): Pick<StoreScan, 'fromMs' | 'untilMs'> {
  const values = constraint?.kind === 'values' ? constraint.values.map(momentOf) : []
  if (values.length > 0)
    return {
      fromMs: Math.min(...values.map((at) => at ?? 0)),
      untilMs: Math.max(...values.map((at) => at ?? Infinity)),
    }
  const { low, high } = constraint?.kind === 'range' ? constraint : {}
  return { fromMs: momentOf(low) ?? 0, untilMs: momentOf(high) ?? Infinity }
}

/** Of a timestamp as plans write it, in UTC; undefined where it is not told so. */
function momentOf(value: Constant | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(value)) return undefined
  return Date.parse(`${value.replace(' ', 'T')}Z`)
}

/** An id may stand without quotes, as no other name with a hyphen may (docs: awscloudtrail userguide, query-limitations). */
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const withQuotedIds = (text: string): string =>
  text.replace(/;\s*$/, '').replace(TOKENS, (token) => (/^[0-9a-f]/i.test(token) ? `"${token}"` : token))

/** The time of an event compares with a text: `eventtime <= '2020-01-01'` (the same page). */
function withTimes(query: Query): Query {
  return rewritten(query) as Query
}

interface Comparing {
  readonly kind?: string
  readonly left?: unknown
  readonly right?: unknown
  readonly of?: unknown
  readonly low?: unknown
  readonly high?: unknown
  readonly items?: readonly unknown[]
}

function rewritten(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewritten)
  if (node === null || typeof node !== 'object') return node
  const made = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, rewritten(value)])) as Comparing
  switch (made.kind) {
    case 'compare':
    case 'is-distinct':
      if (isTime(made.left)) return { ...made, right: asTime(made.right) }
      return isTime(made.right) ? { ...made, left: asTime(made.left) } : made
    case 'between':
      return isTime(made.of) ? { ...made, low: asTime(made.low), high: asTime(made.high) } : made
    case 'in-list':
      return isTime(made.of) ? { ...made, items: made.items?.map(asTime) } : made
    default:
      return made
  }
}

interface Named {
  readonly kind?: string
  readonly name?: { readonly name: string }
  readonly field?: { readonly name: string }
  readonly value?: string
  readonly at?: unknown
}

/** `eventTime`, `t.eventTime`. */
function isTime(node: unknown): boolean {
  const { kind, name, field } = node as Named
  const last = kind === 'name' ? name : kind === 'field' ? field : undefined
  return last?.name.toLowerCase() === 'eventtime'
}

function asTime(node: unknown): unknown {
  const { kind, value = '', at } = node as Named
  if (kind !== 'string') return node
  return { kind: 'typed-literal', type: parseType('timestamp'), value: value.replace('T', ' ').replace(/Z$/, ''), at }
}
