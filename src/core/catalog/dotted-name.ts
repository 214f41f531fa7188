/** `database.table`: how plans, failures and advice name a table of the lake. */
import type { Table } from './catalog.ts'

export const dottedName = ({ database, descriptor }: Pick<Table, 'database' | 'descriptor'>): string =>
  `${database}.${descriptor.Name}`

export function nameParts(name: string): { readonly database: string; readonly table: string } {
  const [database = '', table = ''] = name.split('.')
  return { database, table }
}
