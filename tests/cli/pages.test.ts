/** Every SQL statement of the pages runs as it stands, in its order. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { callS3 } from '../../bin/api-client.ts'
import { runAthenaQuery } from '../../bin/athena-query.ts'
import { start } from '../../src/lentic.ts'
import type { RunningServer } from '../../src/main.ts'

let lake: RunningServer
before(async () => {
  lake = await start({ engine: { workers: 1, memoryBytes: 512 << 20 } })
})
after(() => lake.stop())

for (const page of ['docs/athena.md', 'docs/sql.md'])
  test(page, async () => {
    const target = { endpoint: lake.endpoint, region: lake.region, ...lake.credentials }
    for (const bucket of ['lake', 'results']) await callS3(target, 'PUT', `/${bucket}`)
    const statements = [...readFileSync(page, 'utf8').matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text]) => text!)
    assert.ok(statements.length > 4)
    for (const sql of statements) {
      const { status } = await runAthenaQuery(target, { sql, output: 's3://results/' })
      assert.equal(status.state, 'SUCCEEDED', `${status.reason}\n${sql}`)
    }
  })
