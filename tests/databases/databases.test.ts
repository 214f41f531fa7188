import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { DatabaseServer } from './database-server.ts'
import { mariadbRoot, startMariadb } from './mariadb.ts'
import { postgresPrograms, startPostgres } from './postgres.ts'

const MADE = "CREATE TABLE t (a integer, b varchar(9)); INSERT INTO t VALUES (1, 'ä'), (2, NULL);"
const ASKED = 'SELECT b\nFROM t\nWHERE a = 1'

async function lived(server: DatabaseServer, database: string, null_: string, ask: () => string): Promise<void> {
  try {
    server.run(MADE, database)
    assert.equal(server.run('SELECT * FROM t ORDER BY a;', database), `1\tä\n2\t${null_}\n`)
    assert.throws(() => server.run('SELECT * FROM missing;', database), /missing/)
    assert.equal(ask(), 'ä')
    const told = server.statements()
    assert.ok(told.includes(ASKED), told.join('\n'))
    assert.ok(!told.some((statement) => statement.includes('INSERT INTO t')))
  } finally {
    await server.stop()
  }
}

const programs = postgresPrograms()
test('a PostgreSQL of our own', { skip: programs === undefined && 'not installed' }, async () => {
  const server = await startPostgres(programs!, 'secret')
  const address = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', '-X', '-A', '-t', '-c', ASKED]
  const env = { PGPASSWORD: 'secret', PGCLIENTENCODING: 'UTF8' }
  await lived(server, 'postgres', '', () => execFileSync(join(programs!, 'psql'), address, { env }).toString().trim())
})

const root = mariadbRoot()
test('a MariaDB of our own', { skip: root === undefined && 'not installed' }, async () => {
  const server = await startMariadb(root!, 'secret')
  const address = ['-h', '127.0.0.1', '-P', String(server.port), '-u', 'ann', '-psecret', '-N', '-e', ASKED, 'shop']
  const client = join(root!, 'bin', 'mariadb')
  assert.ok(existsSync(client))
  const options = ['--no-defaults', '--default-character-set=utf8mb4', ...address]
  await lived(server, 'shop', 'NULL', () => execFileSync(client, options).toString().trim())
})
