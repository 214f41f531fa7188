/** What statistics say of a column's values in a stripe or a row group, so that those that can not matter are not read. */
import type { ColumnType } from '../vectors.ts'
import type { Message } from './protobuf.ts'
import type { OrcType } from './tail.ts'

/** Inclusive bounds; text is compared by its bytes, as `Buffer.compare` does. */
export type Bound = bigint | number | Uint8Array

/** A condition on one column: its values are within one of the ranges. NULL never passes. */
export interface ColumnCondition {
  readonly ranges: readonly { readonly low?: Bound; readonly high?: Bound }[]
}

/** False only if no value can pass. */
export function mayPass(
  statistics: Message | undefined,
  type: OrcType,
  to: ColumnType,
  condition: ColumnCondition,
): boolean {
  if (!statistics) return true
  if (statistics.number(1) === 0 && statistics.number(10) === 1) return false
  const known = boundsOf(statistics, type, to)
  if (!known) return true
  return condition.ranges.some(({ low, high }) => !(isBelow(known.high, low) || isBelow(high, known.low)))
}

const isBelow = (one: Bound | undefined, other: Bound | undefined): boolean => {
  if (one === undefined || other === undefined) return false
  if (one instanceof Uint8Array || other instanceof Uint8Array)
    return one instanceof Uint8Array && other instanceof Uint8Array && Buffer.compare(one, other) < 0
  return one < other
}

interface Bounds {
  readonly low: Bound | undefined
  readonly high: Bound | undefined
}

function boundsOf(statistics: Message, type: OrcType, to: ColumnType): Bounds | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'long': {
      const whole = statistics.message(2)
      return whole && { low: whole.signed(1), high: whole.signed(2) }
    }
    case 'float':
    case 'double': {
      const floating = statistics.message(3)
      const [low, high] = [floating?.double(1), floating?.double(2)]
      // A bound that is no number says nothing.
      return Number.isNaN(low) || Number.isNaN(high) ? undefined : { low, high }
    }
    case 'string':
      return textBounds(statistics.message(4))
    // What is padded or cut off when it is read compares otherwise.
    case 'char':
    case 'varchar':
      return to.kind === 'string' ? textBounds(statistics.message(4)) : undefined
    case 'date': {
      const days = statistics.message(7)
      return days && { low: days.signed(1), high: days.signed(2) }
    }
    default:
      return undefined
  }
}

/** Long ones are cut off: then there is a lower and an upper bound instead. */
const textBounds = (text: Message | undefined): Bounds | undefined =>
  text && { low: text.bytes(1) ?? text.bytes(4), high: text.bytes(2) ?? text.bytes(5) }
