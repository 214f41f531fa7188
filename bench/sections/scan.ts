/**
 * Queries that read a lot, through Athena and typed into DuckDB directly: the same files, engine, threads and machine,
 * in turns. Both must give the same result.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '../client.ts'
import { DirectEngine } from '../direct-engine.ts'
import { atMost, type Finding, median, milliseconds, times } from '../measure.ts'
import { BUCKET, createLake, putObject, resultRows, runQuery } from '../query.ts'
import { removeDirectory, startLentic, temporaryDirectory } from '../server-process.ts'
import { QUERIES, TABLES } from './scan-queries.ts'

const ROUNDS = 9

export async function measureScan(): Promise<Finding[]> {
  const directory = await temporaryDirectory()
  const server = await startLentic()
  const direct = await DirectEngine.open()
  try {
    const client = new Client(server.port)
    await createLake(client)
    for (const { name, parts, columns, rows } of TABLES) {
      const files = await direct.write(directory, name, parts, rows)
      for (const file of files) await putObject(client, `${name}/${file}`, await readFile(join(directory, file)))
      await runQuery(
        client,
        `CREATE EXTERNAL TABLE ${name} (${columns}) STORED AS PARQUET LOCATION 's3://${BUCKET}/${name}/'`,
      )
      await direct.define(
        name,
        files.map((file) => join(directory, file)),
      )
    }
    const findings: Finding[] = []
    const ratios: number[] = []
    for (const [what, sql] of Object.entries(QUERIES)) {
      const { ours, theirs } = await inTurns(client, direct, what, sql)
      const ratio = median(ours.map((ms, i) => ms / theirs[i]!))
      ratios.push(ratio)
      const note = `${milliseconds(median(ours))} to ${milliseconds(median(theirs))}`
      findings.push(atMost({ section: 'scan', what: `${what}, to DuckDB`, note }, ratio, 1.2, times))
    }
    client.close()
    return [...findings, atMost({ section: 'scan', what: 'all of them, median ratio' }, median(ratios), 1.2, times)]
  } finally {
    await direct.close()
    await server.stop()
    await removeDirectory(directory)
  }
}

async function inTurns(client: Client, direct: DirectEngine, what: string, sql: string) {
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i <= ROUNDS; i++) {
    const query = await runQuery(client, sql)
    const answer = await direct.run(sql)
    // The first of each warms up, and shows that both mean the same.
    if (i === 0) assert.deepEqual(await resultRows(client, query.id), answer.rows, `${what}: the results differ`)
    else {
      ours.push(query.ms)
      theirs.push(answer.ms)
    }
  }
  return { ours, theirs }
}
