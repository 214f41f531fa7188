/** Rows as a function has told them, as a scan wants them. */
import type { SourceRows, SourceScan } from '../../core/federation/connector.ts'
import { columnType } from '../../core/queries/column-type.ts'
import { columnTypeOf } from '../../formats/arrow/types.ts'
import { CorruptData } from '../../formats/corrupt-data.ts'
import type { BlockRows } from '../../formats/federation/blocks.ts'
import { allNull, type ColumnType } from '../../formats/vectors.ts'

/** A column that a block does not have is one of nulls, as for the SDK. Throws CorruptData where it has another type. */
export function sourceRows({ columns }: SourceScan, block: BlockRows, receivedBytes: number): SourceRows {
  const places = new Map(block.schema.fields.map((field, i) => [field.name, i]))
  return {
    rows: block.rows,
    columns: columns.map(({ name, type }) => {
      const wanted = columnType(type)
      const place = places.get(name)
      if (place === undefined) return allNull(wanted, block.rows)
      const told = columnTypeOf(block.schema.fields[place]!)
      if (!isSame(told, wanted)) throw new CorruptData(`column ${name} is told as ${told.kind}, not as ${wanted.kind}`)
      return block.columns[place]!
    }),
    receivedBytes,
  }
}

/** Fields of a struct are the table's, whatever they are called. */
export function isSame(a: ColumnType, b: ColumnType): boolean {
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'decimal':
      return b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale
    case 'list':
      return b.kind === 'list' && isSame(a.element, b.element)
    case 'map':
      return b.kind === 'map' && isSame(a.key, b.key) && isSame(a.value, b.value)
    case 'struct':
      return (
        b.kind === 'struct' &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, i) => isSame(field.type, b.fields[i]!.type))
      )
    default:
      return true
  }
}
