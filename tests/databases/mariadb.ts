import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from '../../tools/free-port.ts'
import {
  type DatabaseHome,
  type DatabaseServer,
  databaseHome,
  layCertificate,
  type ServerTls,
  startDatabase,
} from './database-server.ts'

/** The folder above `sbin/mariadbd`; undefined where MariaDB is not installed. */
export function mariadbRoot(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin']
  const found = folders.find((folder) => existsSync(join(folder, 'mariadbd')))
  return found && dirname(found)
}

/** With the database `shop`, and the user `ann` who has the password and may do everything. */
export async function startMariadb(root: string, password: string, tls?: ServerTls): Promise<DatabaseServer> {
  const home = databaseHome('mariadb')
  const setUp = join(home.path, 'init.sql')
  writeFileSync(
    setUp,
    `SET NAMES utf8mb4;\nCREATE DATABASE shop;\nCREATE USER 'ann'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO 'ann'@'%';\n`,
    { mode: 0o644 },
  )
  const common = ['--no-defaults', `--basedir=${root}`, `--datadir=${join(home.path, 'data')}`]
  const asRoot = '--auth-root-authentication-method=normal'
  execFileSync(join(root, 'bin', 'mariadb-install-db'), [...common, asRoot], home.run)
  const port = await freePort()
  const socket = join(home.path, 's')
  const log = join(home.path, 'statements')
  const options = [
    ...common,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--socket=${socket}`,
    `--init-file=${setUp}`,
    '--character-set-server=utf8mb4',
    '--general-log=1',
    `--general-log-file=${log}`,
    ...tlsOptions(home, tls),
  ]
  const run = (sql: string, database = '') => {
    const plain = ['--no-defaults', '--batch', '--skip-column-names', '--default-character-set=utf8mb4', '-u', 'root']
    // Not logged: the log is of what clients send.
    const input = `SET SESSION sql_log_off = 1;\n${sql}`
    const program = join(root, 'bin', 'mariadb')
    return execFileSync(program, [...plain, `--socket=${socket}`, database], { input, encoding: 'utf8', stdio: 'pipe' })
  }
  const stop = await startDatabase(home, join(root, 'sbin', 'mariadbd'), options, 'SIGTERM', () => existsSync(socket))
  return { port, run, statements: () => statementsIn(readFileSync(log, 'utf8')), stop }
}

function tlsOptions(home: DatabaseHome, tls: ServerTls | undefined): string[] {
  if (!tls) return ['--skip-ssl']
  const [key, certificate] = layCertificate(home, tls)
  const demanded = `--require-secure-transport=${tls.isDemanded ? 'ON' : 'OFF'}`
  return [`--ssl-key=${key}`, `--ssl-cert=${certificate}`, demanded]
}

/** Lines are `time, tab, connection and command, tab, argument`, without a time for those of the same second. */
function statementsIn(log: string): string[] {
  const entries = log.split(/^(?=(?:\d{6} +[\d:]+)?\t+ *\d+ [A-Z])/m)
  return entries.flatMap((entry) => {
    const [, text] = /^(?:[\d :]+)?\t+ *\d+ (?:Query|Execute)\t([\s\S]*)$/.exec(entry) ?? []
    return text === undefined || text.startsWith('SET SESSION sql_log_off') ? [] : [text.trimEnd()]
  })
}
