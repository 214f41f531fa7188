import assert from 'node:assert/strict'
import { after } from 'node:test'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { startLake, type TestLake } from '../server.ts'

/**
 * A server and a client of it, with the databases named, for all tests of the file that calls this at its top. After them
 * it is stopped, and must have logged no bug.
 */
export async function glueLake(databases: readonly string[] = []): Promise<{ lake: TestLake; glue: GlueClient }> {
  const lake = await startLake()
  const glue = new GlueClient(lake.client)
  for (const Name of databases) await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))
  after(async () => {
    glue.destroy()
    await lake.stop()
    assert.deepEqual(lake.log, [])
  })
  return { lake, glue }
}
