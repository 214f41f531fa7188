/** How the catalog names things, and where in the state store they are. */
import { Fault } from '../faults.ts'
import type { Scope, TableDescriptor } from './catalog.ts'

const MAX_NAME_BYTES = 255
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what names must not hold
const CONTROL = /[\0-\x08\x0a-\x1f]/
/** Sorts before everything a name may hold, so that what belongs together stays together. */
export const SEPARATOR = '\0'

/**
 * Lower case, as Glue folds names on every call. Throws `Fault('invalid', 'name')` for what its single-line pattern
 * refuses: control characters but the tab, and lone surrogates.
 */
export function foldName(name: string): string {
  if (name.trim() === '' || Buffer.byteLength(name) > MAX_NAME_BYTES || CONTROL.test(name) || !name.isWellFormed())
    throw new Fault('invalid', 'name', `Invalid name: ${JSON.stringify(name.slice(0, MAX_NAME_BYTES))}`)
  return name.toLowerCase()
}

type Kind =
  | 'databases'
  | 'tables'
  | 'table-versions'
  | 'partitions'
  | 'functions'
  | 'table-statistics'
  | 'partition-statistics'
  | 'partition-indexes'
  | 'partition-index-entries'
  | 'condemned'

export const space = (kind: Kind, { account, region }: Scope): string => `catalog/${kind}/${account}/${region}`

/** What is stored of a table. Its partitions, versions and statistics hang on `id`, which a rename does not change. */
export interface TableDocument {
  readonly id: string
  readonly database: string
  readonly descriptor: TableDescriptor
  readonly createdAt: string
  readonly updatedAt: string
  readonly createdBy: string
  readonly version: number
}

export const tableKey = (database: string, table: string): string => `${database}${SEPARATOR}${table}`

/** What tags hang on. */
export function databaseArn({ account, region }: Scope, database: string): string {
  return `arn:aws:glue:${region}:${account}:database/${database}`
}

export function tableArn({ account, region }: Scope, database: string, table: string): string {
  return `arn:aws:glue:${region}:${account}:table/${database}/${table}`
}

export function databaseMissing(name: string): Fault {
  return new Fault('not-found', 'database', `Database ${name} not found.`)
}
