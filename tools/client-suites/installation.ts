/** What a suite needs before it can run: the client, installed by its package's name, and its tests in a folder of their own. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Suite } from './suites.ts'

export interface Installation {
  readonly python: string
  /** Holds the tests and nothing of the client, so that what is tested is what is installed. */
  readonly folder: string
  /** Where what pytest says is to be written. */
  readonly said: string
}

/** What of a source tree the tests are: themselves, and how pytest is to treat them. */
const TESTS = ['tests', 'pyproject.toml']

/** `home` keeps the environment for the next time. `checkout`: the source tree of a client whose package has no tests. */
export async function install(suite: Suite, home: string, checkout: string | undefined): Promise<Installation> {
  await mkdir(home, { recursive: true })
  const python = environment(suite, home)
  const source = checkout ?? (await packagedSource(suite, home, python))
  const folder = join(home, 'tests')
  await rm(folder, { recursive: true, force: true })
  for (const part of TESTS) await cp(join(source, part), join(folder, part), { recursive: true })
  return { python, folder, said: join(home, 'pytest.txt') }
}

/** A virtual environment with what the suite needs; made by the first who asks. */
function environment({ requirements }: Suite, home: string): string {
  const bin = join(home, 'venv', 'bin')
  if (!existsSync(bin)) command('python3', ['-m', 'venv', join(home, 'venv')])
  command(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements])
  return join(bin, 'python')
}

async function packagedSource({ source }: Suite, home: string, python: string): Promise<string> {
  if (source.kind === 'checkout') throw new Error('The package has no tests: name a checkout')
  const unpacked = join(home, 'source')
  await rm(unpacked, { recursive: true, force: true })
  await mkdir(unpacked, { recursive: true })
  command(python, [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--no-binary',
    ':all:',
    '-d',
    unpacked,
    source.requirement,
  ])
  const [archive] = await readdir(unpacked)
  command('tar', ['-xzf', join(unpacked, archive!), '-C', unpacked])
  return join(unpacked, archive!.replace(/\.tar\.gz$/, ''))
}

function command(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status}`)
}
