/** Bytes of a file, for whoever knows where they are. */
import type { Files } from '../objects/files.ts'

export type ReadFile = Pick<Files, 'read'>

/** From `at`, so many of them. */
export async function readStretch(files: ReadFile, uri: string, at: number, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array(0)
  const parts: Uint8Array[] = []
  for await (const part of files.read(uri, { start: at, end: at + length - 1 })) parts.push(part)
  return Buffer.concat(parts)
}
