/** By which columns a plan decides what it goes on with: a reader may leave out what it then would not need. */
import { type Column, type Cte, columnsOf, type Rel, type Scalar } from '../plan.ts'
import { columnsIn, partsOf } from './plan-search.ts'

type Node = Rel | Scalar

/**
 * The ids of columns that a condition, a join, or the order of first rows depends on, as far down as they come from. Not
 * those that are only counted, summed, grouped by or shown: whatever they are, all their rows are read.
 */
export function decidingColumns(root: Rel): ReadonlySet<number> {
  const found = new Deciding()
  found.visit(root)
  return found.closed()
}

class Deciding {
  readonly #deciding = new Set<number>()
  /** Of which columns a column is made. */
  readonly #origins = new Map<number, Set<number>>()
  readonly #named = new Map<number, Cte>()
  readonly #references: (Rel & { readonly kind: 'cte-ref' })[] = []
  readonly #orders: unknown[] = []
  #isCutShort = false

  visit(node: object): void {
    if ('kind' in node) this.#enter(node as Node)
    for (const part of partsOf(node)) this.visit(part)
  }

  closed(): ReadonlySet<number> {
    if (this.#isCutShort) for (const keys of this.#orders) this.#decide(keys)
    for (const { cte, columns } of this.#references) this.#sideBySide(columns, this.#named.get(cte)?.columns ?? [])
    // A set is walked to its end, with what is added on the way.
    for (const id of this.#deciding) for (const origin of this.#origins.get(id) ?? []) this.#deciding.add(origin)
    return this.#deciding
  }

  #enter(node: Node): void {
    switch (node.kind) {
      case 'filter':
        this.#decide(node.predicate)
        return
      case 'join':
        this.#decide(node.on)
        return
      case 'unnest':
        this.#decide(node.items)
        return
      case 'window':
        this.#decide(node.functions)
        return
      case 'match': {
        const { input: _, ...rest } = node
        this.#decide(rest)
        return
      }
      case 'sort':
        this.#orders.push(node.keys)
        return
      case 'limit':
        this.#isCutShort = true
        this.#decide(node.withTies)
        return
      case 'project':
        for (const { column, of } of node.items) this.#make(column, of)
        return
      case 'aggregate':
        for (const { column, of } of node.keys) this.#make(column, of)
        this.#decide(node.aggregates.map(({ filter }) => filter))
        return
      case 'set-operation':
        for (const side of [node.left, node.right]) this.#sideBySide(node.columns, columnsOf(side))
        return
      case 'with':
        for (const cte of node.queries) {
          this.#named.set(cte.id, cte)
          for (const one of [cte.query, cte.step]) if (one) this.#sideBySide(cte.columns, columnsOf(one))
        }
        return
      case 'cte-ref':
        this.#references.push(node)
        return
      case 'in-query':
      case 'quantified':
      case 'scalar-query':
      case 'exists':
        // Engines make joins of them.
        for (const { id } of columnsOf(node.query)) this.#deciding.add(id)
        this.#decide('of' in node ? node.of : undefined)
    }
  }

  #decide(part: unknown): void {
    for (const id of columnsIn(part)) this.#deciding.add(id)
  }

  #make({ id }: Column, of: Scalar): void {
    this.#origins.set(id, new Set([...(this.#origins.get(id) ?? []), ...columnsIn(of)]))
  }

  #sideBySide(made: readonly Column[], of: readonly Column[]): void {
    for (const [i, { id }] of made.entries()) {
      const origin = of[i]?.id
      if (origin !== undefined) this.#origins.set(id, new Set([...(this.#origins.get(id) ?? []), origin]))
    }
  }
}
