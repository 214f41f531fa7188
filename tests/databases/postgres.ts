import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../tools/free-port.ts'
import {
  type DatabaseHome,
  type DatabaseServer,
  databaseHome,
  layCertificate,
  type ServerTls,
  startDatabase,
} from './database-server.ts'

const INSTALLED = '/usr/lib/postgresql'

/** Where PostgreSQL's programs are; undefined where they are not installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined
  return readdirSync(INSTALLED)
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')))
}

/** The administrator `postgres` has the password; `method` is how it is asked for: `scram-sha-256`, `md5`, `password`. */
export async function startPostgres(
  programs: string,
  password: string,
  method = 'scram-sha-256',
  tls?: ServerTls,
): Promise<DatabaseServer> {
  const home = databaseHome('postgres')
  const secret = join(home.path, 'secret')
  writeFileSync(secret, password, { mode: 0o644 })
  const data = join(home.path, 'data')
  const made = [
    '-D',
    data,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '-A',
    method,
    `--pwfile=${secret}`,
    '--no-sync',
  ]
  execFileSync(join(programs, 'initdb'), made, home.run)
  const port = await freePort()
  const logged = ['-c', 'log_statement=all', '-c', `log_line_prefix=${LINE}`]
  const secured = tlsOptions(home, tls)
  if (tls?.isDemanded) demandTls(join(data, 'pg_hba.conf'))
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', home.path, '-F', ...logged, ...secured]
  const address = ['-h', '127.0.0.1', '-p', String(port)]
  const stop = await startDatabase(home, join(programs, 'postgres'), options, 'SIGINT', () =>
    succeeds(() => execFileSync(join(programs, 'pg_isready'), address, { stdio: 'ignore' })),
  )
  return {
    port,
    run: (sql, database = 'postgres') => {
      const plain = ['-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-d', database]
      const env = { PGPASSWORD: password, PGAPPNAME: ADMINISTRATOR, PGCLIENTENCODING: 'UTF8' }
      const program = join(programs, 'psql')
      return execFileSync(program, [...address, ...plain], { input: sql, env, encoding: 'utf8', stdio: 'pipe' })
    },
    statements: () => statementsIn(readFileSync(home.log, 'utf8')),
    stop,
  }
}

function tlsOptions(home: DatabaseHome, tls: ServerTls | undefined): string[] {
  if (!tls) return []
  const [key, certificate] = layCertificate(home, tls)
  return ['-c', 'ssl=on', '-c', `ssl_key_file=${key}`, '-c', `ssl_cert_file=${certificate}`]
}

const demandTls = (file: string): void =>
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^host /gm, 'hostssl '))

const ADMINISTRATOR = 'administrator'
/** Begins each line of the log with the application's name, so that what `run` sends is not taken for a client's. */
const LINE = '<%a>'

/** A statement of several lines goes on in lines that begin with a tab. */
function statementsIn(log: string): string[] {
  const entries = log.split(/^(?=<[^>]*>)/m)
  return entries.flatMap((entry) => {
    const [, by, text] = /^<([^>]*)>LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)$/.exec(entry) ?? []
    return text === undefined || by === ADMINISTRATOR ? [] : [text.replaceAll('\n\t', '\n').trimEnd()]
  })
}

function succeeds(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
