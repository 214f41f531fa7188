/** The Java that Trino and Spark run on: one of the releases 17 to 21, on the path or among the installed ones. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const RUNTIMES = '/usr/lib/jvm'

/** The path of a program of it, `java` or `javac`. Throws where there is none. */
export async function findJava(program: 'java' | 'javac' = 'java'): Promise<string> {
  const installed = existsSync(RUNTIMES) ? await readdir(RUNTIMES) : []
  const candidates = [
    ...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin', program)] : []),
    program,
    ...installed.map((name) => join(RUNTIMES, name, 'bin', program)),
  ]
  for (const path of candidates) {
    const release = await releaseOf(path)
    if (release !== undefined && release >= 17 && release <= 21) return path
  }
  throw new Error(`Java 17 is needed: none of ${candidates.join(', ')} is one`)
}

/** `openjdk version "17.0.15"`, `javac 17.0.15`. */
async function releaseOf(path: string): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await run(path, ['-version'])
    return Number(/(?:version "|javac )(\d+)/.exec(stderr + stdout)?.[1])
  } catch {
    return undefined
  }
}
