/**
 * A Trino on this machine: the libraries of its coordinator, its TPC-H connector, the generator and the queries of TPC-DS,
 * brought by Maven and kept outside of the repository. 422 is the release that Athena engine version 3 is nearest to, and
 * it runs on Java 17.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const TRINO_VERSION = '422'
/** The last release that runs on Java 17; the hive connector of 422 is not to be had from Maven. */
const TRINO_HIVE_VERSION = '435'
const TPCDS_VERSION = '1.4'
/** The tests of Spark carry the TPC-DS queries, under the Apache license. */
const SPARK_TESTS = 'org.apache.spark:spark-sql_2.12:3.5.1:jar:tests'
const run = promisify(execFile)

export interface Coordinator {
  readonly version: string
  /** Jars of the coordinator. */
  readonly libraries: string
  /** A folder for each plugin. */
  readonly plugins: string
}

export interface Distribution extends Coordinator {
  readonly tpcds: {
    /** Jars of the generator. */
    readonly libraries: string
    /** `q1.sql`, in Spark's spelling. */
    readonly queries: string
  }
}

const pom = (artifact: string, version: string): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lentic</groupId><artifactId>trino</artifactId><version>${version}</version>
  <dependencies><dependency>${artifact}</dependency></dependencies>
</project>
`
const coordinates = (group: string, name: string, version: string): string =>
  `<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>`

/** Where it is kept, in the user's cache. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lentic')
}

/** Brings what is not there yet (about 130 MB). Needs `mvn` on the path. */
export async function fetchDistribution(): Promise<Distribution> {
  const trino = await fetchCoordinator(`trino-${TRINO_VERSION}`, TRINO_VERSION, 'trino-tpch')
  const tpcds = await kept(`tpcds-${TPCDS_VERSION}`, async (staged) => {
    await copyLibraries(staged, coordinates('io.trino.tpcds', 'tpcds', TPCDS_VERSION), TPCDS_VERSION)
    await unpack(staged, SPARK_TESTS, 'queries', '-Dmdep.unpack.includes=tpcds/*.sql')
  })
  return {
    ...trino,
    tpcds: { libraries: join(tpcds, 'lib'), queries: join(tpcds, 'queries', 'tpcds') },
  }
}

/** A Trino with its hive connector, likewise (about 300 MB). */
export const fetchHiveDistribution = (): Promise<Coordinator> =>
  fetchCoordinator(`trino-hive-${TRINO_HIVE_VERSION}`, TRINO_HIVE_VERSION, 'trino-hive')

async function fetchCoordinator(name: string, version: string, plugin: string): Promise<Coordinator> {
  const folder = await kept(name, async (staged) => {
    await copyLibraries(staged, coordinates('io.trino', 'trino-main', version), version)
    await unpack(staged, `io.trino:${plugin}:${version}:zip`, 'plugin')
  })
  return { version, libraries: join(folder, 'lib'), plugins: join(folder, 'plugin') }
}

/** Laid beside its place and renamed, so that a download that broke off is never taken for a whole one. */
async function kept(name: string, lay: (staged: string) => Promise<void>): Promise<string> {
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

async function copyLibraries(folder: string, artifact: string, version: string): Promise<void> {
  await writeFile(join(folder, 'pom.xml'), pom(artifact, version))
  await maven(
    folder,
    'dependency:copy-dependencies',
    '-DincludeScope=runtime',
    `-DoutputDirectory=${join(folder, 'lib')}`,
  )
}

const unpack = (folder: string, artifact: string, to: string, ...options: readonly string[]): Promise<void> =>
  maven(folder, 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${join(folder, to)}`, ...options)

async function maven(folder: string, ...args: readonly string[]): Promise<void> {
  await run('mvn', ['-B', '-q', ...args], { cwd: folder, maxBuffer: 1 << 26 })
}
