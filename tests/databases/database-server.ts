/**
 * Real database servers of a test's own: each on a free port, in a temporary folder, gone when it is stopped. Where the
 * programs are not installed (Debian's `postgresql` and `mariadb-server`) the tests that want them are skipped.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface DatabaseServer {
  readonly port: number
  /** Runs statements as the administrator; answers with the rows, columns apart by tabs. Fails with the server's words. */
  run(sql: string, database?: string): string
  /** The statements that clients have sent since the server started, oldest first, as the server's own log has them. */
  statements(): string[]
  stop(): Promise<void>
}

/** A folder that a server may write into, and how a program is run there. */
export interface DatabaseHome {
  readonly path: string
  readonly run: { readonly cwd: string; readonly stdio: 'ignore'; readonly uid?: number; readonly gid?: number }
  /** What the server says on its standard error. */
  readonly log: string
}

/** Database servers refuse to run as root. */
const NOBODY = 65534

export function databaseHome(name: string): DatabaseHome {
  const path = mkdtempSync(join(tmpdir(), `lentic-${name}-`))
  const run = { cwd: path, stdio: 'ignore' as const }
  const log = join(path, 'log')
  if (process.getuid?.() !== 0) return { path, run, log }
  chownSync(path, NOBODY, NOBODY)
  return { path, run: { ...run, uid: NOBODY, gid: NOBODY }, log }
}

/** How a server speaks TLS. */
export interface ServerTls {
  /** PEM. */
  readonly key: string
  readonly certificate: string
  /** Nobody is let in without it. */
  readonly isDemanded?: boolean
}

/** Laid down for the server's eyes alone: the paths of both. */
export function layCertificate({ path, run }: DatabaseHome, { key, certificate }: ServerTls): [string, string] {
  const files: [string, string] = [join(path, 'server.key'), join(path, 'server.pem')]
  for (const [file, text] of [[files[0], key] as const, [files[1], certificate] as const]) {
    writeFileSync(file, text, { mode: 0o600 })
    if (run.uid !== undefined) chownSync(file, run.uid, run.gid!)
  }
  return files
}

const STARTED_WITHIN_MS = 60_000

/** Resolves when `ready` says so; `stop` of the result ends the program by the signal and removes the folder. */
export async function startDatabase(
  home: DatabaseHome,
  program: string,
  options: readonly string[],
  signal: NodeJS.Signals,
  ready: () => boolean,
): Promise<() => Promise<void>> {
  const log = openSync(home.log, 'a')
  const child = spawn(program, options, { ...home.run, stdio: ['ignore', 'ignore', log] })
  closeSync(log)
  const remove = () => rmSync(home.path, { recursive: true, force: true })
  const deadline = Date.now() + STARTED_WITHIN_MS
  while (!ready()) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await ended(child, 'SIGKILL')
      const said = readFileSync(home.log, 'utf8')
      remove()
      throw new Error(`${program} did not start: ${said}`)
    }
    await sleep(50)
  }
  return async () => {
    await ended(child, signal)
    remove()
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}
