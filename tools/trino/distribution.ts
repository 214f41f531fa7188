/**
 * A Trino on this machine: the libraries of its coordinator, its TPC-H connector, the generator and the queries of TPC-DS,
 * brought by Maven and kept outside of the repository. 422 is the release that Athena engine version 3 is nearest to, and
 * it runs on Java 17.
 */
import { join } from 'node:path'
import type { JavaReleases } from '../java.ts'
import { copyLibraries, kept, unpack } from '../kept-downloads.ts'

export const TRINO_VERSION = '422'
/** The last release that runs on Java 17; the hive connector of 422 is not to be had from Maven. */
const TRINO_HIVE_VERSION = '435'
/** Of few releases the Iceberg connector can be had; this is the last of them. */
const TRINO_ICEBERG_VERSION = '476'
const TPCDS_VERSION = '1.4'
/** The tests of Spark carry the TPC-DS queries, under the Apache license. */
const SPARK_TESTS = 'org.apache.spark:spark-sql_2.12:3.5.1:jar:tests'

export interface Coordinator {
  readonly version: string
  /** What it runs on, where that is not the usual one. */
  readonly java?: JavaReleases
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

/** Brings what is not there yet (about 130 MB). Needs `mvn` on the path. */
export async function fetchDistribution(): Promise<Distribution> {
  const trino = await fetchCoordinator(`trino-${TRINO_VERSION}`, TRINO_VERSION, 'trino-tpch')
  const tpcds = await kept(`tpcds-${TPCDS_VERSION}`, async (staged) => {
    await copyLibraries(staged, `io.trino.tpcds:tpcds:${TPCDS_VERSION}`)
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

/** A Trino with its Iceberg connector, likewise (about 550 MB). */
export async function fetchIcebergDistribution(): Promise<Coordinator> {
  const version = TRINO_ICEBERG_VERSION
  const folder = await kept(`trino-iceberg-${version}`, async (staged) => {
    await unpack(staged, `io.trino:trino-server-core:${version}:tar.gz`, '.')
    await unpack(staged, `io.trino:trino-iceberg:${version}:zip`, 'plugin')
  })
  const libraries = join(folder, `trino-server-core-${version}`, 'lib')
  return { version, java: [24, 25], libraries, plugins: join(folder, 'plugin') }
}

async function fetchCoordinator(name: string, version: string, plugin: string): Promise<Coordinator> {
  const folder = await kept(name, async (staged) => {
    await copyLibraries(staged, `io.trino:trino-main:${version}`)
    await unpack(staged, `io.trino:${plugin}:${version}:zip`, 'plugin')
  })
  return { version, libraries: join(folder, 'lib'), plugins: join(folder, 'plugin') }
}
