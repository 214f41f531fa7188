/** Tells whether two expressions are the same one, by giving equal ones equal numbers. Linear in their size. */
import type { Constant, Scalar } from '../plan.ts'
import { typeName } from '../types.ts'
import { mapScalarChildren } from './transform.ts'

export class ScalarKeys {
  private readonly numbers = new Map<string, number>()
  private readonly known = new WeakMap<Scalar, number>()
  /**
   * Parameters of equal lambdas have different ids; here they go by their place and by how many lambdas nest inside
   * theirs, which is less for an inner lambda than for any around it.
   */
  private readonly parameters = new Map<number, string>()
  private readonly heights = new WeakMap<Scalar, number>()
  private unique = 0

  keyOf(scalar: Scalar): number {
    const known = this.known.get(scalar)
    if (known !== undefined) return known
    if (scalar.kind === 'lambda') {
      const height = this.height(scalar.body)
      for (const [i, parameter] of scalar.parameters.entries()) this.parameters.set(parameter.id, `p${height}.${i}`)
    }
    const children: number[] = []
    mapScalarChildren(scalar, {
      scalar: (child) => {
        children.push(this.keyOf(child))
        return child
      },
      // Two subqueries are never taken for the same.
      rel: (rel) => {
        children.push(--this.unique)
        return rel
      },
    })
    const text = `${scalar.kind}|${this.detail(scalar)}|${typeName(scalar.type)}|${children.join()}`
    let number = this.numbers.get(text)
    if (number === undefined) {
      number = this.numbers.size + 1
      this.numbers.set(text, number)
    }
    this.known.set(scalar, number)
    return number
  }

  /** The deepest nesting of lambdas inside. */
  private height(scalar: Scalar): number {
    const known = this.heights.get(scalar)
    if (known !== undefined) return known
    let height = 0
    mapScalarChildren(scalar, {
      scalar: (child) => {
        height = Math.max(height, this.height(child) + (child.kind === 'lambda' ? 1 : 0))
        return child
      },
      rel: (rel) => rel,
    })
    this.heights.set(scalar, height)
    return height
  }

  private detail(scalar: Scalar): string {
    switch (scalar.kind) {
      case 'constant':
        return constantKey(scalar.value)
      case 'column':
        return this.parameters.get(scalar.id) ?? String(scalar.id)
      case 'call':
        return scalar.function.name
      case 'cast':
        return String(scalar.safe)
      case 'field':
        return String(scalar.index)
      case 'case':
        return String(scalar.otherwise !== undefined)
      default:
        return ''
    }
  }
}

function constantKey(value: Constant): string {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
  return `${typeof value}:${Object.is(value, -0) ? '-0' : String(value)}`
}
