/** A Spark of `distribution.ts` on this machine alone, which runs statements one after the other. */
import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findJava } from '../java.ts'
import { type SessionRows, startSession } from '../line-session.ts'
import { fetchSpark } from './distribution.ts'

export interface SparkSession {
  /** Rows as Python prints their values. Throws Error with Spark's own text. */
  run(sql: string): Promise<SessionRows>
  stop(): Promise<void>
}

/** `settings` beside those that keep it on this machine; `more` are folders of jars to load. */
export async function startSpark(
  settings: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<SparkSession> {
  const [{ python, libraries }, java] = [await fetchSpark(), await findJava()]
  const jars = (await Promise.all([libraries, ...more].map(jarsOf))).flat()
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
  const env = java.includes('/') ? { JAVA_HOME: dirname(dirname(await realpath(java))) } : {}
  const session = await startSession('spark', python, [script, JSON.stringify({ ...local, ...settings })], env)
  return { run: (sql) => session.ask(sql), stop: () => session.stop() }
}

const jarsOf = async (folder: string): Promise<string[]> => (await readdir(folder)).map((name) => join(folder, name))
