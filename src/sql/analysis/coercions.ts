/** Putting silent coercions into expressions; a constant is converted on the spot where that is exact. */
import { canCoerce, commonType, isInteger, isNumeric, isTypeOnlyCoercion } from '../coercion.ts'
import type { Scalar } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'
import { BOOLEAN, sameType, type Type, typeName, UNKNOWN } from '../types.ts'
import { convertConstant } from './constant-casts.ts'

/** The expression as a value of `type`, to which it must be coercible. */
export function coerce(scalar: Scalar, type: Type): Scalar {
  if (isTypeOnlyCoercion(scalar.type, type)) return scalar
  if (scalar.kind === 'constant') {
    const value = scalar.value === null ? null : convertConstant(scalar.value, scalar.type, type)
    if (value !== undefined) return { ...scalar, type, value }
  }
  return fieldByField(scalar, type, coerce) ?? cast(scalar, type)
}

const cast = (of: Scalar, type: Type): Scalar => ({
  kind: 'cast',
  of,
  type,
  safe: false,
  ...(of.at && { at: of.at }),
})

/** Of a row whose fields are told one by one, which then need not be taken out of it again; undefined of anything else. */
export function fieldByField(
  scalar: Scalar,
  type: Type,
  convert: (field: Scalar, type: Type) => Scalar,
): Scalar | undefined {
  if (scalar.kind !== 'row' || type.kind !== 'row' || scalar.items.length !== type.fields.length) return undefined
  return { ...scalar, type, items: scalar.items.map((item, i) => convert(item, type.fields[i]!.type)) }
}

/**
 * A constant as a value of the narrower type of what it is compared with, when it is one exactly: the column then needs
 * no cast, which an engine could not use its statistics through.
 */
export function fit(scalar: Scalar, type: Type): Scalar {
  if (scalar.kind !== 'constant' || scalar.value === null || canCoerce(scalar.type, type)) return scalar
  const numbers = isNumeric(scalar.type) && (isInteger(type) || type.kind === 'decimal')
  const midnight =
    type.kind === 'date' && scalar.type.kind === 'timestamp' && / 00:00:00[.0]*$/.test(String(scalar.value))
  if (!numbers && !midnight) return scalar
  const value = convertConstant(scalar.value, scalar.type, type)
  return value === undefined ? scalar : { ...scalar, type, value }
}

/** Throws TYPE_MISMATCH `<what> must evaluate to a <type> (actual: <type>)`, as Trino's coerceType does. */
export function coerceTo(scalar: Scalar, type: Type, what: string, at: Position): Scalar {
  if (!canCoerce(scalar.type, type))
    throw new SqlError(
      'TYPE_MISMATCH',
      `${what} must evaluate to a ${typeName(type)} (actual: ${typeName(scalar.type)})`,
      at,
    )
  return coerce(scalar, type)
}

/** A condition of WHERE, HAVING or ON. */
export function coerceCondition(scalar: Scalar, clause: string, at: Position): Scalar {
  if (!canCoerce(scalar.type, BOOLEAN))
    throw new SqlError(
      'TYPE_MISMATCH',
      `${clause} must evaluate to a boolean: actual type ${typeName(scalar.type)}`,
      at,
    )
  return coerce(scalar, BOOLEAN)
}

/** All of them as their common type. Throws with Trino's words, which begin with `subject`. */
export function coerceAll(
  scalars: readonly Scalar[],
  subject: string,
  at: Position,
): { readonly type: Type; readonly items: readonly Scalar[] } {
  let common: Type = UNKNOWN
  for (const scalar of scalars) {
    const next = commonType(common, scalar.type)
    if (!next) {
      const distinct: Type[] = []
      for (const { type } of scalars) if (!distinct.some((seen) => sameType(seen, type))) distinct.push(type)
      const all = distinct.map(typeName).join(', ')
      throw new SqlError(
        'TYPE_MISMATCH',
        `${subject} must be the same type or coercible to a common type. Cannot find common type between ` +
          `${typeName(common)} and ${typeName(scalar.type)}, all types (without duplicates): [${all}]`,
        scalar.at ?? at,
      )
    }
    common = next
  }
  return { type: common, items: scalars.map((scalar) => coerce(scalar, common)) }
}
