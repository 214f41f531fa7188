/**
 * The order of joins, for who knows how many rows there are where the engine does not. Inner joins alone, of tables: the
 * one that keeps the most rows comes first, and each next is the one after which the fewest are left. What is joined to
 * the rows so far is the right side, of which engines make their tables.
 */
import { columnsOf, type Rel, type Scalar } from '../plan.ts'
import { columnIds, mapRelChildren } from './transform.ts'

/** What is known of a relation. */
export interface Cardinality {
  readonly rows: number
  /** How many values a column has; undefined where that is not known. */
  readonly distinct: (column: string) => number | undefined
}

/** More tables than this are left to the engine: what is not exact adds up. */
const MOST_TABLES = 12

/** The plan with its joins in that order; undefined where it is not of this kind, or something is not known. */
export function orderJoins(root: Rel, cardinality: (relation: string) => Cardinality | undefined): Rel | undefined {
  const conditions: Scalar[] = []
  const tree = joinTree(root, conditions)
  if (!tree || countOf(root, isJoin) !== countOf(tree, isJoin) || countOf(root, isQuery) > 0) return undefined
  const leaves: Rel[] = []
  const joined: Scalar[] = []
  if (!flatten(tree, leaves, joined) || leaves.length > MOST_TABLES) return undefined
  const inputs = leaves.map((rel) => inputOf(rel, [...conditions, ...joined], cardinality))
  if (inputs.includes(undefined)) return undefined
  const ordered = joinInOrder(inputs as Input[], [...conditions, ...joined], joined)
  return replaced(root, tree, ordered)
}

/** Where nothing but single inputs lies above it. `conditions` takes those of the filters just above. */
function joinTree(rel: Rel, conditions: Scalar[]): Join | undefined {
  if (rel.kind === 'join') return rel
  if (!('input' in rel)) return undefined
  if (rel.kind === 'filter') conditions.push(...conjuncts(rel.predicate))
  else conditions.length = 0
  return joinTree(rel.input, conditions)
}

type Join = Rel & { readonly kind: 'join' }

const conjuncts = (scalar: Scalar): readonly Scalar[] =>
  scalar.kind === 'and' ? scalar.terms.flatMap(conjuncts) : [scalar]

function flatten(rel: Rel, leaves: Rel[], conditions: Scalar[]): boolean {
  if (rel.kind !== 'join') {
    leaves.push(rel)
    return true
  }
  if (rel.lateral || (rel.type !== 'inner' && rel.type !== 'cross')) return false
  if (rel.on) conditions.push(...conjuncts(rel.on))
  return flatten(rel.left, leaves, conditions) && flatten(rel.right, leaves, conditions)
}

const isJoin = (node: object): boolean => 'kind' in node && node.kind === 'join'
const isQuery = (node: object): boolean => 'query' in node

function countOf(node: unknown, wanted: (node: object) => boolean): number {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return 0
  return Object.values(node).reduce((sum, member) => sum + countOf(member, wanted), wanted(node) ? 1 : 0)
}

interface Input {
  readonly rel: Rel
  readonly ids: ReadonlySet<number>
  /** After the conditions on it alone. */
  readonly rows: number
  readonly distinct: (id: number) => number | undefined
}

function inputOf(
  rel: Rel,
  conditions: readonly Scalar[],
  cardinality: (relation: string) => Cardinality | undefined,
): Input | undefined {
  const own: Scalar[] = []
  let scan = rel
  while (scan.kind === 'filter') {
    own.push(...conjuncts(scan.predicate))
    scan = scan.input
  }
  const known = scan.kind === 'scan' ? cardinality(scan.relation) : undefined
  if (!known) return undefined
  const sources = new Map(columnsOf(scan).map((column) => [column.id, 'source' in column ? String(column.source) : '']))
  const ids = new Set(sources.keys())
  const all = (id: number) => known.distinct(sources.get(id) ?? '')
  own.push(...conditions.filter((condition) => columnIds(condition).isSubsetOf(ids)))
  const kept = own.reduce((share, condition) => share * shareOf(condition, all), 1)
  const rows = Math.max(1, known.rows * kept)
  const distinct = (id: number) => {
    const values = all(id)
    return values === undefined ? undefined : Math.max(1, Math.min(values, rows))
  }
  return { rel, ids, rows, distinct }
}

