/**
 * Drops what nobody uses: columns of scans, items of projections, aggregates, window functions and named queries.
 * What a scan lists afterwards is what the query reads, and pays for.
 */
import { type Column, type Cte, columnsOf, type Rel, type Scalar } from '../plan.ts'
import type { RowMatching } from '../row-matching.ts'
import { columnIds, type Mapping, mapRelChildren, mapScalarChildren } from './transform.ts'

/** Columns of the relation stay as they are, in number and order. */
export function pruneColumns(root: Rel): Rel {
  return new Pruning().prune(root, new Set(columnsOf(root).map((column) => column.id)))
}

class Pruning {
  /** Places of the columns that references to a named query use; collected before the query itself is pruned. */
  private readonly used = new Map<number, Set<number>>()
  /** Places that stay, by named query. */
  private readonly kept = new Map<number, readonly number[]>()

  prune(rel: Rel, wanted: ReadonlySet<number>): Rel {
    switch (rel.kind) {
      case 'single-row':
        return rel
      case 'scan':
        return { ...rel, columns: rel.columns.filter((column) => wanted.has(column.id)) }
      case 'values':
        return this.values(rel, wanted)
      case 'cte-ref':
        return this.reference(rel, wanted)
      case 'filter':
        return {
          ...rel,
          predicate: this.scalar(rel.predicate),
          input: this.prune(rel.input, uses(wanted, [rel.predicate])),
        }
      case 'project':
        return this.project(rel, wanted)
      case 'join': {
        const needs = uses(wanted, rel.on ? [rel.on] : [])
        if (rel.lateral) for (const id of freeIds(rel.right)) needs.add(id)
        const left = this.prune(rel.left, needs)
        const right = this.prune(rel.right, needs)
        return { ...rel, left, right, ...(rel.on && { on: this.scalar(rel.on) }) }
      }
      case 'unnest': {
        const items = rel.items.map((item) => ({ ...item, of: this.scalar(item.of) }))
        const input = this.prune(
          rel.input,
          uses(
            wanted,
            rel.items.map((item) => item.of),
          ),
        )
        if (!rel.ordinality || wanted.has(rel.ordinality.id)) return { ...rel, input, items }
        const { ordinality: _, ...rest } = rel
        return { ...rest, input, items }
      }
      case 'aggregate':
        return this.aggregate(rel, wanted)
      case 'window': {
        const functions = rel.functions.filter((one) => wanted.has(one.column.id))
        if (functions.length === 0) return this.prune(rel.input, wanted)
        const kept = { ...rel, functions }
        return this.rebuild(kept, this.prune(rel.input, uses(wanted, scalarsOf(kept))))
      }
      case 'match':
        return this.matches(rel, wanted)
      case 'sort':
      case 'limit':
        return this.rebuild(rel, this.prune(rel.input, uses(wanted, scalarsOf(rel))))
      case 'sample':
        return { ...rel, input: this.prune(rel.input, wanted) }
      case 'distinct':
        return { ...rel, input: this.prune(rel.input, idsOf(columnsOf(rel.input))) }
      case 'set-operation':
        return this.setOperation(rel, wanted)
      case 'with':
        return this.with(rel, wanted)
    }
  }

  /** The node's own expressions pruned inside, around an input that already is. */
  private rebuild(rel: Rel, input: Rel): Rel {
    return mapRelChildren(rel, { scalar: (s) => this.scalar(s), rel: () => input })
  }

  /** Subqueries inside an expression keep all their columns, unless only their rows count, and lose what these do not need. */
  private scalar(scalar: Scalar): Scalar {
    const map: Mapping = {
      scalar: (s) =>
        s.kind === 'exists' ? { ...s, query: this.prune(s.query, new Set()) } : mapScalarChildren(s, map),
      rel: (r) => this.prune(r, idsOf(columnsOf(r))),
    }
    return map.scalar(scalar)
  }

