/** Items of a SELECT that compute new columns, with companions for zones that depend on the row. */
import type { Assignment, Column } from '../plan.ts'
import { SqlError } from '../position.ts'
import { conform } from './casts.ts'
import type { Printing } from './context.ts'
import { printScalar } from './scalars.ts'
import { columnName, zoneName } from './selects.ts'
import { holdsZone } from './types.ts'
import { zoneOf } from './zone-inference.ts'
import { UTC, type Zone } from './zones.ts'

export function assignments(items: readonly Assignment[], printing: Printing): string[] {
  return items.flatMap(({ column, of }) => {
    const text = conform(printing, printScalar(of, printing), of.type, column.type)
    const name = columnName(column)
    const item = text === name ? name : `${text} AS ${name}`
    if (!holdsZone(column.type)) return [item]
    const zone = zoneOf(of, printing, (part) => printScalar(part, printing)) ?? UTC
    return [item, ...companion(column, zone, printing)]
  })
}

/** Registers the zone of a new column; where it depends on the row, yields the item that carries it. */
export function companion(column: Column, zone: Zone, printing: Printing): string[] {
  if (zone.name !== undefined) {
    printing.zones.set(column.id, zone)
    return []
  }
  if (column.type.kind !== 'timestamp with time zone')
    throw new SqlError('NOT_SUPPORTED', 'Nested timestamps whose time zone depends on the row are not supported')
  printing.zones.set(column.id, { sql: zoneName(column) })
  return [zone.sql === zoneName(column) ? zone.sql : `${zone.sql} AS ${zoneName(column)}`]
}
