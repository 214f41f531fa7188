/** How rows become Ion, as a table's SerDe properties say (docs: athena ug, ion-serde-using-ion-serde-properties). */
import type { IonSerialization } from '../../../formats/ion/documents.ts'
import { SqlError } from '../../../sql/position.ts'
import { type Type, typeName } from '../../../sql/types.ts'
import { isTrue } from '../table-layout.ts'
import type { NamedColumn } from './created-tables.ts'

/** `columns`: those that files hold. Throws `SqlError` for what could not be written, or would not be found again. */
export function ionSerialization(
  serde: Readonly<Record<string, string>>,
  columns: readonly NamedColumn[],
): IonSerialization {
  const as: Record<string, IonSerialization['as'][string]> = {}
  for (const { name, type } of columns) {
    requireTextKeys(name, type)
    requireOwnField(name, serde[`ion.${name}.path_extractor`], isTrue(serde['ion.path_extractor.case_sensitive']))
    const asked = serde[`ion.${name}.serialize_as`]?.toLowerCase()
    if (asked !== undefined) as[name] = anotherType(name, type, asked)
  }
  return {
    encoding: oneOf(serde, 'ion.encoding', ['BINARY', 'TEXT']),
    nulls: oneOf(serde, 'ion.serialize_null', ['OMIT', 'UNTYPED', 'TYPED']),
    offsetMinutes: offset(serde['ion.timestamp.serialization_offset'] ?? 'Z'),
    as,
  }
}

/** The first is what there is where nothing is said. */
function oneOf<const T extends string>(
  serde: Readonly<Record<string, string>>,
  name: string,
  values: readonly [T, ...T[]],
): T {
  const asked = serde[name]?.toUpperCase()
  const found = asked === undefined ? values[0] : values.find((value) => value === asked)
  if (found === undefined) throw invalid(name, `${serde[name]} is none of ${values.join(', ')}`)
  return found
}

const MOST_OFFSET_MINUTES = 24 * 60

function offset(text: string): number {
  if (text === 'Z') return 0
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):([0-5]\d)$/.exec(text) ?? []
  const size = Number(hours) * 60 + Number(minutes)
  if (size < MOST_OFFSET_MINUTES) return sign === '-' ? -size : size
  throw invalid('ion.timestamp.serialization_offset', `${text} is neither Z nor an offset such as +01:00`)
}

/** docs: athena ug, ion-serde ("Map key type restrictions"). */
function requireTextKeys(name: string, type: Type): void {
  switch (type.kind) {
    case 'map':
      if (type.key.kind !== 'varchar' && type.key.kind !== 'char')
        throw new SqlError('NOT_SUPPORTED', `Column ${name}: Ion has no map with keys of type ${typeName(type.key)}`)
      requireTextKeys(name, type.value)
      break
    case 'array':
      requireTextKeys(name, type.element)
      break
    case 'row':
      for (const field of type.fields) requireTextKeys(name, field.type)
  }
}

/** Rows are written by the names of columns: where a path leads elsewhere they would be read as NULL. */
function requireOwnField(name: string, path: string | undefined, isCaseSensitive: boolean): void {
  const field = /^\s*\(\s*(['"]?)(.*)\1\s*\)\s*$/.exec(path ?? `(${name})`)?.[2]
  if (field === name || (!isCaseSensitive && field?.toLowerCase() === name)) return
  throw new SqlError(
    'NOT_SUPPORTED',
    `Inserting into an Ion table whose column ${name} is read from elsewhere is not supported: ${path}`,
  )
}

const OTHER_TYPES: Partial<Record<Type['kind'], readonly IonSerialization['as'][string][]>> = {
  varchar: ['string', 'symbol'],
  char: ['string', 'symbol'],
  varbinary: ['blob', 'clob'],
  array: ['list', 'sexp'],
}

function anotherType(name: string, type: Type, asked: string): IonSerialization['as'][string] {
  const others = type.kind === 'decimal' ? DECIMALS.slice(type.scale === 0 ? 0 : 1) : OTHER_TYPES[type.kind]
  const found = others?.find((one) => one === asked)
  if (found) return found
  throw invalid(`ion.${name}.serialize_as`, `a column of type ${typeName(type)} does not become ${asked}`)
}

const DECIMALS = ['int', 'decimal'] as const

const invalid = (name: string, why: string): SqlError =>
  new SqlError('INVALID_TABLE_PROPERTY', `Invalid value of the property '${name}': ${why}`)
