import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { launch, run } from './process.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lentic-cli-'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('serve says where it is, what to export, and a query that works', async () => {
  const server = launch(['serve', '--port', '0', '--data', join(folder, 'lake'), '--workers', '1'])
  const said = await server.said('Ctrl-C')
  const environment = Object.fromEntries(
    [...said.matchAll(/(AWS_[A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
  )
  assert.deepEqual(Object.keys(environment).sort(), [
    'AWS_ACCESS_KEY_ID',
    'AWS_DEFAULT_REGION',
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_SECRET_ACCESS_KEY',
  ])
  const query = /lentic -- sql "([^"]+)"/.exec(said)?.[1]
  assert.ok(query, said)
  const answer = await run(['sql', '--format', 'csv', query], environment)
  assert.equal(answer.code, 0, answer.err)
  // 2026 begins and ends on a Thursday, the fourth day of a week.
  assert.equal(answer.out, 'weekday,days\n1,52\n2,52\n3,52\n4,53\n5,52\n6,52\n7,52\n')

  const health = await run(['status'], environment)
  assert.equal(health.code, 0)
  assert.match(health.out, /^http:\/\/127\.0\.0\.1:\d+: ok, lentic \d+\.\d+\.\d+, up .* s\n$/)

  const second = await run(['serve', '--port', '0', '--data', join(folder, 'lake')])
  assert.equal(second.code, 1)
  assert.match(second.err, /is in use by process \d+/)

  server.child.kill('SIGTERM')
  assert.equal((await server.ended).code, 0)
  assert.ok(existsSync(join(folder, 'lake')))
})

test('a port that is taken is said', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const answer = await run(['serve', '--port', String(port), '--memory'])
  other.close()
  assert.equal(answer.code, 1)
  assert.match(answer.err, new RegExp(`port ${port}: something listens there already`))
})

test('what is not safe does not start', async () => {
  const answer = await run(['serve', '--port', '0', '--host', '0.0.0.0', '--memory'])
  assert.equal(answer.code, 2)
  assert.match(answer.err, /LENTIC_ROOT_ACCESS_KEY_ID/)
})

test('a server that npm started ends with npm', async () => {
  // What npm does: a shell between them that does not pass signals on.
  const script = `"${process.execPath}" bin/lentic.ts serve --port 0 --memory --workers 1 & wait`
  const shell = spawn('/bin/sh', ['-c', script], {
    env: { PATH: process.env.PATH, npm_command: 'exec' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of shell.stdout) {
    said += chunk
    if (said.includes('Ctrl-C')) break
  }
  const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(said)![1]!
  shell.kill('SIGTERM')
  for (;;) {
    const answers = await fetch(`${endpoint}/_lentic/health`, { headers: { connection: 'close' } }).catch(
      () => undefined,
    )
    if (!answers) break
    await answers.arrayBuffer()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (path) =>
    existsSync(path) && Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 24,
)

test('an older Node is told what to do', { skip: oldNode ? false : 'no older Node is installed' }, () => {
  assert.throws(
    () => execFileSync(oldNode!, ['--import', './bin/node-24.mjs', 'bin/lentic.ts', 'serve'], { stdio: 'pipe' }),
    (error: { status: number; stderr: Buffer }) => {
      assert.equal(error.status, 1)
      assert.match(error.stderr.toString(), /needs Node 24 or newer; this is v\d+.*npm ci/s)
      return true
    },
  )
})
