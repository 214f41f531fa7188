/** Trino's JSON values as the text of Athena's result files, the form in which Lentic answers. */

import { type SimpleKind, type Type, typeName } from '../../src/sql/types.ts'
import type { NamedSignature, TypeSignature } from '../../tools/trino/client.ts'
import { type ExactJson, ExactObject, NumberText } from '../../tools/trino/exact-json.ts'

export function athenaText(type: TypeSignature, value: ExactJson): string | null {
  return value === null ? null : textOf(type, value)
}

function textOf(type: TypeSignature, value: ExactJson): string {
  if (value === null) return 'null'
  if (value instanceof NumberText) return value.text
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return scalarText(type, value)
  if (value instanceof ExactObject) {
    const [key, item] = type.arguments as readonly TypeSignature[]
    return `{${value.entries.map(([k, v]) => `${keyText(key!, k)}=${textOf(item!, v)}`).join(', ')}}`
  }
  if (type.base === 'array')
    return `[${value.map((item) => textOf(type.arguments[0] as TypeSignature, item)).join(', ')}]`
  const fields = type.arguments as readonly NamedSignature[]
  return `{${value.map((item, i) => `${fields[i]!.field ?? `field${i}`}=${textOf(fields[i]!.type, item)}`).join(', ')}}`
}

function scalarText(type: TypeSignature, value: string): string {
  switch (type.base) {
    case 'varbinary':
    case 'HyperLogLog':
    case 'P4HyperLogLog':
    case 'tdigest':
    case 'qdigest':
      return Buffer.from(value, 'base64')
        .toString('hex')
        .replace(/(..)(?!$)/g, '$1 ')
    case 'timestamp':
    case 'timestamp with time zone':
      // Athena shows at least milliseconds.
      return value.replace(
        /(\d\d:\d\d:\d\d)(?:\.(\d+))?/,
        (_, clock, digits = '') => `${clock}.${digits.padEnd(3, '0')}`,
      )
    default:
      return value
  }
}

/** Keys of JSON objects are always text. */
function keyText(type: TypeSignature, key: string): string {
  return scalarText(type, key)
}

/** The type under the name that Lentic gives it. */
export function signatureName(signature: TypeSignature): string {
  return typeName(typeOf(signature))
}

export function typeOf({ base, arguments: args }: TypeSignature): Type {
  const [first, second] = args
  switch (base) {
    case 'decimal':
      return { kind: 'decimal', precision: first as number, scale: second as number }
    case 'varchar':
      return (first as number) === 2147483647 || first === undefined
        ? { kind: 'varchar' }
        : { kind: 'varchar', length: first as number }
    case 'char':
      return { kind: 'char', length: first as number }
    case 'time':
    case 'timestamp':
    case 'time with time zone':
    case 'timestamp with time zone':
      return { kind: base, precision: first as number }
    case 'array':
      return { kind: 'array', element: typeOf(first as TypeSignature) }
    case 'map':
      return { kind: 'map', key: typeOf(first as TypeSignature), value: typeOf(second as TypeSignature) }
    case 'qdigest':
      return { kind: 'qdigest', value: typeOf(first as TypeSignature) }
    case 'row':
      return {
        kind: 'row',
        fields: (args as readonly NamedSignature[]).map(({ field, type }) =>
          field === undefined ? { type: typeOf(type) } : { name: field, type: typeOf(type) },
        ),
      }
    default:
      return { kind: base as SimpleKind }
  }
}