  private values(rel: Rel & { kind: 'values' }, wanted: ReadonlySet<number>): Rel {
    const places = placesOf(rel.columns, wanted)
    if (places.length === 0 || places.length === rel.columns.length) return rel
    const pick = <T>(list: readonly T[]) => places.map((place) => list[place]!)
    return { ...rel, columns: pick(rel.columns), rows: rel.rows.map(pick) }
  }

  private project(rel: Rel & { kind: 'project' }, wanted: ReadonlySet<number>): Rel {
    const items = rel.items.filter((item) => wanted.has(item.column.id))
    const input = this.prune(
      rel.input,
      uses(
        new Set(),
        items.map((item) => item.of),
      ),
    )
    const pruned = items.map((item) => ({ ...item, of: this.scalar(item.of) }))
    return { ...rel, input, items: pruned }
  }

  private aggregate(rel: Rel & { kind: 'aggregate' }, wanted: ReadonlySet<number>): Rel {
    const aggregates = rel.aggregates.filter((one) => wanted.has(one.column.id))
    const groupings = rel.groupings.filter((one) => wanted.has(one.column.id))
    const empty = rel.keys.length + aggregates.length + groupings.length === 0
    // Without keys there is exactly one row, whatever the input has; with empty sets, one for each.
    if (empty && !rel.sets) return { kind: 'single-row' }
    const kept = { ...rel, aggregates: empty ? rel.aggregates.slice(0, 1) : aggregates, groupings }
    return this.rebuild(kept, this.prune(rel.input, uses(new Set(), scalarsOf(kept))))
  }

  /** References and aggregates stay while a condition or a measure that is left names them. */
  private matches(rel: RowMatching, wanted: ReadonlySet<number>): Rel {
    const measures = rel.measures.filter((measure) => wanted.has(measure.column.id))
    // In a window every row stays as it is.
    if (rel.frame && measures.length === 0) return this.prune(rel.input, wanted)
    const named = uses(
      [],
      [...measures.map((measure) => measure.of), ...rel.conditions.filter((condition) => condition !== undefined)],
    )
    const references = rel.references.filter(({ column }) => named.has(column.id))
    const aggregates = rel.aggregates.filter(({ column }) => named.has(column.id))
    // Read in the row at hand, beside the rows of the match.
    const ofRow = uses(
      [],
      aggregates.flatMap(({ args, value }) => (value ? args.slice(1) : [])),
    )
    const kept = rel.kept.filter(({ id }) => wanted.has(id) || ofRow.has(id))
    const read = references.flatMap(({ of }) => (of.kind === 'column' ? [of.id] : []))
    const scalars = [
      ...rel.partitionBy,
      ...rel.orderBy.map((key) => key.of),
      ...aggregates.flatMap((aggregate) => aggregate.args),
      ...(rel.frame && 'value' in rel.frame.end ? [rel.frame.end.value] : []),
    ]
    const input = this.prune(rel.input, uses([...idsOf(kept), ...read], scalars))
    return this.rebuild({ ...rel, kept, measures, references, aggregates }, input)
  }

  private setOperation(rel: Rel & { kind: 'set-operation' }, wanted: ReadonlySet<number>): Rel {
    const everything = !(rel.op === 'union' && rel.all)
    const places = everything ? rel.columns.map((_, i) => i) : placesOf(rel.columns, wanted)
    const keep = places.length > 0 ? places : [0]
    const side = (input: Rel) => project(this.prune(input, idsAt(input, keep)), input, keep)
    return { ...rel, columns: keep.map((place) => rel.columns[place]!), left: side(rel.left), right: side(rel.right) }
  }

  private reference(rel: Rel & { kind: 'cte-ref' }, wanted: ReadonlySet<number>): Rel {
    const kept = this.kept.get(rel.cte)
    if (kept) return { ...rel, columns: kept.map((place) => rel.columns[place]!) }
    const used = this.used.get(rel.cte) ?? new Set()
    this.used.set(rel.cte, used)
    for (const place of placesOf(rel.columns, wanted)) used.add(place)
    return rel
  }

