/** PySpark from PyPI, and Hadoop's S3 for it from Maven (about 750 MB together). Needs `python3` and `mvn` on the path. */
import { join } from 'node:path'
import { copyLibraries, kept, runTool } from '../kept-downloads.ts'

/** The line that AWS Glue 5 runs. */
const SPARK_VERSION = '3.5.6'
/** That of the Hadoop in it: no other fits. */
const HADOOP_VERSION = '3.3.4'
const ICEBERG_VERSION = '1.9.2'

export interface SparkDistribution {
  /** A Python that has PySpark. */
  readonly python: string
  /** Jars that Spark is to load. */
  readonly libraries: string
}

export async function fetchSpark(): Promise<SparkDistribution> {
  const spark = await kept(`spark-${SPARK_VERSION}`, async (staged) => {
    const venv = join(staged, 'venv')
    await runTool(staged, 'python3', '-m', 'venv', venv)
    await runTool(staged, join(venv, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', `pyspark==${SPARK_VERSION}`)
  })
  const hadoop = await kept(`hadoop-aws-${HADOOP_VERSION}`, (staged) =>
    copyLibraries(staged, `org.apache.hadoop:hadoop-aws:${HADOOP_VERSION}`),
  )
  return { python: join(spark, 'venv', 'bin', 'python'), libraries: join(hadoop, 'lib') }
}

/** Iceberg for it, with what it needs to reach AWS (about 110 MB): jars that Spark is to load beside its own. */
export const fetchSparkIceberg = (): Promise<string> =>
  kept(`spark-iceberg-${ICEBERG_VERSION}`, (staged) =>
    copyLibraries(
      staged,
      `org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:${ICEBERG_VERSION}`,
      `org.apache.iceberg:iceberg-aws-bundle:${ICEBERG_VERSION}`,
    ),
  ).then((folder) => join(folder, 'lib'))
