/**
 * Compiles the models of every service from botocore and prints what changed.
 *
 *   node tools/models/refresh.ts [--from <botocore>/data] [--check]
 *
 * Without `--from` the pinned botocore is installed into a temporary Python environment. With `--check` nothing is
 * written and any difference fails.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { type CompiledModel, compileModel, formatModel } from './compile.ts'
import { differences } from './difference.ts'
import { botocoreVersion, services } from './services.ts'
import type { SourceModel } from './source.ts'

const target = join(import.meta.dirname, '../../models')
const { values: options } = parseArgs({ options: { from: { type: 'string' }, check: { type: 'boolean' } } })

const changed = options.from ? refresh(options.from) : withBotocore(refresh)
if (options.check && changed > 0) process.exitCode = 1

/** How many models differ from what is committed. */
function refresh(data: string): number {
  mkdirSync(target, { recursive: true })
  const compiled = services.map((name) => compileModel(name, readSource(data, name)))
  let count = 0
  for (const model of compiled) {
    const name = String(model.metadata.name)
    const lines = differences(readCompiled(name), model)
    if (lines.length > 0) count += 1
    if (lines.length > 0) console.log([`${name}:`, ...lines].join('\n  '))
    if (!options.check) writeFileSync(join(target, `${name}.json`), formatModel(model))
  }
  if (!options.check) writeIndex(compiled)
  console.log(`${count} of ${services.length} models changed (botocore ${botocoreVersion})`)
  return count
}

/** The metadata of every model in one small file: what routing reads at start-up. */
function writeIndex(compiled: readonly CompiledModel[]): void {
  const lines = compiled.map((model) => JSON.stringify(model.metadata))
  writeFileSync(join(target, 'index.json'), `{"botocore":"${botocoreVersion}","models":[\n${lines.join(',\n')}\n]}\n`)
}

/** Of a folder's dated versions the newest, with what botocore itself merges into it before use. */
function readSource(data: string, name: string): SourceModel {
  const version = readdirSync(join(data, name)).sort().at(-1) ?? ''
  const source = JSON.parse(gunzipSync(readFileSync(join(data, name, version, 'service-2.json.gz'))).toString())
  const extras = join(data, name, version, 'service-2.sdk-extras.json')
  return existsSync(extras) ? merge(source, JSON.parse(readFileSync(extras, 'utf8')).merge ?? {}) : source
}

function merge<T extends object>(target: T, extras: Readonly<Record<string, unknown>>): T {
  const fields = target as Record<string, unknown>
  for (const [key, value] of Object.entries(extras)) {
    const current = fields[key]
    const nested = typeof value === 'object' && value !== null && typeof current === 'object' && current !== null
    fields[key] = nested ? merge(current, value as Record<string, unknown>) : value
  }
  return target
}

function readCompiled(name: string): CompiledModel | undefined {
  const file = join(target, `${name}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function withBotocore(work: (data: string) => number): number {
  const folder = mkdtempSync(join(tmpdir(), 'lentic-models-'))
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    const python = join(folder, 'bin', 'python')
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', `botocore==${botocoreVersion}`]
    execFileSync(python, install, { stdio: 'inherit' })
    const purelib = execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'])
      .toString()
      .trim()
    return work(join(purelib, 'botocore', 'data'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
