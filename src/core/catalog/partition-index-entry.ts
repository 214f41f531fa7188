/**
 * The entries of a partition index: the values of its keys as text that sorts as they do, then all values of the partition.
 * Which types can be indexed, and which texts not: docs, glue dg, partition-indexes.
 */
import { encodeValues } from './partition-key.ts'
import { type Comparable, DEFAULT_PARTITION, keyType } from './partition-value.ts'

/** A key of an index: its place among the table's partition keys, and Hive's name for its type. */
export interface IndexedKey {
  readonly name: string
  readonly at: number
  readonly type: string
}

export type EntryFault =
  | 'INVALID_PARTITION_TYPE_DATA_ERROR'
  | 'MISSING_PARTITION_VALUE_ERROR'
  | 'UNSUPPORTED_PARTITION_CHARACTER_ERROR'

/** Why an index of partitions that were there before it could not be made. */
export type BackfillFault = EntryFault | 'ENCRYPTED_PARTITION_ERROR'

const INDEXABLE: ReadonlySet<string | undefined> = new Set(['String', 'Integral', 'Date'])
/** An integer has at most 40 digits here. */
const LENGTH_DIGITS = 2
/** Sorts behind every number: the partition of a missing value. */
const MISSING_NUMBER = '2'
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what an index cannot hold
const UNSUPPORTED = /[\0-\x02]/

export const isIndexable = (type: string): boolean => INDEXABLE.has(keyType(type)?.family)

/** Why the partition cannot be in the index, or undefined when it can. */
export function entryFault(keys: readonly IndexedKey[], values: readonly string[]): EntryFault | undefined {
  for (const { at, type } of keys) {
    const value = values[at]
    if (value === undefined) return 'MISSING_PARTITION_VALUE_ERROR'
    if (UNSUPPORTED.test(value)) return 'UNSUPPORTED_PARTITION_CHARACTER_ERROR'
    if (value !== DEFAULT_PARTITION && keyType(type)?.parse(value) === undefined)
      return 'INVALID_PARTITION_TYPE_DATA_ERROR'
  }
  return undefined
}

/** Below the index's own prefix. The values have no `entryFault`. */
export function indexEntry(keys: readonly IndexedKey[], values: readonly string[]): string {
  const indexed = keys.map(({ at, type }) => {
    const value = keyType(type)!.parse(values[at]!)
    return value === undefined ? missing(type, values[at]!) : sortableText(value)
  })
  return encodeValues(indexed) + encodeValues(values)
}

const missing = (type: string, text: string): string => (keyType(type)?.family === 'Integral' ? MISSING_NUMBER : text)

/** Text whose order is the order of the values. */
export function sortableText(value: Comparable): string {
  if (typeof value === 'string') return value
  const digits = String(value < 0n ? -value : value)
  if (value >= 0n) return `1${String(digits.length).padStart(LENGTH_DIGITS, '0')}${digits}`
  // The larger below zero, the smaller: every digit is turned round.
  const turned = digits.replace(/\d/g, (digit) => String(9 - Number(digit)))
  return `0${String(10 ** LENGTH_DIGITS - 1 - digits.length).padStart(LENGTH_DIGITS, '0')}${turned}`
}
