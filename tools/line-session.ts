/** A program that reads calls, one line of JSON each, and answers each with a line of rows or of what went wrong. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const STOP_LIMIT_MS = 20_000

export type SessionRows = (string | null)[][]

export interface LineSession {
  /** One call after the other. Throws Error with the program's own text. */
  ask(call: unknown): Promise<SessionRows>
  stop(): Promise<void>
}

/** It says by a first answer that it has started. It runs in a folder of its own, called by `name`, which goes with it. */
export async function startSession(
  name: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<LineSession> {
  const home = await mkdtemp(join(tmpdir(), `lentic-${name}-`))
  const child = spawn(program, args, { cwd: home, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  const log: string[] = []
  child.stderr.on('data', (chunk) => log.push(String(chunk)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<SessionRows> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${name} has ended:\n${log.join('').slice(-4000)}`)
    const { rows, error } = JSON.parse(value) as { rows?: SessionRows; error?: string }
    if (!rows) throw new Error(error)
    return rows
  }
  const stop = async () => {
    await ended(child)
    await rm(home, { recursive: true, force: true })
  }
  try {
    await answer()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ask: (call) => {
      child.stdin.write(`${JSON.stringify(call)}\n`)
      return answer()
    },
    stop,
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await exit
  clearTimeout(timer)
}
