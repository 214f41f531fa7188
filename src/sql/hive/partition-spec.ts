import { comparison } from '../comparison.ts'
import type { PartitionSpec } from './ast.ts'
import type { HiveCursor } from './cursor.ts'

/** `(year = '2024', month = 1)`. */
export function partitionSpec(cursor: HiveCursor): PartitionSpec {
  return cursor.parenthesized(() =>
    cursor.list(() => {
      const start = cursor.token
      const column = cursor.identifier()
      const op = comparison(cursor.token)
      if (!op) cursor.fail()
      cursor.advance()
      return { column, op, value: partitionValue(cursor), at: cursor.since(start) }
    }),
  )
}

/** A string, a number, or a string with its type before it: `DATE '2024-01-01'`. */
function partitionValue(cursor: HiveCursor): string {
  const { token } = cursor
  if ((token.word === 'DATE' || token.word === 'TIMESTAMP') && cursor.peek().kind === 'string') {
    cursor.advance()
    return cursor.string()
  }
  const sign = cursor.acceptOperator('-') ? '-' : ''
  const { kind } = cursor.token
  if (kind === 'integer' || kind === 'decimal' || kind === 'double') return sign + cursor.advance().text
  if (sign !== '') return cursor.fail()
  const { word } = cursor.token
  if (word === 'TRUE' || word === 'FALSE') return cursor.advance().text.toLowerCase()
  return cursor.string()
}
