/**
 * What manifests and lists of them have said to earlier statements. Such files never change, and tables are asked for the
 * same columns again and again: what was decoded once is kept, the latest of it, up to a bound.
 */

import { isLakeUri } from '../../objects/addresses.ts'
import type { Files } from '../../objects/files.ts'

/** Values of all manifests that are kept for a lake: some hundred bytes each. */
const MOST_KEPT_VALUES = 60_000

class KnownFiles {
  readonly #kept = new Map<string, { readonly value: unknown; readonly weight: number }>()
  #weight = 0

  /** `key` says what of which file `value` is. */
  get(key: string): unknown {
    const found = this.#kept.get(key)
    if (!found) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found.value
  }

  keep(key: string, value: unknown, weight: number): void {
    if (this.#kept.has(key) || weight > MOST_KEPT_VALUES / 2) return
    this.#kept.set(key, { value, weight })
    this.#weight += weight
    for (const [oldest, { weight: freed }] of this.#kept) {
      if (this.#weight <= MOST_KEPT_VALUES) return
      this.#kept.delete(oldest)
      this.#weight -= freed
    }
  }
}

const knownByLake = new WeakMap<object, KnownFiles>()

/** `what`: tells apart what different readers make of the file. `weightOf`: how many values there are. */
export async function rememberedFor<T>(
  files: Files,
  address: string,
  what: string,
  weightOf: (value: T) => number,
  read: () => Promise<T>,
): Promise<T> {
  const known = knownByLake.get(files.lake) ?? new KnownFiles()
  knownByLake.set(files.lake, known)
  // By its bytes: another file of that address is another file.
  const file = isLakeUri(address) ? files.stat(address) : undefined
  if (!file) return read()
  files.requireReadable(file)
  const key = `${file.localPath} ${what}`
  const found = known.get(key) as T | undefined
  if (found !== undefined) return found
  const value = await read()
  known.keep(key, value, weightOf(value))
  return value
}
