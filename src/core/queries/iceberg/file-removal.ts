import type { QueryContext } from '../context.ts'

const FILES_AT_ONCE = 1000

/** Files that nothing names; others may have taken some of them away. */
export async function removeFiles(uris: readonly string[], context: QueryContext): Promise<void> {
  const { files } = context.rooms
  for (let at = 0; at < uris.length; at += FILES_AT_ONCE) {
    context.signal.throwIfAborted()
    await files.delete(uris.slice(at, at + FILES_AT_ONCE).filter((uri) => files.stat(uri)))
  }
}
