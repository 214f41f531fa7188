/** A Spark of `distribution.ts` on this machine alone, which runs statements one after the other. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { findJava } from '../java.ts'
import { fetchSpark } from './distribution.ts'

const STOP_LIMIT_MS = 20_000

export interface SparkSession {
  /** Rows as Python prints their values. Throws Error with Spark's own text. */
  run(sql: string): Promise<(string | null)[][]>
  stop(): Promise<void>
}

/** `settings` beside those that keep it on this machine. */
export async function startSpark(settings: Readonly<Record<string, string>>): Promise<SparkSession> {
  const [{ python, libraries }, java] = [await fetchSpark(), await findJava()]
  const home = await mkdtemp(join(tmpdir(), 'lentic-spark-'))
  const jars = (await readdir(libraries)).map((name) => join(libraries, name))
  const local = {
    'spark.master': 'local[2]',
    'spark.driver.memory': '1g',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.ui.enabled': 'false',
    'spark.sql.shuffle.partitions': '2',
    'spark.jars': jars.join(','),
  }
  const script = join(import.meta.dirname, 'session.py')
  const child = spawn(python, [script, JSON.stringify({ ...local, ...settings })], {
    cwd: home,
    env: { ...process.env, ...(java.includes('/') && { JAVA_HOME: dirname(dirname(await realpath(java))) }) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const log: string[] = []
  child.stderr.on('data', (chunk) => log.push(String(chunk)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<(string | null)[][]> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`Spark has ended:\n${log.join('').slice(-4000)}`)
    const { rows, error } = JSON.parse(value) as { rows?: (string | null)[][]; error?: string }
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
    run: (sql) => {
      child.stdin.write(`${JSON.stringify(sql)}\n`)
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
