/**
 * Columns and the fields inside of structs, as lists of a data cells filter name them: a field by the names that lead to it,
 * each in double quotes, `"product"."offer"` (lake-formation dg, data-filtering). A column is named as it is called.
 */
import { parseHiveType } from '../../sql/hive/type.ts'
import { quotedName } from '../../sql/quotation.ts'
import type { RowField, Type } from '../../sql/types.ts'
import type { ColumnDescriptor, Table } from '../catalog/catalog.ts'
import type { ColumnChoice } from './resource.ts'

/** Names, folded: of a column, and of fields, each inside of the one before. */
export type PartPath = readonly string[]

/** A column that permissions may be about; the name is folded. */
export interface GovernedColumn {
  readonly name: string
  /** Text is Hive's; absent where it is not known. */
  readonly type?: Type | string
}

export function governedColumns({ descriptor: { StorageDescriptor, PartitionKeys = [] } }: Table): GovernedColumn[] {
  return [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map(governedColumn)
}

export const governedColumn = ({ Name, Type: type }: ColumnDescriptor): GovernedColumn => ({
  name: Name.toLowerCase(),
  ...(type !== undefined && { type }),
})

/** Of a field, as a list of a filter names it; undefined where the text can only be the name of a column. */
export function fieldPath(text: string): PartPath | undefined {
  if (!/^"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")+$/.test(text)) return undefined
  return Array.from(text.matchAll(/"((?:[^"]|"")+)"/g), ([, name]) => name!.replaceAll('""', '"'))
}

export const partName = (path: PartPath): string => (path.length === 1 ? path[0]! : path.map(quotedName).join('.'))

const pathOf = (name: string): PartPath => fieldPath(name) ?? [name]

/** Whether the one is the other, or holds it. */
const holds = (one: PartPath, other: PartPath): boolean =>
  one.length <= other.length && one.every((name, i) => name === other[i])

/** Of the fields that a list names: most lists name none, and are asked of every column of a table. */
function fieldsNamed(names: readonly string[]): readonly PartPath[] {
  const known = named.get(names) ?? names.map(fieldPath).filter((path) => path !== undefined)
  named.set(names, known)
  return known
}

const named = new WeakMap<readonly string[], readonly PartPath[]>()

const isAmong = (names: readonly string[], path: PartPath): boolean =>
  names.includes(path[0]!) || fieldsNamed(names).some((field) => holds(field, path))

const isAround = (names: readonly string[], path: PartPath): boolean =>
  fieldsNamed(names).some((field) => field.length > path.length && holds(path, field))

/** Whether the choice says other things of what is inside of the part than of the part. */
export function splits(choice: ColumnChoice, path: PartPath): boolean {
  if (choice.except && isAround(choice.except, path)) return true
  return 'include' in choice && isAround(choice.include, path) && !isAmong(choice.include, path)
}

/** Whether the choice has the part with all that is inside of it. */
export const hasWhole = (choice: ColumnChoice, path: PartPath): boolean => has(choice, path) && !splits(choice, path)

function has(choice: ColumnChoice, path: PartPath): boolean {
  if ('include' in choice && !isAmong(choice.include, path)) return false
  return !choice.except || !isAmong(choice.except, path)
}

/** Whether the choice has any of it. Of what is no struct any more it has nothing that it does not have as a whole. */
export function hasAny(choice: ColumnChoice, path: PartPath, type: GovernedColumn['type']): boolean {
  if (!splits(choice, path)) return has(choice, path)
  if (type === undefined) return true
  return fieldsOf(type).some((field) => hasAny(choice, [...path, fieldName(field)], field.type))
}

/** What both have: all where neither leaves anything out, and no column where what they include is not the same. */
export function commonChoice(one: ColumnChoice | undefined, other: ColumnChoice | undefined): ColumnChoice | undefined {
  if (!one || !other) return one ?? other
  const except = [...new Set([...(one.except ?? []), ...(other.except ?? [])])].sort()
  const include = commonNames(one, other)?.filter((name) => !isAmong(except, pathOf(name)))
  if (!include) return { except }
  const inside = except.filter((name) => isAmong(include, pathOf(name)))
  return { include, ...(inside.length > 0 && { except: inside }) }
}

function commonNames(one: ColumnChoice, other: ColumnChoice): readonly string[] | undefined {
  if (!('include' in one)) return 'include' in other ? other.include : undefined
  if (!('include' in other)) return one.include
  const within = (names: readonly string[], wider: readonly string[]): string[] =>
    names.filter((name) => isAmong(wider, pathOf(name)))
  return [...new Set([...within(one.include, other.include), ...within(other.include, one.include)])].sort()
}

/** Of fields inside, those of structs in lists and maps too. */
export function namesInside(type: Type | string): string[] {
  const known = typeof type === 'string' ? hiveType(type) : type
  if (known?.kind === 'row') return known.fields.flatMap((field) => [fieldName(field), ...namesInside(field.type)])
  if (known?.kind === 'array') return namesInside(known.element)
  return known?.kind === 'map' ? [...namesInside(known.key), ...namesInside(known.value)] : []
}

export const fieldName = ({ name = '' }: RowField): string => name.toLowerCase()

/** Of a struct; none of anything else. */
export function fieldsOf(type: Type | string): readonly RowField[] {
  const known = typeof type === 'string' ? hiveType(type) : type
  return known?.kind === 'row' ? known.fields : []
}

/** Nobody can read what has a type that nobody can read. */
function hiveType(text: string): Type | undefined {
  try {
    return parseHiveType(text)
  } catch {
    return undefined
  }
}
