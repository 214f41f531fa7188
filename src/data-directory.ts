/** A data directory belongs to one server at a time. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface DataDirectory {
  readonly path: string
  /** After it another server may have the directory; one that nobody named is gone. */
  release(): void | Promise<void>
}

/** Without a directory everything lies in a temporary one, for engines read files, and goes with the server. */
export async function openDirectory(path: string | undefined): Promise<DataDirectory> {
  if (path !== undefined) return claimDirectory(path)
  const temporary = await mkdtemp(join(tmpdir(), 'lentic-'))
  return { path: temporary, release: () => rm(temporary, { recursive: true, force: true }) }
}

/** Throws Error with a message for the operator if another server has it. */
async function claimDirectory(path: string): Promise<DataDirectory> {
  await mkdir(path, { recursive: true })
  const ownerFile = join(path, 'owner.json')
  const lock = tryLock(join(path, 'lock'))
  if (!lock) throw new Error(`${path} is in use by ${await ownerIn(ownerFile)}: stop it, or choose another with --data`)
  await writeFile(ownerFile, JSON.stringify({ pid: process.pid })).catch(unlessFull)
  return { path, release: () => lock.close() }
}

/**
 * SQLite's lock on a file of nothing: held by the operating system for as long as the process lives, so it can not
 * outlive a crash, and seen by a second server in the same process too. A file with a number in it does neither.
 * With its journal in memory it takes no room of a disk that may have none.
 */
function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file)
  try {
    database.exec(
      'PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE',
    )
    return database
  } catch (error) {
    database.close()
    if (/locked|busy/.test(String(error))) return undefined
    throw error
  }
}

/** Who has the directory is good to know, and no reason not to start. */
function unlessFull(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error
}

async function ownerIn(file: string): Promise<string> {
  try {
    return `process ${(JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid}`
  } catch {
    return 'another server'
  }
}

/** Everything but the lock. */
export async function emptyDirectory(path: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(path, name), { recursive: true, force: true })
}
