import type { Partition, Table } from '../../core/catalog/catalog.ts'
import { partitionPath, unescapePathName, valuesOfPath } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { type Method, method, type ThriftCall } from '../../protocol/thrift/service.ts'
import { bool, i16, i32, i64, list, record, string, struct, type Type } from '../../protocol/thrift/types.ts'
import { fieldSchema, type HivePartition, hivePartition, type PartitionSpec, partitionSpec } from './catalog-structs.ts'
import { META, NO_SUCH_OBJECT } from './faults.ts'
import { type Metastore, requireTable } from './metastore.ts'
import { byFilter, byValues, findPartitions, type PartitionSearch } from './partition-search.ts'
import { hivePartitionOf, keptValues, valuesOfName } from './partition-shape.ts'

const THROWS = [META, NO_SUCH_OBJECT]
/** Some methods declare the two the other way round, and a number stands for each. */
const THROWS_TURNED = [NO_SUCH_OBJECT, META]
const ADDRESS = { db_name: [1, string], tbl_name: [2, string] } as const
const BY_VALUES = { ...ADDRESS, part_vals: [3, list(string)] } as const
const BY_NAME = { ...ADDRESS, part_name: [3, string] } as const
const BY_NAMES = { ...ADDRESS, names: [3, list(string)] } as const
const BY_FILTER = { ...ADDRESS, filter: [3, string] } as const

interface Address {
  readonly db_name?: string
  readonly tbl_name?: string
}

export function partitions(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope } = metastore
  const tableOf = ({ db_name, tbl_name }: Address): Table => requireTable(metastore, db_name, tbl_name)

  function one(table: Table, given: readonly string[] = []): HivePartition {
    const values = keptValues(given)
    const found = catalog.partitions.find(scope, table.database, table.descriptor.Name, values)
    if (!found) throw new Fault('not-found', 'partition', `partition values=[${values.join(', ')}]`)
    return hivePartitionOf(table, found)
  }

  const named = (table: Table, names: readonly string[] = []): HivePartition[] =>
    names.flatMap((name) => {
      const values = valuesOfName(table, name)
      const found = catalog.partitions.find(scope, table.database, table.descriptor.Name, values)
      return found ? [hivePartitionOf(table, found)] : []
    })

  type Shape<T> = (table: Table, found: readonly Partition[]) => T
  const whole: Shape<HivePartition[]> = (table, found) => found.map((partition) => hivePartitionOf(table, partition))
  const names: Shape<string[]> = (table, found) =>
    found.map(({ descriptor }) => partitionPath(table, descriptor.Values))
  const specs: Shape<PartitionSpec[]> = (table, found) => [
    {
      dbName: table.database,
      tableName: table.descriptor.Name,
      rootPath: table.descriptor.StorageDescriptor?.Location,
      partitionList: { partitions: whole(table, found) },
    },
  ]

  async function search<T>(
    args: Address & { readonly max_parts?: number },
    searchOf: (table: Table) => PartitionSearch,
    shape: Shape<T>,
    { signal }: ThriftCall,
  ): Promise<T> {
    const table = tableOf(args)
    return shape(table, await findPartitions(metastore, table, searchOf(table), args.max_parts ?? -1, signal))
  }

  const every = <T>(result: Type<T>, shape: Shape<T>, max: Type<number> = i16): Method =>
    method({ ...ADDRESS, max_parts: [3, max] }, result, THROWS_TURNED, (args, call) =>
      search(args, () => ({}), shape, call),
    )
  const partial = <T>(result: Type<T>, shape: Shape<T>, throws = THROWS): Method =>
    method({ ...BY_VALUES, max_parts: [4, i16] }, result, throws, (args, call) =>
      search(args, (table) => byValues(table, args.part_vals), shape, call),
    )
  const filtered = <T>(result: Type<T>, shape: Shape<T>, max: Type<number> = i16): Method =>
    method({ ...BY_FILTER, max_parts: [4, max] }, result, THROWS, (args, call) =>
      search(args, (table) => byFilter(table, args.filter), shape, call),
    )

  return {
    get_partition: method(BY_VALUES, hivePartition, THROWS, (args) => one(tableOf(args), args.part_vals)),
    get_partition_with_auth: method(BY_VALUES, hivePartition, THROWS, (args) => one(tableOf(args), args.part_vals)),
    get_partition_by_name: method(BY_NAME, hivePartition, THROWS, (args) => {
      const table = tableOf(args)
      return one(table, valuesOfName(table, args.part_name ?? ''))
    }),
    get_partitions_by_names: method(BY_NAMES, list(hivePartition), THROWS, (args) => named(tableOf(args), args.names)),
    get_partitions_by_names_req: method(
      {
        req: [
          1,
          struct({ db_name: [1, string, 'required'], tbl_name: [2, string, 'required'], names: [3, list(string)] }),
          'required',
        ],
      },
      struct({ partitions: [1, list(hivePartition), 'required'] }),
      THROWS,
      ({ req }) => ({ partitions: named(tableOf(req), req.names) }),
    ),
    get_partitions: every(list(hivePartition), whole),
    get_partitions_with_auth: every(list(hivePartition), whole),
    get_partitions_pspec: every(list(partitionSpec), specs, i32),
    get_partition_names: every(list(string), names),
    get_partitions_ps: partial(list(hivePartition), whole),
    get_partitions_ps_with_auth: partial(list(hivePartition), whole, THROWS_TURNED),
    get_partition_names_ps: partial(list(string), names),
    get_partitions_by_filter: filtered(list(hivePartition), whole),
    get_part_specs_by_filter: filtered(list(partitionSpec), specs, i32),
    get_num_partitions_by_filter: filtered(i32, (_, found) => found.length),
    get_partition_values: partitionValues(metastore),
    ...partitionNames,
  }
}

