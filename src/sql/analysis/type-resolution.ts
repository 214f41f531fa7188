/** A type as written becomes a type. */
import type { TypeName, TypeParameter } from '../ast.ts'
import { MAX_CHAR_LENGTH, MAX_DECIMAL_PRECISION, SIMPLE_TYPES, UNBOUNDED_LENGTH } from '../coercion.ts'
import { type Position, SqlError } from '../position.ts'
import { type RowField, type Type, VARCHAR, varchar } from '../types.ts'

/** Throws TYPE_NOT_FOUND. Aliases of standard SQL (`int`, `string` is none) are those of Trino. */
export function resolveType(name: TypeName): Type {
  const simple = SIMPLE_TYPES[name.name]
  if (simple && name.parameters.length === 0) return { kind: simple }
  const types = name.parameters.flatMap((p) => (p.kind === 'type' ? [p] : []))
  switch (name.name) {
    case 'varchar':
      return name.parameters.length === 0 ? VARCHAR : varcharOf(length(name, 0, UNBOUNDED_LENGTH))
    case 'char':
    case 'character':
      return { kind: 'char', length: length(name, 1, MAX_CHAR_LENGTH) }
    case 'decimal':
    case 'numeric':
    case 'dec':
      return decimalType(name)
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return { kind: name.name, precision: precision(name) }
    case 'array':
      if (types.length === 1) return { kind: 'array', element: resolveType(types[0]!.type) }
      break
    case 'map':
      if (types.length === 2)
        return { kind: 'map', key: resolveType(types[0]!.type), value: resolveType(types[1]!.type) }
      break
    case 'qdigest':
      if (types.length === 1) return { kind: 'qdigest', value: resolveType(types[0]!.type) }
      break
    case 'row':
      if (types.length > 0) return { kind: 'row', fields: types.map(rowField) }
  }
  throw unknownType(name)
}

/** The target of a cast, about which Trino speaks as a whole and at the place of the cast. */
export function resolveCastType(name: TypeName, at: Position): Type {
  try {
    return resolveType(name)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    if (error.text.startsWith('DECIMAL')) throw new SqlError('INVALID_FUNCTION_ARGUMENT', error.text)
    throw new SqlError('TYPE_MISMATCH', `Unknown type: ${writtenType(name)}`, at)
  }
}

function rowField(parameter: TypeParameter & { kind: 'type' }): RowField {
  const type = resolveType(parameter.type)
  return parameter.name ? { name: parameter.name.name, type } : { type }
}

function decimalType(name: TypeName): Type {
  const precision = number(name, 0, 38)
  const scale = number(name, 1, 0)
  if (precision < 1 || precision > MAX_DECIMAL_PRECISION)
    throw new SqlError('INVALID_ARGUMENTS', `DECIMAL precision must be in range [1, 38]: ${precision}`, name.at)
  if (scale > precision)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `DECIMAL scale must be in range [0, precision (${precision})]: ${scale}`,
      name.at,
    )
  return { kind: 'decimal', precision, scale }
}

function precision(name: TypeName): number {
  const value = number(name, 0, 3)
  if (value > 12)
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `${name.name.split(' ')[0]!.toUpperCase()} precision must be in range [0, 12]: ${value}`,
      name.at,
    )
  return value
}

/** Of text; a longer one is of no type. */
function length(name: TypeName, absent: number, most: number): number {
  const value = number(name, 0, absent)
  if (value > most) throw unknownType(name)
  return value
}

/** The longest there is has no bound. */
const varcharOf = (size: number): Type => varchar(size === UNBOUNDED_LENGTH ? undefined : size)

function number(name: TypeName, place: number, absent: number): number {
  const parameter = name.parameters[place]
  if (!parameter) return absent
  if (parameter.kind !== 'number') throw unknownType(name)
  return parameter.value
}

const unknownType = (name: TypeName): SqlError =>
  new SqlError('TYPE_NOT_FOUND', `Unknown type: ${writtenType(name)}`, name.at)

function writtenType(name: TypeName): string {
  if (name.parameters.length === 0) return name.name
  const inner = name.parameters.map((p) => {
    if (p.kind === 'number') return String(p.value)
    return p.name ? `${p.name.name} ${writtenType(p.type)}` : writtenType(p.type)
  })
  return `${name.name}(${inner.join(', ')})`
}
