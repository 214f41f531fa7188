/** A key of random bytes in a file that nobody else may read: made at the first start, and then the same. */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Throws where the file is not of that length: what was sealed under it would be lost with another. */
export function keyFile(path: string, lengthBytes: number): Buffer {
  if (!existsSync(path)) create(path, randomBytes(lengthBytes))
  const key = readFileSync(path)
  if (key.length !== lengthBytes) throw new Error(`The key in ${path} has ${key.length} bytes, not ${lengthBytes}`)
  return key
}

function create(path: string, key: Uint8Array): void {
  const staged = `${path}.new`
  const file = openSync(staged, 'w', 0o600)
  writeSync(file, key)
  fsyncSync(file)
  closeSync(file)
  renameSync(staged, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
