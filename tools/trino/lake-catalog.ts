/** Settings of Trino's hive connector for a lake of ours: its files, and its catalog. */

type Settings = Readonly<Record<string, string>>

/** The files of a lake, by S3. */
export const lakeFiles = (endpoint: string): Settings => ({
  'connector.name': 'hive',
  'fs.hadoop.enabled': 'false',
  'fs.native-s3.enabled': 'true',
  's3.endpoint': endpoint,
  's3.region': 'us-east-1',
  's3.path-style-access': 'true',
  's3.aws-access-key': 'test',
  's3.aws-secret-key': 'test',
})

/** Its tables, by Glue. */
export const glueMetastore = (endpoint: string): Settings => ({
  'hive.metastore': 'glue',
  'hive.metastore.glue.endpoint-url': endpoint,
  'hive.metastore.glue.region': 'us-east-1',
  'hive.metastore.glue.aws-access-key': 'test',
  'hive.metastore.glue.aws-secret-key': 'test',
})

/** As a file of properties. */
export function catalogText(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  return lines.join('')
}
