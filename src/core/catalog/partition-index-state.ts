/** Where partition indexes are kept: what each is, beside its table, and its entries. */
import type { StateReader } from '../ports.ts'
import type { PartitionIndex, Scope } from './catalog.ts'
import { SEPARATOR, space } from './names.ts'
import type { IndexedKey } from './partition-index-entry.ts'

export interface PartitionIndexDocument extends Omit<PartitionIndex, 'keys'> {
  readonly id: string
  readonly keys: readonly IndexedKey[]
  /** ISO 8601. */
  readonly createdAt: string
}

/** Of one table there are three at most, and the last ten that failed. */
const MOST_OF_A_TABLE = 100

/** In the order in which they were made. */
export function indexesOf(state: StateReader, scope: Scope, table: string): PartitionIndexDocument[] {
  const range = { prefix: `${table}${SEPARATOR}`, limit: MOST_OF_A_TABLE }
  const found = state.list<PartitionIndexDocument>(space('partition-indexes', scope), range)
  return found.map(({ doc }) => doc).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
}

export const indexKey = (table: string, id: string): string => `${table}${SEPARATOR}${id}`
export const entryPrefix = (table: string, id: string): string => `${indexKey(table, id)}${SEPARATOR}`

/** Whether partitions are to be written to it. */
export const isKept = ({ state }: PartitionIndexDocument): boolean => state === 'CREATING' || state === 'ACTIVE'
