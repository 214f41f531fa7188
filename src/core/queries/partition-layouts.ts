/**
 * Partitions whose entries in the catalog differ from the table's: in how their files lie, or in the types of columns.
 * https://docs.aws.amazon.com/athena/latest/ug/updates-and-partitions.html
 */
import { hiveTypeName } from '../../sql/hive/type.ts'
import { SqlError } from '../../sql/position.ts'
import { INTEGERS, isInteger, sameType, type Type } from '../../sql/types.ts'
import type { ColumnDescriptor, StorageDescriptor, Table } from '../catalog/catalog.ts'
import type { FileFormat, FileLayout } from './relation.ts'
import { fileFormat, typeOf } from './table-layout.ts'

/** What the partitions of a table have in common is worked out once. */
export class PartitionLayouts {
  readonly layouts: FileLayout[] = []
  readonly #table: Table
  readonly #format: string
  readonly #columns: readonly ColumnDescriptor[]
  readonly #isTold: (column: ColumnDescriptor) => boolean
  readonly #places = new Map<string, number | undefined>()

  /** `isTold`: whether who asks may be told how a column is declared, by the table or by a partition. */
  constructor(table: Table, format: FileFormat, isTold: (column: ColumnDescriptor) => boolean) {
    this.#table = table
    this.#isTold = isTold
    this.#format = JSON.stringify(format)
    const storage = table.descriptor.StorageDescriptor
    this.#columns = storage?.Columns ?? []
    this.#places.set(shapeOf(storage), undefined)
  }

  /** The place in `layouts`; undefined where the table's own holds. `partition` as it is called: `a=1/b=2`. */
  placeOf(storage: StorageDescriptor | undefined, partition: string): number | undefined {
    // What says nothing of its files leaves it to the table.
    if (!storage?.SerdeInfo?.SerializationLibrary) return undefined
    const shape = shapeOf(storage)
    if (this.#places.has(shape)) return this.#places.get(shape)
    const format = fileFormat(this.#table, storage)
    const readAs = this.#readAs(storage.Columns ?? [], format, partition)
    const same = Object.keys(readAs).length === 0 && JSON.stringify(format) === this.#format
    const place = same ? undefined : this.layouts.push({ format, readAs }) - 1
    this.#places.set(shape, place)
    return place
  }

  /** As Trino matches the two lists: by name where files are read by name, else by place. What one of them lacks is no matter. */
  #readAs(columns: readonly ColumnDescriptor[], format: FileFormat, partition: string): Record<string, Type> {
    const byName = format.kind === 'parquet' ? !format.byIndex : format.kind === 'orc' && format.byName
    const named = new Map(columns.map((column) => [column.Name.toLowerCase(), column]))
    const readAs: Record<string, Type> = {}
    for (const [i, column] of this.#columns.entries()) {
      const other = byName ? named.get(column.Name.toLowerCase()) : columns[i]
      if (!other || other.Type === column.Type) continue
      const [type, stored] = [typeOf(this.#table, column), typeOf(this.#table, other)]
      if (sameType(type, stored)) continue
      if (!canBecome(stored, type)) throw this.#mismatch(column, other, partition)
      readAs[column.Name.toLowerCase()] = stored
    }
    return readAs
  }

  #mismatch(column: ColumnDescriptor, other: ColumnDescriptor, partition: string): SqlError {
    const { database, descriptor } = this.#table
    const type = (of: ColumnDescriptor) => hiveTypeName(typeOf(this.#table, of))
    const mismatch =
      'There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced.'
    if (![column, other].every(this.#isTold)) return new SqlError('HIVE_PARTITION_SCHEMA_MISMATCH', mismatch)
    return new SqlError(
      'HIVE_PARTITION_SCHEMA_MISMATCH',
      `${mismatch} The column '${column.Name}' in table '${database}.${descriptor.Name}' is declared as type '${type(column)}', but partition '${partition}' declared column '${other.Name}' as type '${type(other)}'.`,
    )
  }
}

const shapeOf = (storage: StorageDescriptor | undefined): string =>
  JSON.stringify([
    storage?.Columns?.map(({ Name, Type }) => [Name, Type]),
    storage?.InputFormat,
    storage?.SerdeInfo?.SerializationLibrary,
    Object.entries(storage?.SerdeInfo?.Parameters ?? {}).toSorted(),
  ])

/** What Trino's Hive connector makes of a partition's type. */
function canBecome(from: Type, to: Type): boolean {
  if (sameType(from, to)) return true
  if (from.kind === 'varchar') return to.kind === 'varchar' || isInteger(to)
  if (to.kind === 'varchar') return isInteger(from) || from.kind === 'decimal'
  if (from.kind === 'char') return to.kind === 'char'
  if (isInteger(from)) return isInteger(to) && width(from) < width(to)
  if (from.kind === 'real') return to.kind === 'double' || to.kind === 'decimal'
  if (from.kind === 'double') return to.kind === 'real' || to.kind === 'decimal'
  if (from.kind === 'decimal') return to.kind === 'decimal' || to.kind === 'real' || to.kind === 'double'
  if (from.kind === 'array' && to.kind === 'array') return canBecome(from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map') return canBecome(from.key, to.key) && canBecome(from.value, to.value)
  if (from.kind === 'row' && to.kind === 'row')
    return from.fields.every((field, i) => {
      const other = to.fields[i]
      return !other || (field.name?.toLowerCase() === other.name?.toLowerCase() && canBecome(field.type, other.type))
    })
  return false
}

const width = (type: Type): number => (INTEGERS as readonly string[]).indexOf(type.kind)