/** Of the rows, what a condition on one table leaves: as little is known, the guesses are Trino's and those of System R. */
function shareOf(condition: Scalar, distinct: (id: number) => number | undefined): number {
  const [id] = columnIds(condition)
  const values = (id === undefined ? undefined : distinct(id)) ?? UNKNOWN_VALUES
  switch (condition.kind) {
    case 'in':
      return Math.min(1, condition.items.length / Math.max(1, values))
    case 'or':
      return Math.min(
        1,
        condition.terms.reduce((sum, term) => sum + shareOf(term, distinct), 0),
      )
    case 'and':
      return condition.terms.reduce((share, term) => share * shareOf(term, distinct), 1)
    case 'call':
      return condition.function.name === '$eq' ? 1 / Math.max(1, values) : RANGE_SHARE
    default:
      return OTHER_SHARE
  }
}

const UNKNOWN_VALUES = 10
const RANGE_SHARE = 1 / 3
const OTHER_SHARE = 0.9

/** `joined` are the conditions that the joins carry; the others stay in the filters above. */
function joinInOrder(inputs: readonly Input[], conditions: readonly Scalar[], joined: readonly Scalar[]): Rel {
  const left = new Set(inputs)
  const take = (input: Input) => {
    left.delete(input)
    return input
  }
  const first = take(inputs.reduce((most, one) => (one.rows > most.rows ? one : most)))
  const placed = new Set<Scalar>()
  const taken = [first]
  let ids = first.ids
  let { rel, rows } = first
  while (left.size > 0) {
    const choices = Array.from(left, (input) => ({ input, rows: rowsAfter(rows, taken, input, conditions) }))
    const connected = choices.filter(({ rows: after }) => after !== undefined)
    const best = (
      connected.length > 0 ? connected : choices.map(({ input }) => ({ input, rows: rows * input.rows }))
    ).reduce((least, one) => (one.rows! < least.rows! ? one : least))
    const next = take(best.input)
    ids = ids.union(next.ids)
    const on = joined.filter((condition) => !placed.has(condition) && columnIds(condition).isSubsetOf(ids))
    for (const condition of on) placed.add(condition)
    rel = joinOf(rel, next.rel, on)
    rows = best.rows!
    taken.push(next)
  }
  return rel
}

function joinOf(left: Rel, right: Rel, on: readonly Scalar[]): Join {
  const [first, ...more] = on
  if (!first) return { kind: 'join', type: 'cross', left, right, lateral: false }
  const condition: Scalar = more.length === 0 ? first : { kind: 'and', terms: on, type: { kind: 'boolean' } }
  return { kind: 'join', type: 'inner', left, right, on: condition, lateral: false }
}

/** Undefined where no equality connects it. */
function rowsAfter(
  rows: number,
  taken: readonly Input[],
  input: Input,
  conditions: readonly Scalar[],
): number | undefined {
  let after: number | undefined
  for (const condition of conditions) {
    if (condition.kind !== 'call' || condition.function.name !== '$eq') continue
    const [a, b] = condition.args.map((side) => [...columnIds(side)])
    for (const [here, there] of [
      [a, b],
      [b, a],
    ]) {
      if (here?.length !== 1 || there?.length !== 1 || !input.ids.has(here[0]!)) continue
      const other = taken.find((one) => one.ids.has(there[0]!))
      if (!other) continue
      const values = Math.max(input.distinct(here[0]!) ?? input.rows, other.distinct(there[0]!) ?? 1)
      after = (after ?? rows * input.rows) / values
    }
  }
  return after
}

function replaced(rel: Rel, tree: Rel, by: Rel): Rel {
  if (rel === tree) return by
  return mapRelChildren(rel, { rel: (child) => replaced(child, tree, by), scalar: (scalar) => scalar })
}
