/** A writer is killed at random moments; after each restart what it was told was done is there, and nothing by halves. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { openCatalog } from '../../src/core/catalog/catalog-state.ts'
import { systemClock } from '../../src/core/clock.ts'
import { readHeld } from '../../src/core/objects/bodies.ts'
import { listObjects } from '../../src/core/objects/listing.ts'
import { spaces } from '../../src/core/objects/object.ts'
import { closeObjects, type ObjectStore, openObjects } from '../../src/core/objects/store.ts'
import { listParts } from '../../src/core/objects/uploads.ts'
import { openFileBlobs } from '../../src/storage/blobs-fs.ts'
import { openSqliteState } from '../../src/storage/state-sqlite.ts'
import { BUCKET, bytesOf, DATABASE, type Entry, paths, SCOPE, TABLE, TOGETHER } from './workload.ts'

const ROUNDS = 50
const directory = mkdtempSync(join(tmpdir(), 'lentic-crash-'))
after(() => rmSync(directory, { recursive: true }))

/** What each cell is known to hold, and what it may hold instead. */
type Cells = Map<string, { done: string | null | undefined; begun?: string | null }>

test(`everything acknowledged survives ${ROUNDS} kills`, { timeout: 300_000 }, async () => {
  const cells: Cells = new Map()
  let acknowledged = 0
  for (let round = 0; round < ROUNDS; round++) {
    const journal = join(directory, `journal-${round}`)
    await writeAndKill(journal, round)
    acknowledged += readJournal(journal, cells)
    await verify(cells)
  }
  assert.ok(acknowledged > ROUNDS, `only ${acknowledged} writes were acknowledged`)
})

async function writeAndKill(journal: string, round: number): Promise<void> {
  const writer = fork(join(import.meta.dirname, 'writer.ts'), [directory, journal, String(round)], { stdio: 'inherit' })
  const exited = once(writer, 'exit')
  // Most are killed while they write, some while they start up on what the last one left.
  if (round % 5 !== 4) await Promise.race([once(writer, 'message'), exited])
  await setTimeout(Math.random() * (round % 5 === 4 ? 400 : 120))
  writer.kill('SIGKILL')
  const [code, signal] = await exited
  assert.deepEqual([code, signal], [null, 'SIGKILL'], 'the writer ended by itself')
}

/** How many writes were acknowledged. */
function readJournal(journal: string, cells: Cells): number {
  let text = ''
  try {
    text = readFileSync(journal, 'utf8')
  } catch {
    return 0
  }
  const entries = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry)
  for (const { event, cell, value } of entries) {
    const done = cells.get(cell)?.done
    cells.set(cell, event === 'done' ? { done: value } : { done, begun: value })
  }
  return entries.filter((entry) => entry.event === 'done').length
}

async function verify(cells: Cells): Promise<void> {
  const { state: statePath, blobs: blobsPath } = paths(directory)
  const state = openSqliteState(statePath)
  const store = await openObjects({ state, blobs: await openFileBlobs(blobsPath), clock: systemClock })
  assert.deepEqual(readdirSync(join(blobsPath, 'staged')), [])
  settle(cells, 'object:', await objectsFound(store))
  settle(cells, 'table', tableFound(store))
  settle(cells, 'partitions:', partitionsFound(store))
  await verifyUploads(store, cells)
  await closeObjects(store)
  await verifyBlobs(store)
  await state.close()
}

/** Each cell holds what was done last or what had begun, and from here on that is what it holds. */
function settle(cells: Cells, prefix: string, found: ReadonlyMap<string, string>): void {
  for (const cell of found.keys()) assert.ok(cells.has(cell), `${cell} was never written`)
  for (const [cell, { done, begun }] of cells) {
    if (!cell.startsWith(prefix)) continue
    const actual = found.get(cell)
    const possible = begun === undefined ? [done] : [done, begun]
    assert.ok(
      possible.some((value) => (value ?? undefined) === actual),
      `${cell} holds ${actual}, not ${possible.join(' or ')}`,
    )
    cells.set(cell, { done: actual })
  }
}

