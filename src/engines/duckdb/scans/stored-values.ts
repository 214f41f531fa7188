/**
 * From values as a file has them to those of the table, where a table format lets the two differ: fields inside a column
 * go by other names, and moments have more digits.
 */
import type { FieldIds } from '../../../formats/field-ids.ts'
import { isFine } from '../../../sql/duckdb/fine-moments.ts'
import { duckdbType, quote, rowFieldNames } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Type } from '../../../sql/types.ts'
import { isCoarse, toMillis } from './coarse-moments.ts'

/** An expression over `text`, of type `stored`; undefined where that is the value as it stands. `ids`: of the fields inside. */
export function storedValue(
  type: Type,
  stored: Type,
  text: string,
  ids: readonly FieldIds[] = [],
  depth = 0,
): string | undefined {
  const inner = `s${depth}`
  switch (type.kind) {
    case 'timestamp':
      if (isFine(type)) return `(CAST(epoch_ns(${text}) AS HUGEINT) * 1000)`
      return isCoarse(type) && !isCoarse(stored) ? toMillis(text) : undefined
    case 'timestamp with time zone':
      // Trino's connector cuts off what it has no digits for.
      return type.precision === 3 ? `date_trunc('milliseconds', ${text})` : undefined
    case 'array': {
      if (stored.kind !== 'array') return undefined
      const element = storedValue(type.element, stored.element, inner, ids[0]?.inner, depth + 1)
      return element && `list_transform(${text}, lambda ${inner}: ${element})`
    }
    case 'map': {
      if (stored.kind !== 'map') return undefined
      const key = storedValue(type.key, stored.key, `${inner}.key`, ids[0]?.inner, depth + 1)
      const value = storedValue(type.value, stored.value, `${inner}.value`, ids[1]?.inner, depth + 1)
      if (!key && !value) return undefined
      const entry = `struct_pack(k := ${key ?? `${inner}.key`}, v := ${value ?? `${inner}.value`})`
      return `CAST(map_from_entries(list_transform(map_entries(${text}), lambda ${inner}: ${entry})) AS ${duckdbType(type)})`
    }
    case 'row':
      return stored.kind === 'row' ? storedRow(type, stored, text, ids, depth) : undefined
    default:
      return undefined
  }
}

type Row = Type & { readonly kind: 'row' }

/** A field that the file does not have: there is no value of its type. */
const isMissing = (type: Type): boolean => type.kind === 'unknown'

/** The engine's type of what a file has of a type that is stored. */
export function fileTypeText(stored: Type): string {
  switch (stored.kind) {
    case 'timestamp':
      return isFine(stored) ? 'TIMESTAMP_NS' : duckdbType(stored)
    case 'array':
      return `${fileTypeText(stored.element)}[]`
    case 'map':
      return `MAP(${fileTypeText(stored.key)}, ${fileTypeText(stored.value)})`
    case 'row': {
      const there = { ...stored, fields: stored.fields.filter((field) => !isMissing(field.type)) }
      const names = rowFieldNames(there)
      return `STRUCT(${there.fields.map((field, i) => `${quotedName(names[i]!)} ${fileTypeText(field.type)}`).join(', ')})`
    }
    default:
      return duckdbType(stored)
  }
}

function storedRow(type: Row, stored: Row, text: string, ids: readonly FieldIds[], depth: number): string | undefined {
  const [names, storedNames] = [rowFieldNames(type), rowFieldNames(stored)]
  let same = true
  const fields = type.fields.map((field, i) => {
    if (isMissing(stored.fields[i]!.type)) {
      same = false
      const initial = ids[i]?.initial
      return `${quotedName(names[i]!)} := CAST(${initial === undefined ? 'NULL' : quote(initial)} AS ${duckdbType(field.type)})`
    }
    const from = `${text}.${quotedName(storedNames[i]!)}`
    const value = storedValue(field.type, stored.fields[i]!.type, from, ids[i]?.inner, depth + 1)
    if (value || names[i] !== storedNames[i]) same = false
    return `${quotedName(names[i]!)} := ${value ?? from}`
  })
  return same ? undefined : `CASE WHEN ${text} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`
}
