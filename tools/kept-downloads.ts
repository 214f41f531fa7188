/** What is brought from package registries once and kept in the user's cache, outside of the repository. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** A registry that does not answer is as good as none. */
const LIMIT_MS = 600_000

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lentic')
}

/** Laid beside its place and renamed, so that a download that broke off is never taken for a whole one. */
export async function kept(name: string, lay: (staged: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name)
  if (existsSync(folder)) return folder
  const staged = `${folder}.${process.pid}`
  try {
    await mkdir(staged, { recursive: true })
    await lay(staged)
    await rename(staged, folder)
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
  return folder
}

/** Artifacts `group:name:version` with all they need to run, into `lib`. Needs `mvn` on the path. */
export async function copyLibraries(folder: string, ...artifacts: readonly string[]): Promise<void> {
  const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lentic</groupId><artifactId>libraries</artifactId><version>1</version>
  <dependencies>${artifacts.map(dependencyText).join('')}</dependencies>
</project>
`
  await writeFile(join(folder, 'pom.xml'), pom)
  const output = `-DoutputDirectory=${join(folder, 'lib')}`
  await maven(folder, 'dependency:copy-dependencies', '-DincludeScope=runtime', output)
}

function dependencyText(artifact: string): string {
  const [group, name, version] = artifact.split(':')
  return `<dependency>
    <groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>
  </dependency>`
}

/** What is inside an archive, into a folder of it. */
export const unpack = (folder: string, artifact: string, to: string, ...options: readonly string[]): Promise<void> =>
  maven(folder, 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${join(folder, to)}`, ...options)

const maven = (folder: string, ...args: readonly string[]): Promise<void> => runTool(folder, 'mvn', '-B', '-q', ...args)

/** In a folder that is being laid. */
export async function runTool(folder: string, program: string, ...args: readonly string[]): Promise<void> {
  await run(program, [...args], { cwd: folder, maxBuffer: 1 << 26, timeout: LIMIT_MS })
}
