/**
 * What changes Iceberg tables, beside a Trino of one node on this machine, whose tables are on the local disk and as its
 * defaults have them.
 */
import { queryTrino } from '../../tools/trino/client.ts'
import { catalogText } from '../../tools/trino/lake-catalog.ts'
import { startIcebergTrino } from '../../tools/trino/server.ts'
import { Client } from '../client.ts'
import type { Finding } from '../measure.ts'
import { createLake } from '../query.ts'
import { removeDirectory, startLentic, temporaryDirectory } from '../server-process.ts'
import { idsOfSequences, mergesBeside } from './iceberg-merges.ts'

export async function measureIcebergOfTrino(): Promise<Finding[]> {
  const warehouse = await temporaryDirectory()
  const server = await startLentic()
  const client = new Client(server.port)
  const trino = await startIcebergTrino({ own: catalogText(settings(warehouse)) })
  const run = async (sql: string): Promise<void> => {
    const answer = await queryTrino({ url: trino.url, catalog: 'own', schema: 'db' }, sql)
    if ('code' in answer) throw new Error(`${answer.code}: ${answer.message}\n${sql}`)
  }
  try {
    await createLake(client)
    await run('CREATE SCHEMA db')
    return [await mergesBeside(client, { name: 'Trino', run, named: (table) => table, ids: idsOfSequences })]
  } finally {
    await trino.stop()
    client.close()
    await server.stop()
    await removeDirectory(warehouse)
  }
}

const settings = (warehouse: string): Record<string, string> => ({
  'connector.name': 'iceberg',
  'iceberg.catalog.type': 'TESTING_FILE_METASTORE',
  'hive.metastore.catalog.dir': 'local:///catalog',
  'fs.hadoop.enabled': 'false',
  'fs.native-local.enabled': 'true',
  'local.location': warehouse,
})
