/**
 * The instances of a worker: one that stands ready for whatever comes, and those of the last sets of grants, for the
 * next plan over the same files. To open and to close one costs more than a short query.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Relation } from '../../core/queries/relation.ts'
import { type Grants, keyOf } from './grants.ts'
import { grant, type Instance, openInstance } from './instance.ts'
import { forgetReads } from './scanned-bytes.ts'

const MOST_KEPT = 4
/** What earlier plans may have left in an instance does not gather for ever. */
const MOST_PLANS = 500

const placeOf = (key: string, keeping: boolean): string => (keeping ? `${key} keeping` : key)

interface Kept {
  readonly instance: Instance
  readonly key: string
  /** What it may read. */
  readonly files: string
  readonly plans: number
  /** Resolves when it can take another plan. */
  readonly rested: Promise<void>
}

export interface Taken {
  readonly instance: Instance
  readonly key: string | undefined
  /** It keeps what it reads of files, and logs none of it. */
  readonly keeping: boolean
  readonly files: string
  /** How many it has run. */
  readonly plans: number
}

export class Instances {
  readonly #directory: string
  readonly #mostBytes: number
  /** By their places: the key of their grants and whether they keep what they read. The one used last is the last. */
  readonly #kept = new Map<string, Kept>()
  #spare: Promise<Instance> | undefined

  /**
   * `directory` takes what they write. `mostBytes` is what the process may hold with a kept instance: the allocator gives
   * back little of what a large plan took until its instance is closed.
   */
  constructor(directory: string, mostBytes: number) {
    this.#directory = directory
    this.#mostBytes = mostBytes
  }

  /** For which grants an instance stands ready. */
  get keys(): readonly string[] {
    return Array.from(this.#kept.values(), ({ key }) => key)
  }

  /** Resolves when one stands ready for a set of grants that is new. */
  async prepare(): Promise<void> {
    this.#spare ??= openInstance(join(this.#directory, randomUUID()))
    await this.#spare
  }

  /**
   * Granted. The caller gives it back by `keep`, or closes it. Plans of one `key` can share an instance as long as what
   * their files were converted to is the same. `keeping` is for plans whose reads are known.
   */
  async take(grants: Grants, key = keyOf(grants), keeping = false): Promise<Taken> {
    const kept = key === undefined ? undefined : this.#kept.get(placeOf(key, keeping))
    const files = grants.files.join()
    if (key !== undefined && kept) {
      this.#kept.delete(placeOf(key, keeping))
      await kept.rested
      if (kept.files === files) return { instance: kept.instance, key, keeping, files, plans: kept.plans }
      kept.instance.close()
    }
    await this.prepare()
    const instance = await this.#spare!
    this.#spare = undefined
    await grant(instance, grants, keeping)
    return { instance, key, keeping, files, plans: 0 }
  }

  /** Gives back the instance of a plan that went well, over `relations`; false when it must not run another. */
  keep({ instance, key, keeping, files, plans }: Taken, relations: readonly Relation[]): boolean {
    if (key === undefined || this.#kept.has(placeOf(key, keeping))) return false
    if (plans + 1 >= MOST_PLANS || process.memoryUsage.rss() >= this.#mostBytes) return false
    // Spilled pages, repaired copies of files: not worth sorting out.
    if (readdirSync(instance.temporaryDirectory).length > 0) return false
    const rested = keeping ? Promise.resolve() : forgetReads(instance, relations)
    // Whoever takes it hears of a failure; nobody else needs to.
    rested.catch(() => undefined)
    this.#kept.set(placeOf(key, keeping), { instance, key, files, plans: plans + 1, rested })
    return true
  }

  /** Lets go of what has not been used for longest, until `most` are left. */
  async shrink(most = MOST_KEPT): Promise<void> {
    const surplus = process.memoryUsage.rss() < this.#mostBytes ? this.#kept.size - most : this.#kept.size
    for (const [place, kept] of [...this.#kept].slice(0, Math.max(0, surplus))) {
      this.#kept.delete(place)
      await kept.rested.catch(() => undefined)
      kept.instance.close()
    }
  }
}
