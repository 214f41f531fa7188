/** What makes rows of batches of the journal, on a thread: a store may hold millions of events. */
import { parentPort } from 'node:worker_threads'
import { zstdDecompressSync } from 'node:zlib'
import { type RowSelection, storeRows } from './store-rows.ts'

export interface ToStoreThread {
  readonly batches: readonly Uint8Array[]
  readonly selection: RowSelection
}

export interface FromStoreThread {
  /** Lines of JSON, each ended. */
  readonly text: Uint8Array
  readonly rows: number
  readonly looked: number
}

parentPort?.on('message', ({ batches, selection }: ToStoreThread) => {
  const found = batches.map((batch) => storeRows(zstdDecompressSync(batch).toString().split('\n'), selection))
  const lines = found.flatMap((one) => one.lines)
  const text = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''))
  const looked = found.reduce((sum, one) => sum + one.looked, 0)
  parentPort?.postMessage({ text, rows: lines.length, looked } satisfies FromStoreThread, [text.buffer])
})
