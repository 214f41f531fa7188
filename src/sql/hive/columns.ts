/** Column lists, with types kept as text in Hive's own spelling: lower case, no spaces, field names as written. */
import type { Identifier } from '../ast.ts'
import type { HiveColumn, PartitionTransform } from './ast.ts'
import type { HiveCursor } from './cursor.ts'

/** Far beyond real schemas; keeps a wall of `array<` from exhausting the stack. */
const MAX_TYPE_DEPTH = 200

/** In parentheses: `(a int COMMENT 'x', b string)`. */
export function columns(cursor: HiveCursor): HiveColumn[] {
  return cursor.parenthesized(() => cursor.list(() => column(cursor)))
}

export function column(cursor: HiveCursor): HiveColumn {
  const start = cursor.token
  return typed(cursor, cursor.identifier(), start)
}

function typed(cursor: HiveCursor, name: Identifier, start = cursor.token): HiveColumn {
  const type = typeText(cursor, 0)
  const comment = cursor.accept('COMMENT') ? cursor.collapsedString() : undefined
  return { name, type, ...(comment !== undefined && { comment }), at: cursor.since(start) }
}

/** What kind of thing a name stands for is not known here: any word is taken, and the catalog refuses unknown types. */
function typeText(cursor: HiveCursor, depth: number): string {
  if (depth > MAX_TYPE_DEPTH || cursor.token.kind !== 'word') cursor.fail()
  const name = cursor.advance().text.toLowerCase()
  if (cursor.acceptOperator('<')) {
    const inside = name === 'struct' ? () => field(cursor, depth + 1) : () => typeText(cursor, depth + 1)
    const parts = cursor.list(inside)
    cursor.expectOperator('>')
    return `${name}<${parts.join(',')}>`
  }
  if (!cursor.acceptOperator('(')) return name
  const sizes = cursor.list(() => cursor.integer())
  cursor.expectOperator(')')
  return `${name}(${sizes.join(',')})`
}

/** Fields may be called like keywords; their comments are not part of a type. */
function field(cursor: HiveCursor, depth: number): string {
  const { token } = cursor
  if (token.kind !== 'word' && token.kind !== 'backquoted' && token.kind !== 'digit-word') cursor.fail()
  cursor.advance()
  cursor.expectOperator(':')
  const type = typeText(cursor, depth)
  if (cursor.accept('COMMENT')) cursor.string()
  return `${token.value}:${type}`
}

/** Hive's `(year string)`, or Iceberg's `(category, bucket(16, id), day(created))`. */
export function partitionColumns(cursor: HiveCursor): (HiveColumn | PartitionTransform)[] {
  return cursor.parenthesized(() => cursor.list(() => partitionColumn(cursor)))
}

function partitionColumn(cursor: HiveCursor): HiveColumn | PartitionTransform {
  const start = cursor.token
  const next = cursor.peek()
  if (start.kind === 'word' && next.kind === 'operator' && next.text === '(') {
    const transform = cursor.advance().text.toLowerCase()
    cursor.advance()
    const argument = cursor.token.kind === 'integer' ? cursor.integer() : undefined
    if (argument !== undefined) cursor.expectOperator(',')
    const name = sourceName(cursor)
    cursor.expectOperator(')')
    return { transform, column: name, ...(argument !== undefined && { argument }), at: cursor.since(start) }
  }
  if (next.kind === 'operator' && (next.text === ',' || next.text === ')'))
    return { transform: 'identity', column: listedName(cursor), at: cursor.since(start) }
  const name = sourceName(cursor)
  if (name.name.includes('.')) return { transform: 'identity', column: name, at: cursor.since(start) }
  return typed(cursor, name, start)
}

/** Of a column, or of a field inside one: whoever makes the table refuses the latter. */
function sourceName(cursor: HiveCursor): Identifier {
  const start = cursor.token
  const names = [cursor.identifier()]
  while (cursor.acceptOperator('.')) names.push(cursor.identifier())
  if (names.length === 1) return names[0]!
  return { name: names.map(({ name }) => name).join('.'), quoted: false, at: cursor.since(start) }
}

/** Of a column that is declared elsewhere: awswrangler's tests run `PARTITIONED BY (partition)` on AWS. */
function listedName(cursor: HiveCursor): Identifier {
  const { token } = cursor
  if (token.kind !== 'word') return cursor.identifier()
  cursor.advance()
  return { name: token.value, quoted: false, at: cursor.since(token) }
}