/** Every object whose bytes are those that belong to it. */
async function objectsFound(store: ObjectStore): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  if (!store.state.get(spaces.buckets, BUCKET)) return found
  for (const { key, doc } of listObjects(store.state, BUCKET, { prefix: 'objects/', limit: 1000 }).entries) {
    const { value } = doc.metadata as { value: string }
    await verifyBytes(store, doc.blob, `${key}@${value}`)
    found.set(`object:${key}`, value)
  }
  return found
}

async function verifyBytes(store: ObjectStore, blob: string, name: string): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readHeld(store, blob)) chunks.push(chunk)
  assert.ok(Buffer.concat(chunks).equals(bytesOf(name)), `the bytes of ${name} are not whole`)
}

function tableFound(store: ObjectStore): Map<string, string> {
  const table = openCatalog(store.state, systemClock).tables.find(SCOPE, DATABASE, TABLE)
  const count = table?.descriptor.Parameters?.count
  assert.equal(table?.descriptor.StorageDescriptor?.Columns?.[0]?.Comment, count)
  return count ? new Map([['table', count]]) : new Map()
}

function partitionsFound(store: ObjectStore): Map<string, string> {
  const catalog = openCatalog(store.state, systemClock)
  if (!catalog.tables.find(SCOPE, DATABASE, TABLE)) return new Map()
  const { partitions } = catalog.partitions.list(SCOPE, DATABASE, TABLE, { limit: 1_000_000 })
  const counts = new Map<string, number>()
  for (const { descriptor } of partitions) {
    const cell = `partitions:${descriptor.Values[0]}`
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  for (const [cell, count] of counts) assert.equal(count, TOGETHER, `${cell} is there by halves`)
  return new Map([...counts.keys()].map((cell) => [cell, 'created']))
}

/** A part is there whole until its upload is completed, and then the object is, and the upload is not. */
async function verifyUploads(store: ObjectStore, cells: Cells): Promise<void> {
  for (const [cell, { done, begun }] of cells) {
    const [kind, key, id, number] = cell.split(':') as [string, string, string, string]
    if (kind === 'part' && done) {
      const completed = store.state.get<{ blob: string; uploadId: string }>(spaces.objects(BUCKET), key)
      if (completed?.doc.uploadId === id) await verifyBytes(store, completed.doc.blob, `${key}#1`)
      else {
        const part = listParts(store, id, { limit: 10 }).parts.find((one) => one.number === Number(number))
        assert.ok(part, `${cell} is lost`)
        await verifyBytes(store, part.blob, `${key}#${number}`)
      }
    }
    if (kind === 'upload') {
      const completed = store.state.get(spaces.objects(BUCKET), key) !== undefined
      const open = store.state.count(spaces.uploads(BUCKET), `${key}\0`) > 0
      assert.notEqual(completed, open, `${cell} is ${open ? 'both open and completed' : 'neither open nor completed'}`)
      if (done) assert.ok(completed, `${cell} is not completed`)
      else if (begun && completed) cells.set(cell, { done: begun })
    }
  }
  // What is settled need not be read again in every round.
  for (const cell of [...cells.keys()]) if (/^(part|upload):/.test(cell)) cells.delete(cell)
}

/** No blob without a document once the start-up's sweep is over, and no document without its blob. */
async function verifyBlobs(store: ObjectStore): Promise<void> {
  const onDisk: string[] = []
  for await (const { key } of store.blobs.list('')) onDisk.push(key)
  const inState = new DatabaseSync(paths(directory).state, { readOnly: true })
  const rows = inState.prepare('SELECT key FROM bytes').all() as { key: string }[]
  inState.close()
  const named = store.state.keys(spaces.blobs, { limit: 1_000_000 })
  assert.deepEqual([...rows.map(({ key }) => key), ...onDisk].sort(), named)
  assert.deepEqual(readdirSync(join(paths(directory).blobs, 'copies')), [])
}
