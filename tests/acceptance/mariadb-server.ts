/** A MariaDB server of one's own on a free port, where its programs are installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const NOBODY = 65534

/** The folder above `sbin/mariadbd`; undefined where there is none. */
export function mariadbRoot(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin']
  const found = folders.find((folder) => existsSync(join(folder, 'mariadbd')))
  return found && dirname(found)
}

/** With the database `shop`, and the user `ann` who has the password. */
export async function startMariadb(
  root: string,
  password: string,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'lentic-mariadb-'))
  const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const data = join(home, 'data')
  const setUp = join(home, 'init.sql')
  writeFileSync(
    setUp,
    `SET NAMES utf8mb4;\nCREATE DATABASE shop;\nCREATE USER 'ann'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON shop.* TO 'ann'@'%';\n`,
    { mode: 0o644 },
  )
  if ('uid' in as) chownSync(home, NOBODY, NOBODY)
  const options = { ...as, cwd: home, stdio: 'ignore' as const }
  const common = ['--no-defaults', `--basedir=${root}`, `--datadir=${data}`]
  execFileSync(
    join(root, 'bin', 'mariadb-install-db'),
    [...common, '--auth-root-authentication-method=normal'],
    options,
  )
  const port = await freePort()
  const settings = [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--socket=${home}/s`,
    `--init-file=${setUp}`,
  ]
  const child = spawn(
    join(root, 'sbin', 'mariadbd'),
    [...common, ...settings, '--character-set-server=utf8mb4'],
    options,
  )
  while (child.exitCode === null && !(await answers(port))) await sleep(50)
  return {
    port,
    async stop() {
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill()) await ended
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (up: boolean) => {
      socket.destroy()
      resolve(up)
    }
    socket.once('data', () => end(true)).once('error', () => end(false))
  })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
