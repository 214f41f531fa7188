/** What runs on a thread of a worker: one Parquet file after the other, each becoming one of a codec that DuckDB reads. */
import { closeSync, copyFileSync, openSync, writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { CorruptData } from '../../../formats/corrupt-data.ts'
import { type Change, rawPages } from '../../../formats/parquet/lz4-pages.ts'
import type { TaskThreads } from '../task-threads.ts'
import { LocalFile } from './local-file.ts'

export interface RepackingTask {
  readonly localPath: string
  /** Where the copy goes. */
  readonly output: string
}

/** `needless`: the file is of other codecs. `corrupt`: the file is to blame. */
export type RepackingReply =
  | { readonly kind: 'repacked' | 'needless' }
  | { readonly kind: 'corrupt' | 'failed'; readonly message: string }

export type RepackingThreads = TaskThreads<RepackingTask, RepackingReply>

parentPort?.on('message', (task: RepackingTask) => parentPort!.postMessage(reply(task)))

function reply(task: RepackingTask): RepackingReply {
  const file = new LocalFile(task.localPath)
  try {
    return { kind: repack(file, task) ? 'repacked' : 'needless' }
  } catch (error) {
    return { kind: error instanceof CorruptData ? 'corrupt' : 'failed', message: (error as Error).message }
  } finally {
    file.close()
  }
}

function repack(file: LocalFile, { localPath, output }: RepackingTask): boolean {
  const changes = rawPages(file)
  const first = changes.next()
  if (first.done) return false
  copyFileSync(localPath, output)
  const target = openSync(output, 'r+')
  try {
    overwrite(target, first.value)
    for (const change of changes) overwrite(target, change)
  } finally {
    closeSync(target)
  }
  return true
}

function overwrite(target: number, { at, bytes }: Change): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(target, bytes, done, bytes.length - done, at + done)
}
