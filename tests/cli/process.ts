/** The real command line as a child process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const BIN = 'bin/lentic.ts'

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves with all of standard output so far as soon as it holds this. */
  said(text: string): Promise<string>
  readonly ended: Promise<Ended>
}

/** Nothing of the environment of whoever runs the tests reaches the command but where programs are. */
export function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  let [out, err] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }))
  return {
    child,
    ended,
    async said(text) {
      while (!out.includes(text)) {
        const end = await Promise.race([once(child.stdout!, 'data'), ended])
        if ('code' in end && !out.includes(text))
          throw new Error(`ended with ${end.code} before it said ${text}: ${out}${err}`)
      }
      return out
    },
  }
}

export const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string) =>
  launch(args, env, input).ended
