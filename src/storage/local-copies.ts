import { rmSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { LocalCopies } from '../core/ports.ts'
import { checkBlobKey } from './blob-key.ts'
import { blobFailure } from './disk-room.ts'

const SWEPT_A_TURN = 100

/** Copies in a folder of their own. What a crash leaves of one is worth nothing, so nothing is flushed. */
export class FileCopies implements LocalCopies {
  readonly #folder: string
  readonly #begun = new Map<string, Promise<void>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  pathOf(key: string): string {
    checkBlobKey(key)
    return join(this.#folder, key.replaceAll('/', '~'))
  }

  keyAt(path: string): string | undefined {
    return dirname(path) === this.#folder ? basename(path).replaceAll('~', '/') : undefined
  }

  begun(key: string): Promise<void> | undefined {
    return this.#begun.get(key)
  }

  /** In place of what an earlier process may have left of it. */
  write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(key)
    const written = writeFile(path, bytes).catch(async (error: unknown) => {
      await rm(path, { force: true })
      this.#begun.delete(key)
      throw blobFailure(error)
    })
    this.#begun.set(key, written)
    return written
  }

  async delete(key: string): Promise<void> {
    const begun = this.#begun.get(key)
    if (!begun) return
    await begun.catch(() => {})
    this.#begun.delete(key)
    rmSync(this.pathOf(key), { force: true })
  }

  async sweep(): Promise<void> {
    let swept = 0
    for (const name of await readdir(this.#folder)) {
      // Asked and deleted at once: an engine may be given its copy meanwhile.
      const path = join(this.#folder, name)
      if (this.#begun.has(this.keyAt(path)!)) continue
      rmSync(path, { force: true })
      swept++
      if (swept % SWEPT_A_TURN === 0) await setImmediate()
    }
  }
}
