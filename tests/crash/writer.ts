/** A process that writes until it is killed: `writer.ts <directory> <journal> <round>`. */
import { openSync, writeSync } from 'node:fs'
import { openCatalog } from '../../src/core/catalog/catalog-state.ts'
import { systemClock } from '../../src/core/clock.ts'
import { receive } from '../../src/core/objects/bodies.ts'
import { createBucket, findBucket } from '../../src/core/objects/buckets.ts'
import { deleteObject, putObject } from '../../src/core/objects/objects.ts'
import { openObjects } from '../../src/core/objects/store.ts'
import { completeUpload, putPart, startUpload } from '../../src/core/objects/uploads.ts'
import { openFileBlobs } from '../../src/storage/blobs-fs.ts'
import { openSqliteState } from '../../src/storage/state-sqlite.ts'
import {
  attributesOf,
  BUCKET,
  bytesOf,
  chunksOf,
  countedTable,
  DATABASE,
  type Entry,
  paths,
  SCOPE,
  TABLE,
  TOGETHER,
} from './workload.ts'

const [directory, journalPath, round] = process.argv.slice(2) as [string, string, string]
// A file and not a pipe: what is written to it is there after the kill.
const journal = openSync(journalPath, 'a')
const state = openSqliteState(paths(directory).state)
const store = await openObjects({ state, blobs: await openFileBlobs(paths(directory).blobs), clock: systemClock })
const catalog = openCatalog(state, systemClock)
if (!findBucket(store, BUCKET))
  await createBucket(store, { name: BUCKET, account: SCOPE.account, region: SCOPE.region })
if (!catalog.databases.find(SCOPE, DATABASE)) await catalog.databases.create(SCOPE, { Name: DATABASE })
if (!catalog.tables.find(SCOPE, DATABASE, TABLE))
  await catalog.tables.create(SCOPE, DATABASE, countedTable(''), 'writer')

async function act(cell: string, value: string | null, work: () => Promise<unknown>): Promise<void> {
  const note = (entry: Entry) => writeSync(journal, `${JSON.stringify(entry)}\n`)
  note({ event: 'begin', cell, value })
  await work()
  note({ event: 'done', cell, value })
}

const received = (name: string) => receive(store, chunksOf(bytesOf(name)))

async function objects(lane: number): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `objects/${lane}/${i % 8}`
    const cell = `object:${key}`
    const value = `${round}.${i}`
    if (i % 7 === 6) await act(cell, null, () => deleteObject(store, BUCKET, { key }))
    else
      await act(cell, value, async () =>
        putObject(store, { bucket: BUCKET, key, attributes: attributesOf(value) }, await received(`${key}@${value}`)),
      )
  }
}

async function tables(): Promise<void> {
  for (let i = 0; ; i++) {
    const value = `${round}.${i}`
    await act('table', value, () =>
      catalog.tables.update(SCOPE, DATABASE, countedTable(value), { keepVersion: i % 2 === 0 }),
    )
  }
}

async function partitions(): Promise<void> {
  for (let i = 0; ; i++) {
    const batch = `${round}${String(i).padStart(6, '0')}`
    const together = Array.from({ length: TOGETHER }, (_, n) => ({ Values: [batch, String(n)] }))
    await act(`partitions:${batch}`, 'created', () => catalog.partitions.create(SCOPE, DATABASE, TABLE, together))
  }
}

async function uploads(lane: number): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `uploads/${lane}/${round}/${i}`
    const { id } = await startUpload(store, BUCKET, { key, attributes: attributesOf('upload'), initiator: 'writer' })
    const parts = [1, 2, 3].slice(0, 1 + (i % 3))
    let etag = ''
    for (const number of parts)
      await act(`part:${key}:${id}:${number}`, 'sent', async () => {
        const target = { bucket: BUCKET, key, uploadId: id, number }
        const part = await putPart(store, target, await received(`${key}#${number}`), undefined)
        if (number === 1) etag = part.etag
      })
    if (i % 4 === 3) continue
    const chosen = [{ number: 1, etag, check: () => {} }]
    await act(`upload:${key}:${id}`, 'completed', () =>
      completeUpload(store, { bucket: BUCKET, key, uploadId: id, parts: chosen, checksum: () => undefined }),
    )
  }
}

process.send?.('ready')
await Promise.all([objects(0), objects(1), tables(), partitions(), uploads(0)])
