/** Every method, called with whatever its arguments may hold: it answers or refuses, and never by a bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCatalog } from '../../core/catalog/catalog-state.ts'
import { systemClock as clock } from '../../core/clock.ts'
import { createBucket } from '../../core/objects/buckets.ts'
import { lakeFiles } from '../../core/objects/lake-files.ts'
import { objectStore } from '../../core/objects/store.ts'
import { Permissions } from '../../core/permissions/permissions.ts'
import { writeHead } from '../../protocol/thrift/message.ts'
import { createThriftDispatcher, type ThriftDispatcher } from '../../protocol/thrift/service.ts'
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
  await dispatch(writer.finish(), new AbortController().signal)
}

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
  const dispatch = createThriftDispatcher(service, {
    clock,
    maxAnswerBytes: 1 << 24,
    observe: ({ operation, status }) => void (status === 200 && done.add(operation)),
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
  // Most of them have also done what they are there for.
  assert.ok(done.size > names.length * 0.7, `${done.size} of ${names.length}`)
})
