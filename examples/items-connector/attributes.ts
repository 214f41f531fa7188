/** DynamoDB's items as it writes them down: each value is told with its kind. */
import type { Value } from 'lentic/connector'

export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly Attribute[] }
  | { readonly M: Item }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }

export type Item = Readonly<Record<string, Attribute>>

function plainValue(attribute: Attribute | undefined): Value {
  if (!attribute || 'NULL' in attribute) return null
  if ('S' in attribute) return attribute.S
  if ('N' in attribute) return attribute.N
  if ('B' in attribute) return Buffer.from(attribute.B, 'base64')
  if ('BOOL' in attribute) return attribute.BOOL
  if ('L' in attribute) return attribute.L.map(plainValue)
  if ('M' in attribute) return rowOf(attribute.M)
  return 'SS' in attribute ? attribute.SS : attribute.NS
}

export const rowOf = (item: Item): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(item).map(([name, attribute]) => [name, plainValue(attribute)]))

/** The type of a column that holds such values, as AWS's connector for DynamoDB infers it: numbers are decimals. */
export function typeOf(attribute: Attribute): string | undefined {
  if ('NULL' in attribute) return undefined
  if ('S' in attribute) return 'string'
  if ('N' in attribute) return 'decimal(38,9)'
  if ('B' in attribute) return 'binary'
  if ('BOOL' in attribute) return 'boolean'
  if ('SS' in attribute) return 'array<string>'
  if ('NS' in attribute) return 'array<decimal(38,9)>'
  if ('L' in attribute) {
    const [element] = attribute.L.map(typeOf).filter((type) => type !== undefined)
    return element && `array<${element}>`
  }
  const fields = Object.entries(attribute.M).flatMap(([name, member]) => {
    const type = typeOf(member)
    return type ? [`${name}:${type}`] : []
  })
  return `struct<${fields.join(',')}>`
}
