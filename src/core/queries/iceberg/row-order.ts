/** The order in which rows are written again: that of the table, or one in which none of its columns comes before the others. */
import { currentSchema, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { parseTransform } from '../../../formats/iceberg/transforms.ts'
import { SqlError } from '../../../sql/position.ts'
import { quotedName } from '../../../sql/quotation.ts'

export interface RowOrder {
  readonly kind: 'sort' | 'z-order'
  /** Of the table's sort order, which files in the first kind of order are in. */
  readonly id: number
  readonly keys: readonly RowOrderKey[]
}

interface RowOrderKey {
  readonly column: string
  readonly descending: boolean
  readonly nullsFirst: boolean
}

const ordered = (metadata: TableMetadata) =>
  metadata['sort-orders'].find((one) => one['order-id'] === metadata['default-sort-order-id'])?.fields ?? []

export const isSorted = (metadata: TableMetadata): boolean => ordered(metadata).length > 0

/** By the table's own sort order. Throws where it has none, or one that is not that of columns. */
export function tableOrder(metadata: TableMetadata, kind: RowOrder['kind']): RowOrder {
  const id = metadata['default-sort-order-id']
  const fields = ordered(metadata)
  if (fields.length === 0)
    throw new SqlError('NOT_SUPPORTED', `The ${kind} strategy needs a table that has a sort order`)
  const keys = fields.map((field): RowOrderKey => {
    const column = currentSchema(metadata).fields.find((one) => one.id === field['source-id'])
    // Any other is as its column is ordered, only less finely.
    if (!column || ['bucket', 'unknown', 'void'].includes(parseTransform(field.transform).kind))
      throw new SqlError(
        'NOT_SUPPORTED',
        `Sorting by ${field.transform} of field ${field['source-id']} is not supported`,
      )
    return {
      column: column.name.toLowerCase(),
      descending: field.direction === 'desc',
      nullsFirst: field['null-order'] === 'nulls-first',
    }
  })
  return { kind, id, keys }
}

/** A query for the columns of a relation, all of whose rows are in order. */
export function orderedRows(columns: readonly string[], relation: string, order: RowOrder | undefined): string {
  const names = columns.map(quotedName).join(', ')
  if (!order) return `SELECT ${names} FROM ${relation}`
  if (order.kind === 'sort') return `SELECT ${names} FROM ${relation} ORDER BY ${order.keys.map(sortItem).join(', ')}`
  const ranks = order.keys.map(
    (key, i) =>
      `CAST(floor(percent_rank() OVER (ORDER BY ${sortItem(key)}) * ${STEPS - 1}) AS bigint) AS ${rankName(i)}`,
  )
  return `SELECT ${names} FROM (SELECT ${names}, ${ranks.join(', ')} FROM ${relation}) ORDER BY ${interleaved(order.keys.length)}`
}

const sortItem = ({ column, descending, nullsFirst }: RowOrderKey): string =>
  `${quotedName(column)} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`

/** No column of a table is called so. */
const rankName = (place: number): string => quotedName(`\u0001z${place}`)

/** Each column counts by where among all rows its values are, in so many steps: so they weigh alike, whatever their types. */
const STEP_BITS = 10
const STEPS = 1 << STEP_BITS
const MOST_BITS = 62

/** The bits of all ranks in turns, the highest of each first. */
function interleaved(count: number): string {
  const bits = Math.min(STEP_BITS, Math.floor(MOST_BITS / count))
  const terms: string[] = []
  for (let bit = 0; bit < bits; bit++)
    for (let i = 0; i < count; i++) {
      const taken = `bitwise_and(bitwise_right_shift(${rankName(i)}, ${STEP_BITS - bits + bit}), 1)`
      terms.push(`bitwise_left_shift(${taken}, ${bit * count + (count - 1 - i)})`)
    }
  return terms.join(' + ')
}
