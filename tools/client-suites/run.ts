/**
 * Runs a client's own tests, unchanged, against a server of its own: `npm run client-suites -- dbt-athena`, or with
 * `--source DIR` where the package does not ship them. What follows `--` goes to pytest instead of the suite's own files.
 * What was counted last is in docs/athena/clients.md.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AthenaClient, CreateWorkGroupCommand, UpdateWorkGroupCommand } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { start } from '../../src/main.ts'
import { serveStack } from './stacks.ts'
import { SUITES, type Suite } from './suites.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'lentic-client-suites') },
  },
})
const [name, ...tests] = positionals
const suite = SUITES[name ?? '']
if (!suite) {
  console.error(`usage: node tools/client-suites/run.ts ${Object.keys(SUITES).join('|')} [--source DIR] [-- tests]`)
  process.exit(2)
}
const home = join(values.cache, name!)
await mkdir(home, { recursive: true })
const python = environment(suite, home)
const source = values.source ?? (await packagedSource(suite, home, python))
process.exitCode = await run(suite, source, python, tests)

/** A virtual environment with what the suite needs; made by the first who asks. */
function environment({ requirements }: Suite, folder: string): string {
  const bin = join(folder, 'venv', 'bin')
  if (!existsSync(bin)) command('python3', ['-m', 'venv', join(folder, 'venv')])
  command(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements])
  return join(bin, 'python')
}

async function packagedSource({ source: from }: Suite, folder: string, interpreter: string): Promise<string> {
  if (from.kind === 'checkout') throw new Error(`${name} does not package its tests: name a checkout with --source DIR`)
  const unpacked = join(folder, 'source')
  await rm(unpacked, { recursive: true, force: true })
  await mkdir(unpacked, { recursive: true })
  const options = ['download', '--quiet', '--no-deps', '--no-binary', ':all:', '-d', unpacked]
  command(interpreter, ['-m', 'pip', ...options, from.requirement])
  const [archive] = await readdir(unpacked)
  command('tar', ['-xzf', join(unpacked, archive!), '-C', unpacked])
  return join(unpacked, archive!.replace(/\.tar\.gz$/, ''))
}

async function run(what: Suite, folder: string, interpreter: string, chosen: readonly string[]): Promise<number> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'lentic-client-suite-'))
  const server = await start({ port: 0, dataDirectory, region: what.region })
  const stack = what.stackOutputs && (await serveStack('aws-sdk-pandas-base', what.stackOutputs))
  try {
    await prepare(what, server.endpoint)
    const options = ['-q', '-p', 'no:cacheprovider', '-rfE', '--tb=short']
    const own = chosen.length > 0 ? chosen : what.pytest
    const child = spawn(interpreter, ['-m', 'pytest', ...options, ...own], {
      cwd: folder,
      stdio: 'inherit',
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AWS_ENDPOINT_URL: server.endpoint,
        ...(stack && { AWS_ENDPOINT_URL_CLOUDFORMATION: stack.endpoint }),
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: what.region,
        AWS_EC2_METADATA_DISABLED: 'true',
        PYTHONPATH: import.meta.dirname,
        ...what.environment,
      },
    })
    const [code] = await once(child, 'exit')
    return code ?? 1
  } finally {
    stack?.close()
    await server.stop()
    await rm(dataDirectory, { recursive: true, force: true })
  }
}

async function prepare({ region, buckets, databases, workGroups }: Suite, endpoint: string): Promise<void> {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const [s3, glue, athena] = [
    new S3Client({ ...settings, forcePathStyle: true }),
    new GlueClient(settings),
    new AthenaClient(settings),
  ]
  for (const Bucket of buckets) await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Name of databases) {
    const isThere = await glue
      .send(new GetDatabaseCommand({ Name }))
      .then(() => true)
      .catch(() => false)
    if (!isThere) await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))
  }
  for (const { name: WorkGroup, output: OutputLocation } of workGroups)
    if (WorkGroup === 'primary') {
      const ConfigurationUpdates = { ResultConfigurationUpdates: { OutputLocation } }
      await athena.send(new UpdateWorkGroupCommand({ WorkGroup, ConfigurationUpdates }))
    } else {
      const Configuration = { ResultConfiguration: { OutputLocation } }
      await athena.send(new CreateWorkGroupCommand({ Name: WorkGroup, Configuration }))
    }
}

function command(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status}`)
}
