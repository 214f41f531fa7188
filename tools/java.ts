/** The Java that Trino, Spark and others run on, on the path or among the installed ones. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const RUNTIMES = '/usr/lib/jvm'

/** From the first to the last. */
export type JavaReleases = readonly [first: number, last: number]

const USUAL: JavaReleases = [17, 21]

/** The path of a program of it, `java` or `javac`. Throws where there is none. */
export async function findJava(
  program: 'java' | 'javac' = 'java',
  [first, last]: JavaReleases = USUAL,
): Promise<string> {
  const installed = existsSync(RUNTIMES) ? await readdir(RUNTIMES) : []
  const candidates = [
    ...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin', program)] : []),
    program,
    ...installed.map((name) => join(RUNTIMES, name, 'bin', program)),
  ]
  for (const path of candidates) {
    const release = await releaseOf(path)
    if (release !== undefined && release >= first && release <= last) return path
  }
  throw new Error(`Java ${first} is needed: none of ${candidates.join(', ')} is one`)
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
