/** Every method, called with whatever its arguments may hold: it answers or refuses, and never by a bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCatalog } from '../../core/catalog/catalog-state.ts'
import { systemClock as clock } from '../../core/clock.ts'
import type { EventRecord } from '../../core/events/event.ts'
import { createBucket } from '../../core/objects/buckets.ts'
import { lakeFiles } from '../../core/objects/lake-files.ts'
import { objectStore } from '../../core/objects/store.ts'
import { Permissions } from '../../core/permissions/permissions.ts'
import { writeHead } from '../../protocol/thrift/message.ts'
import { thriftObserver } from '../../protocol/thrift/observation.ts'
import { createThriftDispatcher, type ThriftDispatcher, type ThriftOutcome } from '../../protocol/thrift/service.ts'
import type { AnyType, Struct } from '../../protocol/thrift/types.ts'
import { Writer } from '../../protocol/thrift/writer.ts'
import { openMemoryBlobs } from '../../storage/blobs-memory.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { hiveMetastore } from './service.ts'

const SCOPE = { account: '000000000000', region: 'us-east-1' }
const CALLS = 12_000
const LIKELY = ['a', 'db', 't', 't2', 'id', 'day', 'n', '1', '2', 'day=1/n=2']
const UNLIKELY = [
  ...['', '*', '@hive#a', '@hive#', '@x#y', '__HIVE_DEFAULT_PARTITION__', '__proto__', 'constructor', 'é/%', '\0', '('],
  ...['s3a://lake/t', 's3://none/t', 'file:/x', 's3://', 'TRUE', 'MANAGED_TABLE', 'EXTERNAL_TABLE', 'VIRTUAL_VIEW'],
  ...['day = "1"', 'n > 1 and day like ".*"', 'int', 'double', 'decimal(10,2)', 'a'.repeat(300)],
]

let seed = 7
const below = (limit: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return (seed >>> 8) % limit
}
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
const several = <T>(make: () => T): T[] => Array.from({ length: below(4) }, make)

function anything(type: AnyType): unknown {
  switch (type.kind) {
    case 'bool':
      return below(2) === 1
    case 'byte':
    case 'i16':
      return pick([-1, 0, 1, 5, 127])
    case 'i32':
      return pick([-1, 0, 1, 2, 3, 2 ** 31 - 1, -(2 ** 31)])
    case 'i64':
      return pick([-1, 0, 1, 99, 2n ** 63n - 1n, -(2n ** 63n)])
    case 'double':
      return pick([0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY])
    case 'string':
      return pick(below(10) < 7 ? LIKELY : UNLIKELY)
    case 'binary':
      return new Uint8Array(below(5))
    case 'list':
    case 'set':
      return several(() => anything(type.of))
    case 'record':
      return Object.fromEntries(several(() => [pick(LIKELY), anything(type.value)]))
    case 'map':
      return new Map(several(() => [anything(type.key), anything(type.value)] as const))
    case 'struct': {
      const present = type.fields.filter((field) => field.required || below(4) > 0)
      return Object.fromEntries(present.map((field) => [field.name, anything(field.type)]))
    }
  }
}

async function call(dispatch: ThriftDispatcher, name: string, args: Struct<unknown>, value: unknown): Promise<void> {
  const writer = new Writer(1 << 24)
  writeHead(writer, { name, type: 1, sequence: 1, strict: true })
  writer.struct(args, value)
  await dispatch(writer.finish(), { address: '127.0.0.1' }, new AbortController().signal)
}

/** What reads and changes nothing of the catalog, or nothing that Glue has. */
const UNTOLD = new Set(
  [
    'aliveSince flushCache getCounters getMetaConf getName getOptions getStatus getStatusDetails getVersion get_config_value',
    'setMetaConf set_ugi shutdown check_lock heartbeat lock show_locks unlock',
    'partition_name_has_valid_characters partition_name_to_spec partition_name_to_vals',
    'get_check_constraints get_default_constraints get_foreign_keys get_not_null_constraints get_primary_keys',
    'get_unique_constraints get_materialized_views_for_rewriting get_principals_in_role get_privilege_set get_role_names',
    'get_role_grants_for_principal list_privileges list_roles',
  ].flatMap((line) => line.split(' ')),
)

test('no method has a bug that arguments can find', async () => {
  const state = openMemoryState()
  const objects = objectStore({ state, blobs: openMemoryBlobs(), clock }, 0)
  await createBucket(objects, { name: 'lake', ...SCOPE })
  const rooms: Parameters<typeof hiveMetastore>[0] = {
    catalog: openCatalog(state, clock),
    permissions: new Permissions(state),
    files: lakeFiles(objects),
    clock,
  }
  const service = hiveMetastore(rooms, SCOPE, 's3a://lake/warehouse')
  const bugs: string[] = []
  const done = new Set<string>()
  const told = new Set<string>()
  const events: EventRecord[] = []
  const append = (event: EventRecord) => {
    events.push(event)
    told.add(String(event.additionalEventData!.thriftMethod))
  }
  const count = ({ operation, status }: ThriftOutcome) => void (status === 200 && done.add(operation))
  const dispatch = createThriftDispatcher(service, {
    clock,
    maxAnswerBytes: 1 << 24,
    observe: thriftObserver(service, { count, clock, scope: SCOPE, events: { journal: { append } } }),
    report: (error, method) => bugs.push(`${method}: ${error instanceof Error ? error.stack : error}`),
  })
  const names = Object.keys(service.methods)
  const described = (name: string) => service.methods[name]!.args
  for (let i = 0; i < CALLS; i++) {
    if (i % 40 === 0) {
      await call(dispatch, 'create_database', described('create_database'), { database: { name: pick(['a', 'db']) } })
      const partitionKeys = [
        { name: 'day', type: pick(['string', 'int', 'date']) },
        { name: 'n', type: 'int' },
      ]
      const sd = { cols: [{ name: 'id', type: 'bigint' }] }
      const tbl = {
        dbName: pick(['a', 'db']),
        tableName: pick(['t', 't2']),
        sd,
        partitionKeys,
        tableType: 'MANAGED_TABLE',
      }
      await call(dispatch, 'create_table', described('create_table'), { tbl })
    }
    const name = pick(names)
    await call(dispatch, name, described(name), anything(described(name)))
  }
  assert.deepEqual(bugs, [])
  // Whatever concerns the catalog is an event, whether it was done or refused.
  assert.deepEqual(new Set(names.filter((name) => !told.has(name))), UNTOLD)
  for (const { errorCode, requestParameters } of events) {
    assert.match(errorCode ?? 'AccessDeniedException', /Exception$/)
    assert.ok(JSON.stringify(requestParameters).length < 200_000)
  }
  // Most of them have also done what they are there for.
  assert.ok(done.size > names.length * 0.7, `${done.size} of ${names.length}`)
})
