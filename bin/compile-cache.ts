/**
 * What Node has compiled of the program is kept between starts, which halves them: most of a start is reading TypeScript.
 * It is code that will be run, so it lies where only the user can write, not in the shared temporary directory.
 */
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the directory can not be made or written, Node compiles as ever. */
export function useCompileCache(env = process.env): void {
  module.enableCompileCache(join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lentic', 'compiled'))
}

/** Node itself writes at a clean exit only, and a server may not have one. */
export const keepCompiled = (): void => module.flushCompileCache()
