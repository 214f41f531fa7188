/**
 * What the server says of the columns of a result, as the information schema would say it of a table's.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html
 */
import type { FieldPacket } from 'mysql2'
import type { ColumnDeclaration } from './columns.ts'

const NAMES: Readonly<Record<number, string>> = {
  0: 'decimal',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  7: 'timestamp',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  16: 'bit',
  245: 'json',
  246: 'decimal',
  255: 'geometry',
}
/** What holds characters, or bytes where its character set is the one of bytes. */
const TEXTS: ReadonlySet<number> = new Set([15, 247, 248, 249, 250, 251, 252, 253, 254])
const BYTES = 63
const UNSIGNED = 0x20

export function declarationOf({
  type = 0,
  flags,
  characterSet,
  columnLength = 0,
  decimals = 0,
}: FieldPacket): ColumnDeclaration {
  const dataType = TEXTS.has(type) ? (characterSet === BYTES ? 'blob' : 'text') : (NAMES[type] ?? 'text')
  const isUnsigned = dataType !== 'bit' && (Number(flags) & UNSIGNED) !== 0
  // The length counts a sign and a point.
  const precision = columnLength - (isUnsigned ? 0 : 1) - (decimals > 0 ? 1 : 0)
  return {
    dataType,
    columnType: `${dataType}(${columnLength})${isUnsigned ? ' unsigned' : ''}`,
    precision,
    scale: decimals,
  }
}
