import type { Constant } from '../../sql/plan.ts'
import { quotedText } from '../../sql/quotation.ts'
import type { Type } from '../../sql/types.ts'

/** Where databases differ. */
export interface OwnConstants {
  boolean(value: boolean): string
  /** `digits`: with an exponent. */
  double(digits: string): string
  /** Undefined for a text that none of its columns holds. */
  text(value: string): string | undefined
}

/** A value as databases write it; undefined for one that can not be written. */
export function constantText(value: Constant, { kind }: Type, own: OwnConstants): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return own.boolean(value)
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? own.double(value.toExponential()) : undefined
    case 'string':
      return textLiteral(value, kind, own)
    default:
      return undefined
  }
}

function textLiteral(value: string, kind: Type['kind'], own: OwnConstants): string | undefined {
  switch (kind) {
    case 'decimal':
      return value
    case 'date':
      return `DATE ${quotedText(value)}`
    case 'timestamp':
      return `TIMESTAMP ${quotedText(value)}`
    default:
      return own.text(value)
  }
}
