/**
 * Brings to the disk what the engine has written to a folder, while it writes on. Whoever makes objects of the files flushes
 * each of them, and would else wait for all of their bytes at the end.
 */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PAUSE_MS = 50
/** Less is not worth a flush of its own. */
const WORTH_BYTES = 1_048_576

/** Fails with what a flush has failed with: the kernel would not tell it to those who flush after it. */
export async function flushedAhead<T>(directory: string, write: () => Promise<T>): Promise<T> {
  const over = new AbortController()
  const flushing = keepFlushing(directory, over.signal)
  // It is heard of at the end.
  flushing.catch(() => {})
  const written = await write().finally(() => over.abort())
  await flushing
  return written
}

async function keepFlushing(directory: string, over: AbortSignal): Promise<void> {
  const flushed = new Map<string, number>()
  for (;;) {
    await sleep(PAUSE_MS, undefined, { signal: over }).catch(() => {})
    if (over.aborted) return
    for (const path of await filesIn(directory)) {
      if (over.aborted) return
      await flush(path, flushed).catch(unlessMissing)
    }
  }
}

async function flush(path: string, flushed: Map<string, number>): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size - (flushed.get(path) ?? 0) < WORTH_BYTES) return
    await file.datasync()
    flushed.set(path, size)
  } finally {
    await file.close()
  }
}

/** None where the folder is not there yet, or no more. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(unlessMissing)
  return (entries ?? []).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** A file may go while it is looked at. */
function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
