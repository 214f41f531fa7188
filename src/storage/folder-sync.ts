import { closeSync, fsync, openSync } from 'node:fs'
import { promisify } from 'node:util'

const sync = promisify(fsync)

/** Makes names durable. Callers who wait for the same folder at the same time share one flush. */
export class FolderSync {
  readonly #running = new Map<string, Promise<void>>()
  readonly #next = new Map<string, Promise<void>>()

  /** Resolves when a flush that began after this call has ended: one already under way may have missed the caller's name. */
  sync(folder: string): Promise<void> {
    const waiting = this.#next.get(folder)
    if (waiting) return waiting
    const running = this.#running.get(folder)
    if (!running) return this.#start(folder)
    const next = running.then(
      () => this.#promote(folder),
      () => this.#promote(folder),
    )
    this.#next.set(folder, next)
    return next
  }

  #promote(folder: string): Promise<void> {
    this.#next.delete(folder)
    return this.#start(folder)
  }

  #start(folder: string): Promise<void> {
    const flush = flushFolder(folder).finally(() => {
      if (this.#running.get(folder) === flush) this.#running.delete(folder)
    })
    this.#running.set(folder, flush)
    return flush
  }
}

async function flushFolder(folder: string): Promise<void> {
  const descriptor = openSync(folder, 'r')
  try {
    await sync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
