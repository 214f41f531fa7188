/** Tables of formats that Athena reads and does not write: what it refuses to do with them. */
import { type Position, SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { isDeltaTable } from '../delta/delta-table.ts'
import { isHudi } from '../hudi/hudi-table.ts'
import { isLinked } from '../linked-files.ts'

type LakeFormat = 'Delta Lake' | 'Hudi' | 'SymlinkTextInputFormat'

/** Undefined for a table that Athena writes. */
export function lakeFormat(table: Table): LakeFormat | undefined {
  if (isDeltaTable(table)) return 'Delta Lake'
  const { StorageDescriptor: storage } = table.descriptor
  if (isHudi(storage)) return 'Hudi'
  return isLinked(storage) ? 'SymlinkTextInputFormat' : undefined
}

/** `what` is not for tables of `formats`. */
export function refuseFor(formats: readonly LakeFormat[], table: Table, what: string, at?: Position): void {
  const format = lakeFormat(table)
  if (format && formats.includes(format))
    throw new SqlError('NOT_SUPPORTED', `${what} is not supported for ${format} tables`, at)
}