/** The distinct values of some of the keys. */
function partitionValues(metastore: Metastore): Method {
  const request = struct({
    dbName: [1, string, 'required'],
    tblName: [2, string, 'required'],
    partitionKeys: [3, list(fieldSchema), 'required'],
    applyDistinct: [4, bool],
    filter: [5, string],
    ascending: [7, bool],
    maxParts: [8, i64],
  })
  const rows = struct({ partitionValues: [1, list(struct({ row: [1, list(string), 'required'] })), 'required'] })
  return method({ request: [1, request, 'required'] }, rows, THROWS, async ({ request }, { signal }) => {
    const table = requireTable(metastore, request.dbName, request.tblName)
    const most = Number(request.maxParts ?? -1)
    const found = await findPartitions(metastore, table, byFilter(table, request.filter), most, signal)
    const places = request.partitionKeys.map(({ name = '' }) => keyPlace(table, name))
    const all = found.map(({ descriptor }) => places.map((place) => descriptor.Values[place] ?? ''))
    const distinct =
      request.applyDistinct === false ? all : [...new Map(all.map((row) => [row.join('\0'), row])).values()]
    if (request.ascending === false) distinct.reverse()
    return { partitionValues: distinct.map((row) => ({ row })) }
  })
}

function keyPlace({ descriptor }: Table, name: string): number {
  const place = (descriptor.PartitionKeys ?? []).findIndex((key) => key.Name.toLowerCase() === name.toLowerCase())
  if (place < 0) throw new Fault('invalid', 'partition', `Key ${name} is not a partition key`)
  return place
}

/** What a name says by itself. */
const partitionNames: Readonly<Record<string, Method>> = {
  partition_name_to_vals: method({ part_name: [1, string] }, list(string), [META], ({ part_name }) =>
    part_name ? valuesOfPath(part_name) : [],
  ),
  partition_name_to_spec: method({ part_name: [1, string] }, record(string), [META], ({ part_name }) =>
    Object.fromEntries(
      (part_name ? part_name.split('/') : []).map((part) => {
        const equals = part.indexOf('=')
        return [unescapePathName(part.slice(0, Math.max(equals, 0))), unescapePathName(part.slice(equals + 1))]
      }),
    ),
  ),
  // Hive's own has a pattern to be set, and by default none.
  partition_name_has_valid_characters: method({ part_vals: [1, list(string)] }, bool, [META], () => true),
}
