/** What conditions say of a column because it equals another: `a.x = b.x AND a.x = 1` also says `b.x = 1`. */
import type { Scalar } from '../plan.ts'
import { type Conjuncts, isPlain, namedIds } from './conjuncts.ts'
import { ScalarKeys } from './scalar-keys.ts'
import { replaceScalars } from './transform.ts'

/** Equalities times conditions, of a whole statement: what lies beyond is not said, which is no error. */
const MOST_STEPS = 50_000

type ColumnScalar = Scalar & { readonly kind: 'column' }

export class EqualColumns {
  /** Of a condition, by the column that it is said of. */
  readonly #said = new WeakMap<Scalar, Map<number, Scalar>>()
  readonly #keys = new ScalarKeys()
  #steps = 0

  /** Once each, and only what the conjuncts do not say themselves: what is derived comes here again at the next join. */
  derived(conjuncts: Conjuncts): Scalar[] {
    const equals = equalsOf(conjuncts)
    const ofOne = equals.size > 0 ? conjuncts.filter((conjunct) => namedIds(conjunct).size === 1) : []
    if (ofOne.length === 0) return []
    const present = new Set(conjuncts.map((conjunct) => this.#keys.keyOf(conjunct)))
    const derived: Scalar[] = []
    // Grows on the way: what is derived says something of the next column in turn.
    for (const conjunct of ofOne) {
      const [id = 0] = namedIds(conjunct)
      for (const to of equals.get(id) ?? []) {
        if (++this.#steps > MOST_STEPS) return derived
        const one = this.#sayOf(conjunct, to)
        if (!one || present.has(this.#keys.keyOf(one))) continue
        present.add(this.#keys.keyOf(one))
        derived.push(one)
        ofOne.push(one)
      }
    }
    return derived
  }

  #sayOf(conjunct: Scalar, to: ColumnScalar): Scalar | undefined {
    const said = this.#said.get(conjunct) ?? new Map<number, Scalar>()
    this.#said.set(conjunct, said)
    const before = said.get(to.id)
    if (before || !isPlain(conjunct)) return before
    const one = replaceScalars(conjunct, (s) => (s.kind === 'column' ? to : undefined))
    said.set(to.id, one)
    return one
  }
}

/** By the id of a column, those that equal it. */
function equalsOf(conjuncts: Conjuncts): ReadonlyMap<number, readonly ColumnScalar[]> {
  const equals = new Map<number, ColumnScalar[]>()
  const add = (from: ColumnScalar, to: ColumnScalar): void => {
    const list = equals.get(from.id)
    if (list) list.push(to)
    else equals.set(from.id, [to])
  }
  for (const conjunct of conjuncts) {
    if (conjunct.kind !== 'call' || conjunct.function.name !== '$eq') continue
    const [a, b] = conjunct.args
    if (a?.kind !== 'column' || b?.kind !== 'column') continue
    add(a, b)
    add(b, a)
  }
  return equals
}
