import { rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { LocalCopies } from '../core/ports.ts'
import { checkBlobKey } from './blob-key.ts'
import { blobFailure } from './disk-room.ts'

/** Copies in a folder that is swept at start-up: what a power cut leaves of one is worth nothing, and nothing is flushed. */
export class FileCopies implements LocalCopies {
  readonly #folder: string
  readonly #written = new Set<string>()

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

  write(key: string, bytes: Uint8Array): void {
    if (this.#written.has(key)) return
    try {
      writeFileSync(this.pathOf(key), bytes)
    } catch (error) {
      rmSync(this.pathOf(key), { force: true })
      throw blobFailure(error)
    }
    this.#written.add(key)
  }

  delete(key: string): void {
    if (this.#written.delete(key)) rmSync(this.pathOf(key), { force: true })
  }
}
