/** The WITH properties of CTAS and UNLOAD: constant expressions, folded and checked. */
import type { Expr, Property } from '../../../sql/ast.ts'
import { SqlError } from '../../../sql/position.ts'

export type PropertyValue = string | number | boolean | readonly string[]

/** By lower-cased name. A property named twice, or one that is not a literal, is the user's error. */
export function propertyValues(
  properties: readonly Property[],
  known: ReadonlySet<string>,
): ReadonlyMap<string, PropertyValue> {
  const values = new Map<string, PropertyValue>()
  for (const property of properties) {
    const name = property.name.name.toLowerCase()
    if (!known.has(name))
      throw new SqlError(
        'INVALID_TABLE_PROPERTY',
        `Catalog 'awsdatacatalog' table property '${name}' does not exist`,
        property.at,
      )
    if (values.has(name)) throw new SqlError('INVALID_TABLE_PROPERTY', `Duplicate property: ${name}`, property.at)
    values.set(name, literal(property.value, name))
  }
  return values
}

function literal(expr: Expr, name: string): PropertyValue {
  switch (expr.kind) {
    case 'string':
      return expr.value
    case 'boolean':
      return expr.value
    case 'number':
      return Number(expr.text)
    case 'array':
      return expr.items.map((item) => {
        if (item.kind !== 'string')
          throw new SqlError(
            'INVALID_TABLE_PROPERTY',
            `Invalid value for catalog 'awsdatacatalog' table property '${name}': an array of strings is expected`,
            item.at,
          )
        return item.value
      })
    default:
      throw new SqlError(
        'INVALID_TABLE_PROPERTY',
        `Invalid value for catalog 'awsdatacatalog' table property '${name}': a literal is expected`,
        expr.at,
      )
  }
}

export function textProperty(values: ReadonlyMap<string, PropertyValue>, name: string): string | undefined {
  const value = values.get(name)
  return value === undefined ? undefined : String(value)
}

/** docs: athena ug, create-table-as and unload: "Currently, multicharacter field delimiters are not supported". */
export function delimiterProperty(values: ReadonlyMap<string, PropertyValue>): string | undefined {
  const value = textProperty(values, 'field_delimiter')
  if (value !== undefined && [...value].length !== 1)
    throw new SqlError('INVALID_TABLE_PROPERTY', `field_delimiter must be a single character, but was: '${value}'`)
  return value
}

/** Folded names; a single string counts as a list of one. */
export function namesProperty(values: ReadonlyMap<string, PropertyValue>, name: string): string[] {
  const value = values.get(name)
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [String(value)]).map((item: string) => item.toLowerCase())
}
