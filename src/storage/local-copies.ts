import { rmSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { AskedThread } from '../core/asked-thread.ts'
import type { LocalCopies } from '../core/ports.ts'
import { checkBlobKey } from './blob-key.ts'
import type { CopiedFile, CopyFailure, FromCopyThread, ToCopyThread } from './copy-thread.ts'
import { blobFailure } from './disk-room.ts'

/** In the published package the sources are `.js`. */
const THREAD = new URL(`./copy-thread${extname(import.meta.url)}`, import.meta.url)
const SWEPT_AT_ONCE = 1000
/** Up to so many that come together are not worth a thread. */
const FEW = 16
/** Two at a time: the threads of the process are few, and writers of objects wait for them too. */
const LANES = 2

interface Fresh extends CopiedFile {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Copies in a folder of their own. What a crash leaves of one is worth nothing, so nothing is flushed. Many at once are
 * written by a thread: the calls that make a file cost the server's thread more than the bytes of a small one do.
 */
export class FileCopies implements LocalCopies {
  readonly #folder: string
  readonly #begun = new Map<string, Promise<void>>()
  /** Of this turn. */
  #fresh: Fresh[] = []
  /** By path: what is written there must wait. */
  readonly #sweeping = new Map<string, Promise<unknown>>()
  #thread: AskedThread<ToCopyThread, FromCopyThread> | undefined

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
    const written = this.#written(path, bytes).catch(async (error: unknown) => {
      // Where this fails too, the first failure says why.
      await rm(path, { force: true }).catch(() => {})
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
    const names = await readdir(this.#folder)
    for (let at = 0; at < names.length; at += SWEPT_AT_ONCE) {
      const found = names.slice(at, at + SWEPT_AT_ONCE).map((name) => join(this.#folder, name))
      // Asked and told at once: an engine may be given its copy meanwhile.
      const paths = found.filter((path) => !this.#begun.has(this.keyAt(path)!))
      const swept = this.#asked({ kind: 'delete', paths })
      for (const path of paths) this.#sweeping.set(path, swept)
      const failures = await swept.finally(() => {
        for (const path of paths) this.#sweeping.delete(path)
      })
      for (const failure of failures) if (failure) throw asError(failure)
    }
  }

  #written(path: string, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#fresh.push({ path, bytes, resolve, reject }) === 1) queueMicrotask(() => void this.#writeFresh())
    })
  }

  async #writeFresh(): Promise<void> {
    const fresh = this.#fresh
    this.#fresh = []
    if (fresh.length > FEW) return await this.#writeMany(fresh)
    const left = fresh.values()
    const lane = async () => {
      for (const { path, bytes, resolve, reject } of left) {
        await this.#sweeping.get(path)?.catch(() => {})
        await writeFile(path, bytes).then(resolve, reject)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }

  /** The thread does one thing after the other, so what it sweeps it sweeps before. */
  async #writeMany(fresh: readonly Fresh[]): Promise<void> {
    try {
      const files = fresh.map(({ path, bytes }) => ({ path, bytes }))
      const failures = await this.#asked({ kind: 'write', files })
      for (const [i, { resolve, reject }] of fresh.entries()) failures[i] ? reject(asError(failures[i])) : resolve()
    } catch (error) {
      for (const { reject } of fresh) reject(error)
    }
  }

  #asked(question: ToCopyThread): Promise<FromCopyThread> {
    if (!this.#thread?.alive) this.#thread = new AskedThread(THREAD, 'copy')
    return this.#thread.ask(question)
  }
}

const asError = ({ code, message }: CopyFailure): Error => Object.assign(new Error(message), { code })
