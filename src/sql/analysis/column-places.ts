/** Where in a plan a column is made: so it is told without a list of all its columns whether an input has one. */
import { type Column, columnsOf, type Rel } from '../plan.ts'
import { mapRelChildren } from './transform.ts'

export interface Span {
  /** Whether the column of this id is made by the node or below it. */
  has(id: number): boolean
}

export class ColumnPlaces {
  readonly #spans = new WeakMap<Rel, Span>()
  readonly #places = new Map<number, number>()
  #next = 0

  of(rel: Rel): Span {
    return this.#spans.get(rel) ?? this.#number(rel)
  }

  #number(rel: Rel): Span {
    const from = this.#next
    mapRelChildren(rel, {
      scalar: (scalar) => scalar,
      rel: (input) => {
        this.#number(input)
        return input
      },
    })
    for (const { id } of madeBy(rel)) this.#places.set(id, this.#next)
    const last = this.#next++
    const span: Span = {
      has: (id) => {
        const place = this.#places.get(id)
        return place !== undefined && place >= from && place <= last
      },
    }
    this.#spans.set(rel, span)
    return span
  }
}

/** Not those that it passes on. */
function madeBy(rel: Rel): readonly Column[] {
  switch (rel.kind) {
    case 'filter':
    case 'join':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'sample':
    case 'with':
      return []
    case 'unnest':
      return [...rel.items.flatMap((item) => item.columns), ...(rel.ordinality ? [rel.ordinality] : [])]
    case 'window':
      return rel.functions.map(({ column }) => column)
    case 'match':
      return rel.measures.map(({ column }) => column)
    case 'scan':
    case 'values':
    case 'cte-ref':
    case 'single-row':
    case 'project':
    case 'aggregate':
    case 'set-operation':
      return columnsOf(rel)
  }
}
