import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** Which rooms a room may import. Only `src/main.ts` sees everything. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  server: ['protocol', 'core'],
  protocol: ['core'],
  services: ['protocol', 'core', 'sql', 'formats'],
  core: ['sql', 'formats'],
  engines: ['core', 'sql', 'formats'],
  storage: ['core'],
  sql: [],
  formats: [],
  'connector-kit': ['formats'],
}
/** Files at the top of `src`: the composition root, and what it alone uses. */
const ROOT_FILES: readonly string[] = ['main.ts', 'config.ts', 'data-directory.ts', 'lentic.ts']
/** Price books, models and AWS's own policies are data, which whoever understands them may read. */
const DATA = /^(prices|models|policies)\//
const MOST_LINES = { source: 400, test: 600 }
const VAGUE_NAMES = /^(utils?|helpers?|managers?|common|misc)$/
const UNFINISHED = /\b(TODO|FIXME|XXX|HACK)\b/

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(path))
const text = (path: string): string => readFileSync(path, 'utf8')
const isTest = (path: string): boolean =>
  path.startsWith('tests/') || path.endsWith('.test.ts') || path.endsWith('.contract.ts')

/** Paths of our own modules that a file imports, from the root of the repository. */
function importsOf(path: string): string[] {
  const found = text(path).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map(([, target]) => normalize(join(dirname(path), target!)))
}

const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1]

test('imports go in the allowed directions', () => {
  const wrong: string[] = []
  for (const path of files.filter((f) => f.startsWith('src/') && !isTest(f))) {
    const room = roomOf(path)
    if (room === undefined) continue
    for (const target of importsOf(path).filter((t) => !DATA.test(t))) {
      const other = roomOf(target)
      const allowed = other === room || (other !== undefined && ALLOWED[room]?.includes(other))
      const foreignService = room === 'services' && other === 'services' && serviceOf(path) !== serviceOf(target)
      if (!allowed || foreignService) wrong.push(`${path} imports ${target}`)
    }
  }
  assert.deepEqual(wrong, [])
})

const serviceOf = (path: string): string => path.split('/')[2]!

test('the process of the server never loads the engine, and starts without the compiler', () => {
  const reached = new Map<string, string>([['src/main.ts', '']])
  for (const [path] of reached) {
    // What is imported only when it is asked for, or only for its types, is not loaded with the file.
    const loaded = text(path).matchAll(/^(?:import|export) (?!type\b)(?:[^'()]*? from )?'([^']+)'/gm)
    for (const [, target = ''] of loaded) {
      const of = target.startsWith('.') ? normalize(join(dirname(path), target)) : target
      assert.ok(!ENGINES.includes(of) && !COMPILER.test(of), `${of} is loaded by ${way(path)}`)
      if (of.startsWith('src/') && !reached.has(of)) reached.set(of, path)
    }
  }
  assert.ok(reached.size > 200)

  function way(path: string): string {
    const by = reached.get(path)
    return by ? `${path}, of ${way(by)}` : path
  }
})

/** Libraries that workers load, or connectors. */
const ENGINES: readonly string[] = ['@duckdb/node-api', 'pg', 'mysql2', 'ion-js']
/** Loaded with the first query. */
const COMPILER = /^src\/(core\/queries\/statements|sql\/trino|sql\/hive\/(?!type\.ts))/

test('every room is known, and nothing else lies at the top of src', () => {
  const entries = readdirSync('src', { withFileTypes: true })
  const rooms = entries.filter((e) => e.isDirectory()).map((e) => e.name)
  assert.deepEqual(
    rooms.filter((room) => !(room in ALLOWED)),
    [],
  )
  const loose = entries.filter((e) => e.isFile() && !e.name.endsWith('.test.ts')).map((e) => e.name)
  assert.deepEqual(
    loose.filter((name) => !ROOT_FILES.includes(name)),
    [],
  )
})

/** Doors of others than AWS: their protocols have no model of AWS's. */
const NOT_OF_AWS: readonly string[] = ['hive-metastore', 'iceberg']

test('each service folder is named as a compiled model', () => {
  const services = readdirSync('src/services').filter((name) => name !== '.gitkeep')
  assert.deepEqual(
    services.filter((name) => !NOT_OF_AWS.includes(name) && !existsSync(`models/${name}.json`)),
    [],
  )
})

test('files stay below their cap', () => {
  const long = files
    .map((path) => ({
      path,
      lines: text(path).split('\n').length - 1,
      cap: isTest(path) ? MOST_LINES.test : MOST_LINES.source,
    }))
    .filter(({ lines, cap }) => lines > cap)
    .map(({ path, lines, cap }) => `${path}: ${lines} lines of at most ${cap}`)
  assert.deepEqual(long, [])
})

test('names are kebab-case nouns that say something', () => {
  const bad = files
    .flatMap((path) => path.split('/'))
    .filter((part) => VAGUE_NAMES.test(part.replace(/(\.test|\.contract)?\.ts$/, '')) || /[A-Z_]/.test(part))
  assert.deepEqual(bad, [])
})

test('nothing is left to be done in a comment', () => {
  assert.deepEqual(
    files.filter((path) => path !== 'tests/tidy.test.ts' && UNFINISHED.test(text(path))),
    [],
  )
})

test('only the settings read the environment', () => {
  const readers = files.filter(
    (f) => f.startsWith('src/') && !isTest(f) && f !== 'src/config.ts' && /process\.env\b/.test(text(f)),
  )
  assert.deepEqual(
    readers.filter((path) => !READS_ITS_OWN_ENVIRONMENT.includes(path)),
    [],
  )
})

/** A child process is told by its parent through the environment what no message can tell it. */
const READS_ITS_OWN_ENVIRONMENT: readonly string[] = []
