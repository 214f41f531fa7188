import { Fault } from '../core/faults.ts'

/** A file name holds 255 bytes on every file system we know. */
const MAX_KEY_BYTES = 250

/** Keys are of our own making, so a bad one is a bug and no fault. */
export function checkBlobKey(key: string): void {
  if (key.length > MAX_KEY_BYTES || !/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/.test(key))
    throw new TypeError(`Not a blob key: ${JSON.stringify(key.slice(0, 300))}`)
}

/** Keys are ASCII: the order of their units is the order of their bytes. */
export function compareBlobKeys(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

export function blobMissing(key: string): Fault {
  return new Fault('not-found', 'blob', `There is no blob ${key}`)
}
