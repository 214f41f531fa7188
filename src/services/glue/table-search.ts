import { setImmediate } from 'node:timers/promises'
import type { Catalog, Scope, Table } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { reachedScope } from './scope.ts'
import { glueTable } from './table-shape.ts'

/** SearchTables, as its reference says: `Filters` match whole tokens of a text, comparators are for times. */
export function tableSearch({ catalog, permissions }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    async SearchTables(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const filters = (input.Filters ?? []).map(filter)
      const text = input.SearchText === undefined ? () => true : textFilter(input.SearchText)
      const wanted = (table: Table) => text(table) && filters.every((keep) => keep(table))
      const found = await tablesThat(wanted, catalog, scope, call.signal)
      const [sort] = input.SortCriteria ?? []
      if (sort) found.sort(order(sort.FieldName ?? 'Name', sort.Sort === 'DESC' ? -1 : 1))
      const start = Number(cursorOf(input.NextToken) ?? 0)
      const end = start + (input.MaxResults ?? 100)
      return {
        TableList: found.slice(start, end).map((table) => glueTable(table, scope, permissions)),
        NextToken: end < found.length ? tokenOf(String(end)) : undefined,
      }
    },
  }
}

const PORTION = 500

/** In order of database and name. All are looked at, and others get their turn between two portions. */
async function tablesThat(keep: Keep, catalog: Catalog, scope: Scope, signal: AbortSignal): Promise<Table[]> {
  const found: Table[] = []
  for await (const databases of portions((after) => catalog.databases.list(scope, { after, limit: PORTION }), signal))
    for (const { descriptor } of databases) {
      const list = (after: string | undefined) => catalog.tables.list(scope, descriptor.Name, { after, limit: PORTION })
      for await (const tables of portions(list, signal)) found.push(...tables.filter(keep))
    }
  return found
}

async function* portions<T extends { descriptor: { Name: string } }>(
  read: (after: string | undefined) => T[],
  signal: AbortSignal,
): AsyncGenerator<T[]> {
  for (let page = read(undefined); page.length > 0; page = read(page.at(-1)!.descriptor.Name)) {
    yield page
    if (page.length < PORTION) return
    await setImmediate(undefined, { signal })
  }
}

type Keep = (table: Table) => boolean

function filter({ Key, Value, Comparator }: { Key?: string; Value?: string; Comparator?: string }): Keep {
  if (!Key || Value === undefined) throw new AwsError('InvalidInputException', 'A filter needs a Key and a Value.')
  if (Key === 'UpdateTime' || Key === 'CreateTime') {
    const wanted = Date.parse(Value)
    if (Number.isNaN(wanted)) throw new AwsError('InvalidInputException', `Invalid time: ${Value}`)
    return (table) => compareTimes(Date.parse(String(field(table, Key))), wanted, Comparator ?? 'EQUALS')
  }
  const wanted = Value.toLowerCase()
  return (table) => {
    const text = String(field(table, Key) ?? '').toLowerCase()
    return text === wanted || text.split(/[^\p{L}\p{N}_]+/u).includes(wanted)
  }
}

function compareTimes(time: number, wanted: number, comparator: string): boolean {
  switch (comparator) {
    case 'GREATER_THAN':
      return time > wanted
    case 'GREATER_THAN_EQUALS':
      return time >= wanted
    case 'LESS_THAN':
      return time < wanted
    case 'LESS_THAN_EQUALS':
      return time <= wanted
    default:
      return time === wanted
  }
}

/** In quotes the text must be one of a table's texts exactly, otherwise be found in one. */
function textFilter(searched: string): Keep {
  const quoted = /^"(.*)"$/s.exec(searched)
  const wanted = (quoted?.[1] ?? searched).toLowerCase()
  return (table) =>
    texts(table).some((text) => (quoted ? text.toLowerCase() === wanted : text.toLowerCase().includes(wanted)))
}

function texts({ database, descriptor }: Table): string[] {
  const columns = [...(descriptor.StorageDescriptor?.Columns ?? []), ...(descriptor.PartitionKeys ?? [])]
  return [
    database,
    descriptor.Name,
    descriptor.Description ?? '',
    descriptor.StorageDescriptor?.Location ?? '',
    ...columns.flatMap(({ Name, Comment }) => [Name, Comment ?? '']),
    ...Object.values(descriptor.Parameters ?? {}),
  ]
}

function field(table: Table, key: string): unknown {
  switch (key) {
    case 'DatabaseName':
      return table.database
    case 'CreateTime':
      return table.createdAt
    case 'UpdateTime':
      return table.updatedAt
    case 'CreatedBy':
      return table.createdBy
    case 'Name':
    case 'Description':
    case 'Owner':
    case 'TableType':
      return table.descriptor[key]
    case 'Location':
      return table.descriptor.StorageDescriptor?.Location
    default:
      return table.descriptor.Parameters?.[key]
  }
}

function order(key: string, sign: number): (a: Table, b: Table) => number {
  return (a, b) => {
    const [x, y] = [String(field(a, key) ?? ''), String(field(b, key) ?? '')]
    return x === y ? 0 : x < y ? -sign : sign
  }
}
