/** The lists of a manifest that say of a file's columns how large they are, what they count and within which bounds they are. */
import type { Cursor } from '../avro/cursor.ts'
import type { AvroType } from '../avro/schema.ts'
import { valueReader } from '../avro/values.ts'
import { CorruptData } from '../corrupt-data.ts'
import { BOUNDS, type ToldColumns, type ToldList } from './told-columns.ts'

export type Read = (cursor: Cursor) => unknown

/** Reads a list of the file that `told` is at; of `columns` alone where they are given. */
export function toldReader(
  type: AvroType,
  list: ToldList,
  columns: ReadonlySet<number> | undefined,
  told: ToldColumns,
): Read {
  if (!hasPlainPairs(type)) return uncertainPairs(valueReader(type), list, columns, told)
  const pairs = pairsOf(list, told)
  return optionalReader(type, (cursor) => {
    const from = told.count(list)
    if (columns) chosenPairs(cursor, columns, pairs)
    else allPairs(cursor, pairs)
    told.close(list, from)
  })
}

/** Null where the union says so. */
export function optionalReader(type: AvroType, read: Read): Read {
  if (type.kind !== 'union') return read
  const isNull = type.branches.map((branch) => branch.kind === 'null')
  return (cursor) => {
    const branch = cursor.int()
    if (isNull[branch] === undefined) throw new CorruptData('a union has no such branch')
    return isNull[branch] ? null : read(cursor)
  }
}

/** How what is told of a column is taken, and how it is stepped over. */
interface ToldPair {
  readonly take: (cursor: Cursor, id: number) => void
  readonly pass: (cursor: Cursor) => void
  readonly passPairs: (cursor: Cursor, count: number) => void
}

const isOfBounds = (list: ToldList): boolean => BOUNDS.some((one) => one === list)

const pairsOf = (list: ToldList, told: ToldColumns): ToldPair =>
  isOfBounds(list)
    ? {
        take: (cursor, id) => told.addBound(id, cursor.bytes, cursor.stretch(), cursor.at),
        pass: (cursor) => cursor.stretch(),
        passPairs: (cursor, count) => {
          for (let i = 0; i < count; i++) {
            cursor.pass()
            cursor.stretch()
          }
        },
      }
    : {
        take: (cursor, id) => told.addNumber(id, cursor.number()),
        pass: (cursor) => cursor.pass(),
        passPairs: (cursor, count) => cursor.passAll(2 * count),
      }

/** Whether key and value are always there, as the specification has it; some writers let them and the whole pair be null. */
function hasPlainPairs(type: AvroType): boolean {
  const list = type.kind === 'union' ? type.branches.find((branch) => branch.kind === 'array') : type
  if (list?.kind !== 'array' || list.items.kind !== 'record') return false
  const [key, value, ...others] = list.items.fields
  return key?.type.kind === 'int' && value !== undefined && value.type.kind !== 'union' && others.length === 0
}

function uncertainPairs(read: Read, list: ToldList, columns: ReadonlySet<number> | undefined, told: ToldColumns): Read {
  return (cursor) => {
    const listed = read(cursor)
    if (!Array.isArray(listed)) return
    const from = told.count(list)
    for (const pair of listed as readonly ({ readonly key?: unknown; readonly value?: unknown } | null)[]) {
      const { key, value } = pair ?? {}
      if (typeof key !== 'number' || value === null || (columns && !columns.has(key))) continue
      if (!isOfBounds(list)) told.addNumber(key, Number(value))
      else if (value instanceof Uint8Array) told.addBound(key, value, 0, value.length)
    }
    told.close(list, from)
  }
}

/** Each of a field's id takes a byte, and what belongs to it one more. */
const PAIR_BYTES = 2

function allPairs(cursor: Cursor, pairs: ToldPair): void {
  for (let count = cursor.items(PAIR_BYTES); count > 0; count = cursor.items(PAIR_BYTES))
    for (let i = 0; i < count; i++) pairs.take(cursor, cursor.int())
}

/** Behind the last of the columns nothing is looked at any more. */
function chosenPairs(cursor: Cursor, columns: ReadonlySet<number>, pairs: ToldPair): void {
  let missing = columns.size
  for (let count = cursor.items(PAIR_BYTES); count > 0; count = cursor.items(PAIR_BYTES)) {
    let left = count
    for (; missing > 0 && left > 0; left--) {
      const id = cursor.int()
      if (columns.has(id)) {
        pairs.take(cursor, id)
        missing--
      } else pairs.pass(cursor)
    }
    pairs.passPairs(cursor, left)
  }
}
