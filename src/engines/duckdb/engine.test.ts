import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { systemClock } from '../../core/clock.ts'
import type { Rel } from '../../sql/plan.ts'
import { BIGINT, BOOLEAN, DOUBLE, VARCHAR } from '../../sql/types.ts'
import { describeEngine } from '../engine.contract.ts'
import {
  bigint,
  call,
  column,
  counted,
  endless,
  LIMITS,
  largest,
  literals,
  openPlace,
  type Place,
  planOf,
  relationOf,
  scanOf,
} from '../engine.fixture.ts'
import { type DuckdbEngine, openDuckdbEngine } from './engine.ts'

const MEMORY_BYTES = 512 * 1_048_576
const never = new AbortController().signal

const open = (place: Place, workers = 2) =>
  openDuckdbEngine({
    workers,
    memoryBytes: MEMORY_BYTES,
    temporaryDirectory: join(place.directory, 'tmp'),
    clock: systemClock,
  })

describeEngine('DuckDB in child processes', open)

describe('DuckDB workers', () => {
  let place: Place
  let engine: DuckdbEngine
  before(() => {
    place = openPlace()
    engine = open(place)
  })
  after(async () => {
    await engine.close()
    place.remove()
  })

  test('warming starts one worker', async () => {
    await engine.warm()
    assert.equal(engine.pids.length, 1)
  })

  test('a worker that is killed fails its plan and no other', async () => {
    const doomed = engine.run(planOf(largest(endless())), never)
    // Handled at once, looked at below.
    doomed.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 500))
    process.kill(engine.pids[0]!, 'SIGKILL')
    await assert.rejects(doomed, {
      code: 'GENERIC_INTERNAL_ERROR',
      message: 'The query engine ended unexpectedly (SIGKILL)',
    })
    assert.deepEqual((await engine.run(planOf(literals(bigint(7))), never)).values, [['7']])
  })

  test('bytes scanned are those of the column chunks that a query needs', async () => {
    const localPath = place.path()
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const rows = 'SELECT i AS a, i * 1.5::DOUBLE AS b, md5(i::VARCHAR) AS c FROM range(200000) t(i)'
    await connection.run(`COPY (${rows}) TO '${localPath}' (FORMAT parquet, ROW_GROUP_SIZE 50000)`)
    const chunks = await connection.runAndReadAll(
      `SELECT path_in_schema, sum(total_compressed_size)::BIGINT FROM parquet_metadata('${localPath}') GROUP BY 1`,
    )
    const sizes = new Map(chunks.getRows().map(([name, size]) => [String(name), Number(size)]))
    instance.closeSync()
    const columns = [
      ['a', BIGINT],
      ['b', DOUBLE],
      ['c', VARCHAR],
    ] as const
    const relation = relationOf({ kind: 'parquet' }, columns, [place.known(localPath)])
    const scanned = async (names: readonly string[]) =>
      (await engine.run(planOf(largest(scanOf(relation, names)), { relations: [relation] }), never)).scannedBytes
    const cold = await scanned(['a'])
    // Footers are small; what is read of them comes on top.
    const footerBytes = 32_768
    for (const names of [['a'], ['a', 'b']]) {
      const wanted = sizes.get('a')!
      const read = await scanned(names)
      assert.ok(read >= wanted && read <= wanted + footerBytes, `${names}: ${read} for ${wanted}`)
    }
    assert.equal(await scanned(['a']), cold, 'what has run before makes no difference')
    // The file's own statistics say that it holds for every row.
    const predicate = call('$ge', BOOLEAN, column(0, BIGINT), bigint(0))
    const proven = counted({ kind: 'filter', input: scanOf(relation, ['a']), predicate })
    const filtered = await engine.run(planOf(proven, { relations: [relation] }), never)
    assert.deepEqual(filtered.values, [['200000']])
    assert.ok(filtered.scannedBytes >= sizes.get('a')!, `${filtered.scannedBytes}`)
    const count = await engine.run(planOf(counted(scanOf(relation, [])), { relations: [relation] }), never)
    assert.deepEqual(count.values, [['200000']])
    assert.ok(count.scannedBytes <= footerBytes)
  })

  test('a plan that comes again reads, and is told to have read, what it read before', async () => {
    const localPath = place.path()
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const rows = 'SELECT i AS a, i % 7 AS b, md5(i::VARCHAR) AS c FROM range(200000) t(i)'
    await connection.run(`COPY (${rows}) TO '${localPath}' (FORMAT parquet, ROW_GROUP_SIZE 51200)`)
    instance.closeSync()
    const columns = [
      ['a', BIGINT],
      ['b', BIGINT],
      ['c', VARCHAR],
    ] as const
    const relation = relationOf({ kind: 'parquet' }, columns, [place.known(localPath)])
    const few = call('$lt', BOOLEAN, column(0, BIGINT), bigint(60_000))
    const roots = [
      largest(scanOf(relation, ['a'])),
      largest({ kind: 'filter', input: scanOf(relation, ['a', 'c']), predicate: few }),
      counted({ kind: 'filter', input: scanOf(relation, ['a', 'b']), predicate: few }),
    ]
    const told = async (root: Rel) => {
      const sink = { kind: 'result-csv', localPath: place.path() } as const
      const { rows, scannedBytes, scannedByRelation, rowsByRelation } = await engine.run(
        planOf(root, { relations: [relation], sink }),
        never,
      )
      return { rows, scannedBytes, scannedByRelation, rowsByRelation, text: readFileSync(sink.localPath, 'utf8') }
    }
    const first = []
    for (const root of roots) first.push(await told(root))
    assert.deepEqual(
      first.map(({ rowsByRelation }) => Object.values(rowsByRelation ?? {})),
      [[200_000], [102_400], [102_400]],
    )
    for (const _ of [1, 2, 3]) for (const [i, root] of roots.entries()) assert.deepEqual(await told(root), first[i])
  })

  test('closing ends the plans that run, the processes and the temporary files', async () => {
    const other = open(place)
    const work = other.run(planOf(largest(endless()), { limits: LIMITS }), never)
    work.catch(() => undefined)
    await other.warm()
    const pids = other.pids
    await other.close()
    await assert.rejects(work, { code: 'GENERIC_INTERNAL_ERROR' })
    for (const pid of pids) assert.throws(() => process.kill(pid, 0))
    assert.equal(existsSync(join(place.directory, 'tmp')), false)
  })
})
