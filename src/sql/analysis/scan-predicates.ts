/**
 * Which conditions are certain to hold for every row of a table that can matter to the result: found by carrying the
 * conjuncts of filters and joins down to the scans. Used to skip files, so what is doubtful is left out.
 */
import { columnsOf, type Rel, type Scalar } from '../plan.ts'
import { ColumnPlaces, type Span } from './column-places.ts'
import { anyOf, type Conjuncts, refusesNull, split, substitute, within } from './conjuncts.ts'
import { EqualColumns } from './equal-columns.ts'
import { type Mapping, mapRelChildren, mapScalarChildren } from './transform.ts'

export interface ScanPredicate {
  /** Source names by column id, for the columns that the conjuncts may name. */
  readonly columns: ReadonlyMap<number, string>
  /** Those that only name columns of the scan. */
  readonly conjuncts: readonly Scalar[]
}

/** By relation id; a relation that is scanned several times has several. */
export function scanPredicates(root: Rel): ReadonlyMap<string, readonly ScanPredicate[]> {
  const walk = new Walk()
  walk.rel(root, [])
  return walk.found
}

/** Conditions carried from node to node, and parts of those made anew on the way: what is more is left out. */
const MOST_STEPS = 300_000

class Walk {
  readonly found = new Map<string, ScanPredicate[]>()
  /** What each reference to a named query asks of its columns, by place. */
  private readonly references = new Map<number, Conjuncts[]>()
  private readonly placeholders = new Map<number, readonly number[]>()
  private readonly places = new ColumnPlaces()
  private readonly equalColumns = new EqualColumns()
  private steps = 0

  rel(rel: Rel, above: Conjuncts): void {
    const conjuncts = this.take(above.length) ? above : []
    this.subqueries(rel)
    switch (rel.kind) {
      case 'scan': {
        const columns = new Map(rel.columns.map(({ id, source }) => [id, source]))
        const own = conjuncts.filter((conjunct) => within(conjunct, columns))
        added(this.found, rel.relation, { columns, conjuncts: own })
        return
      }
      case 'filter':
        this.rel(rel.input, [...conjuncts, ...split(rel.predicate)])
        return
      case 'project': {
        const items = new Map(rel.items.map(({ column, of }) => [column.id, of]))
        this.rel(rel.input, this.substitute(conjuncts, items))
        return
      }
      case 'join':
        this.join(rel, conjuncts)
        return
      case 'unnest':
      case 'sample':
      case 'sort':
      case 'distinct':
        this.rel(rel.input, conjuncts)
        return
      case 'aggregate': {
        const sets = rel.sets && common(rel.sets)
        const everywhere = rel.keys.filter((_, i) => !sets || sets.has(i))
        const keys = new Map(everywhere.map(({ column, of }) => [column.id, of]))
        // Without keys there is a row even for no input: nothing above may filter below.
        const usable = rel.keys.length === 0 ? [] : conjuncts.filter((conjunct) => within(conjunct, keys))
        this.rel(rel.input, this.substitute(usable, keys))
        return
      }
      case 'window': {
        const partition = common(rel.functions.map((one) => partitionIds(one.partitionBy)))
        this.rel(
          rel.input,
          conjuncts.filter((conjunct) => within(conjunct, partition)),
        )
        return
      }
      case 'match': {
        // Whole partitions may be missing, rows of them not.
        const partition = partitionIds(rel.partitionBy)
        const usable = conjuncts.filter((conjunct) => within(conjunct, partition))
        this.rel(rel.input, usable)
        return
      }
      case 'limit':
        this.rel(rel.input, [])
        return
      case 'set-operation':
        for (const side of [rel.left, rel.right]) {
          const columns = columnsOf(side)
          const places = new Map(rel.columns.map(({ id }, i) => [id, columnScalar(columns[i]!)]))
          this.rel(side, this.substitute(conjuncts, places))
        }
        return
      case 'with':
        this.with(rel, conjuncts)
        return
      case 'cte-ref': {
        const ids = this.placeholders.get(rel.cte) ?? []
        const places = new Map(rel.columns.map(({ id, type }, i) => [id, columnScalar({ id: ids[i] ?? 0, type })]))
        const own = conjuncts.filter((conjunct) => within(conjunct, places))
        added(this.references, rel.cte, this.substitute(own, places))
        return
      }
      case 'values':
      case 'single-row':
        return
    }
  }

  private readonly take = (steps: number): boolean => {
    this.steps += steps
    return this.steps <= MOST_STEPS
  }

  private substitute(conjuncts: Conjuncts, made: ReadonlyMap<number, Scalar>): Conjuncts {
    return substitute(conjuncts, made, this.take)
  }

  private join(rel: Rel & { kind: 'join' }, above: Conjuncts): void {
    const [left, right] = [this.places.of(rel.left), this.places.of(rel.right)]
    const on = rel.on ? split(rel.on) : []
    const keepsLeft = rel.type === 'left' || rel.type === 'full'
    const keepsRight = rel.type === 'right' || rel.type === 'full'
    const inner = !keepsLeft && !keepsRight
    const derived = inner ? this.equalColumns.derived([...above, ...on]) : []
    const only = (conjuncts: Conjuncts, span: Span) => conjuncts.filter((c) => within(c, span))
    // A side that the join fills with NULL loses rows only to conditions that NULL does not pass.
    const fromAbove = (span: Span, isFilled: boolean) =>
      isFilled ? only(above, span).filter(refusesNull) : only(above, span)
    this.rel(rel.left, [...fromAbove(left, keepsRight), ...only(keepsLeft ? derived : [...on, ...derived], left)])
    this.rel(rel.right, [...fromAbove(right, keepsLeft), ...only(keepsRight ? derived : [...on, ...derived], right)])
  }

  private with(rel: Rel & { kind: 'with' }, conjuncts: Conjuncts): void {
    for (const cte of rel.queries)
      this.placeholders.set(
        cte.id,
        columnsOf(cte.query).map((column) => column.id),
      )
    this.rel(rel.body, conjuncts)
    for (const cte of rel.queries.toReversed()) {
      if (cte.step) {
        this.rel(cte.query, [])
        this.rel(cte.step, [])
        continue
      }
      const asked = this.references.get(cte.id) ?? []
      const [first] = asked
      if (first && asked.length === 1) this.rel(cte.query, first)
      else if (asked.length === 0 || asked.some((one) => one.length === 0)) this.rel(cte.query, [])
      else this.rel(cte.query, [anyOf(asked)])
    }
  }

  /** A query inside an expression is asked nothing from outside, but filters for itself. */
  private subqueries(rel: Rel): void {
    mapRelChildren(rel, {
      scalar: (scalar) => {
        const map: Mapping = {
          scalar: (s) => mapScalarChildren(s, map),
          rel: (r) => {
            this.rel(r, [])
            return r
          },
        }
        return map.scalar(scalar)
      },
      rel: (r) => r,
    })
  }
}

const columnScalar = ({ id, type }: { readonly id: number; readonly type: Scalar['type'] }): Scalar => ({
  kind: 'column',
  id,
  type,
})
const partitionIds = (keys: readonly Scalar[]): ReadonlySet<number> =>
  new Set(keys.flatMap((key) => (key.kind === 'column' ? [key.id] : [])))

function added<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

/** What each of the sets holds. */
function common(sets: readonly Iterable<number>[]): ReadonlySet<number> {
  const [first = [], ...others] = sets
  let left: ReadonlySet<number> = new Set(first)
  for (const other of others) left = left.size === 0 ? left : left.intersection(new Set(other))
  return left
}