  /**
   * References come after, and inside of, the queries they name: the body is pruned once to learn what it uses, the
   * queries then from the last to the first, and at last all references are cut to what was kept.
   */
  private with(rel: Rel & { kind: 'with' }, wanted: ReadonlySet<number>): Rel {
    const body = this.prune(rel.body, wanted)
    const queries: Cte[] = []
    for (const cte of rel.queries.toReversed()) {
      const used = this.used.get(cte.id)
      if (!used) continue
      queries.unshift(this.query(cte, used))
    }
    const cut: Mapping = {
      scalar: (s) => mapScalarChildren(s, cut),
      rel: (r) => (r.kind === 'cte-ref' ? this.cut(r) : mapRelChildren(r, cut)),
    }
    const trimmed = queries.map((cte) =>
      cte.step ? { ...cte, query: cut.rel(cte.query), step: cut.rel(cte.step) } : { ...cte, query: cut.rel(cte.query) },
    )
    if (trimmed.length === 0) return cut.rel(body)
    return { ...rel, queries: trimmed, body: cut.rel(body) }
  }

  private cut(rel: Rel & { kind: 'cte-ref' }): Rel {
    const kept = this.kept.get(rel.cte)
    if (!kept || kept.length === rel.columns.length) return rel
    return { ...rel, columns: kept.map((place) => rel.columns[place]!) }
  }

  private query(cte: Cte, used: ReadonlySet<number>): Cte {
    const columns = columnsOf(cte.query)
    if (cte.step) {
      // Each round of a recursion feeds the next: everything stays.
      const step = this.prune(cte.step, idsOf(columnsOf(cte.step)))
      return { ...cte, query: this.prune(cte.query, idsOf(columns)), step }
    }
    const keep = used.size > 0 ? [...used].toSorted((a, b) => a - b) : [0]
    this.kept.set(cte.id, keep)
    const query = project(this.prune(cte.query, idsAt(cte.query, keep)), cte.query, keep)
    return { ...cte, columns: keep.map((place) => cte.columns[place]!), query }
  }
}

const idsOf = (columns: readonly Column[]): Set<number> => new Set(columns.map((column) => column.id))
const idsAt = (rel: Rel, places: readonly number[]): Set<number> => {
  const columns = columnsOf(rel)
  return new Set(places.map((place) => columns[place]!.id))
}
const placesOf = (columns: readonly Column[], wanted: ReadonlySet<number>): number[] =>
  columns.flatMap((column, place) => (wanted.has(column.id) ? [place] : []))

function uses(wanted: Iterable<number>, scalars: readonly Scalar[]): Set<number> {
  const ids = new Set(wanted)
  for (const scalar of scalars) columnIds(scalar, ids)
  return ids
}

/** A pruned relation may still carry more than was asked of it (a sort key): exactly these columns of `original`. */
function project(pruned: Rel, original: Rel, places: readonly number[]): Rel {
  const all = columnsOf(original)
  const wanted = places.map((place) => all[place]!)
  const have = columnsOf(pruned)
  if (have.length === wanted.length && have.every((column, i) => column.id === wanted[i]!.id)) return pruned
  const items = wanted.map((column) => ({ column, of: { kind: 'column', id: column.id, type: column.type } as const }))
  return { kind: 'project', input: pruned, items }
}

/** The expressions of the node itself. */
function scalarsOf(rel: Rel): Scalar[] {
  const found: Scalar[] = []
  mapRelChildren(rel, {
    scalar: (s) => {
      found.push(s)
      return s
    },
    rel: (r) => r,
  })
  return found
}

/** Every column that is named anywhere inside; more than the free ones does no harm. */
function freeIds(rel: Rel): Set<number> {
  const ids = new Set<number>()
  const map: Mapping = {
    scalar: (s) => {
      columnIds(s, ids)
      return s
    },
    rel: (r) => mapRelChildren(r, map),
  }
  map.rel(rel)
  return ids
}
