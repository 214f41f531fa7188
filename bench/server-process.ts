/** The servers that are measured, each a process of its own on a free port of this machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../tools/free-port.ts'

export interface ServerProcess {
  readonly port: number
  readonly pid: number
  /** From the start of the process until it was first healthy. */
  readonly startMs: number
  stop(): Promise<void>
}

const ROOT = join(import.meta.dirname, '..')
/** Where neither git nor the linter looks. */
const VENV = join(ROOT, 'node_modules', '.cache', 'bench-venv')
export const MOTO_VERSION = '5.2.5'
const PATIENCE_MS = 60_000

/**
 * As `npm start` does; on an empty data directory of its own unless told which. `compiled: false` is as after a checkout:
 * modules that earlier starts have compiled are not used.
 */
export async function startLentic({
  directory,
  compiled = true,
}: {
  readonly directory?: string
  readonly compiled?: boolean
} = {}): Promise<ServerProcess> {
  const data = directory ?? (await temporaryDirectory())
  const port = await freePort()
  const args = ['--import', './bin/node-24.mjs', 'bin/lentic.ts', 'serve', '--data', data, '--port', String(port)]
  const env = compiled ? process.env : { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  const server = await startServer(process.execPath, args, port, '/_lentic/health', env)
  return {
    ...server,
    async stop() {
      await server.stop()
      if (directory === undefined) await removeDirectory(data)
    },
  }
}

export const temporaryDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'lentic-bench-'))
export const removeDirectory = (path: string): Promise<void> => rm(path, { recursive: true, force: true })

/** Installed by the first who asks. */
export async function startMoto(): Promise<ServerProcess> {
  installMoto()
  const port = await freePort()
  return startServer(join(VENV, 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], port, '/moto-api/')
}

function installMoto(): void {
  const pip = join(VENV, 'bin', 'pip')
  if (!existsSync(pip)) execFileSync('python3', ['-m', 'venv', VENV], { stdio: 'inherit' })
  const isThere = existsSync(join(VENV, 'bin', 'moto_server'))
  const installed = isThere ? execFileSync(pip, ['show', 'moto'], { encoding: 'utf8' }) : ''
  if (!installed.includes(`Version: ${MOTO_VERSION}`))
    execFileSync(pip, ['install', '--quiet', `moto[server]==${MOTO_VERSION}`], { stdio: 'inherit' })
}

async function startServer(
  command: string,
  args: readonly string[],
  port: number,
  healthPath: string,
  env = process.env,
): Promise<ServerProcess> {
  const from = performance.now()
  const child = spawn(command, args, { cwd: ROOT, stdio: 'ignore', env })
  await untilHealthy(child, `http://127.0.0.1:${port}${healthPath}`)
  return { port, pid: child.pid!, startMs: performance.now() - from, stop: () => ended(child) }
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    const response = await fetch(url).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok) return
    await sleep(2)
  }
  child.kill('SIGKILL')
  throw new Error(`${child.spawnfile} did not answer within ${PATIENCE_MS / 1000} s`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}

/** Resident memory of one process as Linux tells it; `undefined` elsewhere. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kibibytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

/** Processor time that a process has used since it began, as Linux tells it; `undefined` elsewhere. */
export async function processorMs(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // After the name, which may hold anything: the 12th and 13th are user and system time in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' ? undefined : (Number(fields[11]) + Number(fields[12])) * 10
}
