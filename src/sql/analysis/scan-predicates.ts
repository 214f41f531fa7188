/**
 * Which conditions are certain to hold for every row of a table that can matter to the result: found by carrying the
 * conjuncts of filters and joins down to the scans. Used to skip files, so what is doubtful is left out.
 */
import { columnsOf, type Rel, type Scalar } from '../plan.ts'
import { evaluate } from './constant.ts'
import { isVolatile } from './operators.ts'
import {
  columnIds,
  type Mapping,
  mapRelChildren,
  mapScalarChildren,
  replaceScalars,
  visitScalars,
} from './transform.ts'

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

type Conjuncts = readonly Scalar[]

class Walk {
  readonly found = new Map<string, ScanPredicate[]>()
  /** What each reference to a named query asks of its columns, by place. */
  private readonly references = new Map<number, Conjuncts[]>()
  private readonly placeholders = new Map<number, readonly number[]>()

  rel(rel: Rel, conjuncts: Conjuncts): void {
    this.subqueries(rel)
    switch (rel.kind) {
      case 'scan': {
        const columns = new Map(rel.columns.map(({ id, source }) => [id, source]))
        const own = conjuncts.filter((conjunct) => within(conjunct, columns))
        const list = this.found.get(rel.relation) ?? []
        this.found.set(rel.relation, [...list, { columns, conjuncts: own }])
        return
      }
      case 'filter':
        this.rel(rel.input, [...conjuncts, ...split(rel.predicate)])
        return
      case 'project': {
        const items = new Map(rel.items.map(({ column, of }) => [column.id, of]))
        this.rel(rel.input, substitute(conjuncts, items))
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
        const everywhere = rel.keys.filter((_, i) => !rel.sets || rel.sets.every((set) => set.includes(i)))
        const keys = new Map(everywhere.map(({ column, of }) => [column.id, of]))
        const known = new Set(keys.keys())
        // Without keys there is a row even for no input: nothing above may filter below.
        const usable = rel.keys.length === 0 ? [] : conjuncts.filter((conjunct) => within(conjunct, known))
        this.rel(rel.input, substitute(usable, keys))
        return
      }
      case 'window': {
        const partitions = rel.functions.map((one) => partitionIds(one.partitionBy))
        const usable = conjuncts.filter((conjunct) => partitions.every((ids) => within(conjunct, ids)))
        this.rel(rel.input, usable)
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
          this.rel(side, substitute(conjuncts, places))
        }
        return
      case 'with':
        this.with(rel, conjuncts)
        return
      case 'cte-ref': {
        const ids = this.placeholders.get(rel.cte) ?? []
        const places = new Map(rel.columns.map(({ id, type }, i) => [id, columnScalar({ id: ids[i] ?? 0, type })]))
        const own = conjuncts.filter((conjunct) => within(conjunct, places))
        this.references.set(rel.cte, [...(this.references.get(rel.cte) ?? []), substitute(own, places)])
        return
      }
      case 'values':
      case 'single-row':
        return
    }
  }

  private join(rel: Rel & { kind: 'join' }, above: Conjuncts): void {
    const left = idsOf(rel.left)
    const right = idsOf(rel.right)
    const on = rel.on ? split(rel.on) : []
    const keepsLeft = rel.type === 'left' || rel.type === 'full'
    const keepsRight = rel.type === 'right' || rel.type === 'full'
    // A side that the join fills with NULL loses rows only to conditions that NULL does not pass.
    const forLeft = [...(keepsRight ? above.filter(refusesNull) : above), ...(keepsLeft ? [] : on)]
    const forRight = [...(keepsLeft ? above.filter(refusesNull) : above), ...(keepsRight ? [] : on)]
    const inner = !keepsLeft && !keepsRight
    const derived = inner ? transferred([...above, ...on]) : []
    const only = (conjuncts: Conjuncts, ids: ReadonlySet<number>) => conjuncts.filter((c) => within(c, ids))
    this.rel(rel.left, only([...forLeft, ...derived], left))
    this.rel(rel.right, only([...forRight, ...derived], right))
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
const idsOf = (rel: Rel): Set<number> => new Set(columnsOf(rel).map((column) => column.id))

function split(predicate: Scalar): Conjuncts {
  return predicate.kind === 'and' ? predicate.terms.flatMap(split) : [predicate]
}

function within(scalar: Scalar, ids: { has(id: number): boolean }): boolean {
  const own = new Set<number>()
  visitScalars(scalar, (s) => {
    if (s.kind === 'lambda') for (const { id } of s.parameters) own.add(id)
  })
  for (const id of columnIds(scalar)) if (!ids.has(id) && !own.has(id)) return false
  return true
}

/** In terms of what the columns are made of; a conjunct over something volatile, or a query, is lost. */
function substitute(conjuncts: Conjuncts, made: ReadonlyMap<number, Scalar>): Conjuncts {
  return conjuncts.flatMap((conjunct) => {
    const usable = [...columnIds(conjunct)].every((id) => {
      const of = made.get(id)
      return !of || of.kind === 'column' || isPlain(of)
    })
    if (!usable) return []
    return [replaceScalars(conjunct, (s) => (s.kind === 'column' ? (made.get(s.id) ?? s) : undefined))]
  })
}

function isPlain(scalar: Scalar): boolean {
  let plain = !isVolatile(scalar)
  visitScalars(scalar, (s) => {
    if ('query' in s || s.kind === 'lambda') plain = false
  })
  return plain
}

function refusesNull(conjunct: Scalar): boolean {
  const value = evaluate(conjunct, () => null)
  return value === false || value === null
}

/** `a.x = b.x AND a.x = 1` also says `b.x = 1`. */
function transferred(conjuncts: Conjuncts): Scalar[] {
  const equal = conjuncts.flatMap((c) => {
    if (c.kind !== 'call' || c.function.name !== '$eq') return []
    const [a, b] = c.args
    return a?.kind === 'column' && b?.kind === 'column' ? [[a, b] as const, [b, a] as const] : []
  })
  const derived: Scalar[] = []
  for (const [from, to] of equal)
    for (const conjunct of conjuncts) {
      const ids = columnIds(conjunct)
      if (ids.size !== 1 || !ids.has(from.id) || !isPlain(conjunct)) continue
      derived.push(replaceScalars(conjunct, (s) => (s.kind === 'column' ? to : undefined)))
    }
  return derived
}

function anyOf(choices: readonly Conjuncts[]): Scalar {
  const type = { kind: 'boolean' } as const
  const terms = choices.map((terms): Scalar => (terms.length === 1 ? terms[0]! : { kind: 'and', terms, type }))
  return { kind: 'or', terms, type }
}
