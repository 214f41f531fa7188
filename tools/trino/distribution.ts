/**
 * A Trino on this machine: the libraries of its coordinator and its TPC-H connector, brought by Maven and kept outside
 * of the repository. 422 is the release that Athena engine version 3 is nearest to, and it runs on Java 17.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const TRINO_VERSION = '422'
const run = promisify(execFile)

export interface Distribution {
  /** Jars of the coordinator. */
  readonly libraries: string
  /** A folder for each plugin. */
  readonly plugins: string
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lentic</groupId><artifactId>trino</artifactId><version>${TRINO_VERSION}</version>
  <dependencies>
    <dependency><groupId>io.trino</groupId><artifactId>trino-main</artifactId><version>${TRINO_VERSION}</version></dependency>
  </dependencies>
</project>
`

/** Where it is kept, in the user's cache. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lentic', `trino-${TRINO_VERSION}`)
}

/** Brings it when it is not there yet (about 100 MB). Needs `mvn` on the path. */
export async function fetchDistribution(): Promise<Distribution> {
  const folder = cacheFolder()
  const distribution = { libraries: join(folder, 'lib'), plugins: join(folder, 'plugin') }
  if (existsSync(folder)) return distribution
  // Laid beside its place and renamed, so that a download that broke off is never taken for a whole one.
  const staged = `${folder}.${process.pid}`
  try {
    await mkdir(staged, { recursive: true })
    await writeFile(join(staged, 'pom.xml'), POM)
    const maven = (...args: string[]) => run('mvn', ['-B', '-q', ...args], { cwd: staged, maxBuffer: 1 << 26 })
    await maven('dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(staged, 'lib')}`)
    await maven(
      'dependency:unpack',
      `-Dartifact=io.trino:trino-tpch:${TRINO_VERSION}:zip`,
      `-DoutputDirectory=${join(staged, 'plugin')}`,
    )
    await rename(staged, folder)
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
  return distribution
}

const RUNTIMES = '/usr/lib/jvm'

/** The `java` to run it with: one of the releases 17 to 21, on the path or among the installed ones. */
export async function findJava(): Promise<string> {
  const installed = existsSync(RUNTIMES) ? await readdir(RUNTIMES) : []
  const candidates = [
    ...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin', 'java')] : []),
    'java',
    ...installed.map((name) => join(RUNTIMES, name, 'bin', 'java')),
  ]
  for (const java of candidates) {
    const release = await releaseOf(java)
    if (release !== undefined && release >= 17 && release <= 21) return java
  }
  throw new Error(`Trino ${TRINO_VERSION} needs Java 17: none of ${candidates.join(', ')} is one`)
}

async function releaseOf(java: string): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await run(java, ['-version'])
    return Number(/version "(\d+)/.exec(stderr + stdout)?.[1])
  } catch {
    return undefined
  }
}
