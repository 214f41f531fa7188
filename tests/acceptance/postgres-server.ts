/** A PostgreSQL server of one's own on a free port, where its programs are installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const INSTALLED = '/usr/lib/postgresql'
/** The server refuses to run as root. */
const NOBODY = 65534

/** Undefined where there are none. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined
  return readdirSync(INSTALLED)
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')))
}

/** User `postgres` with the password; `method` is how it is asked for: `scram-sha-256`, `md5`, `password`. */
export async function startPostgres(
  programs: string,
  password: string,
  method: string,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const root = mkdtempSync(join(tmpdir(), 'lentic-postgres-'))
  const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if ('uid' in as) chownSync(root, NOBODY, NOBODY)
  const secret = join(root, 'secret')
  writeFileSync(secret, password, { mode: 0o644 })
  const data = join(root, 'data')
  const options = ['-D', data, '-U', 'postgres', '-A', method, `--pwfile=${secret}`, '--no-sync']
  execFileSync(join(programs, 'initdb'), options, { ...as, cwd: root, stdio: 'ignore' })
  const port = await freePort()
  const settings = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', root, '-F']
  const child = spawn(join(programs, 'postgres'), settings, { ...as, cwd: root, stdio: 'ignore' })
  const ready = () => {
    try {
      execFileSync(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  while (child.exitCode === null && !ready()) await sleep(50)
  return {
    port,
    async stop() {
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill('SIGINT')) await ended
      rmSync(root, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
