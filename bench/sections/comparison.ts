/** The same Parquet files as tables of a lake and as views of DuckDB's, and queries put to both in turns. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '../client.ts'
import { DirectEngine } from '../direct-engine.ts'
import { BUCKET, createLake, putObject, resultRows, runQuery } from '../query.ts'
import { removeDirectory, type ServerProcess, startLentic, temporaryDirectory } from '../server-process.ts'
import type { BenchTable } from './scan-queries.ts'

/** The order of additions may tell two sums apart, but by no more. */
const PRECISION = 1e-9
const NUMBER = /^-?\d+(\.\d+)?(E-?\d+)?$/
const PAGE_ROWS = 999
/** Asking more often would take the processors' time from both; AWS's own clients ask some times a second. */
const POLL_MS = 10

export class Comparison {
  readonly #server: ServerProcess
  readonly #client: Client
  readonly #direct: DirectEngine
  readonly #directory: string

  private constructor(server: ServerProcess, direct: DirectEngine, directory: string) {
    this.#server = server
    this.#client = new Client(server.port)
    this.#direct = direct
    this.#directory = directory
  }

  static async open(tables: readonly BenchTable[]): Promise<Comparison> {
    const comparison = new Comparison(await startLentic(), await DirectEngine.open(), await temporaryDirectory())
    try {
      await comparison.#fill(tables)
      return comparison
    } catch (error) {
      await comparison.close()
      throw error
    }
  }

  /** The first of each warms up, and shows that both mean the same. In milliseconds. */
  async inTurns(what: string, sql: string, rounds: number): Promise<{ ours: number[]; theirs: number[] }> {
    const ours: number[] = []
    const theirs: number[] = []
    for (let i = 0; i <= rounds; i++) {
      const query = await runQuery(this.#client, sql, POLL_MS)
      const answer = await this.#direct.run(withDoubles(sql))
      if (i === 0) assertSame(await resultRows(this.#client, query.id), answer.rows, what)
      else {
        ours.push(query.ms)
        theirs.push(answer.ms)
      }
    }
    return { ours, theirs }
  }

  /** Until it has succeeded, in milliseconds. */
  async ours(sql: string): Promise<number> {
    return (await runQuery(this.#client, sql, POLL_MS)).ms
  }

  get port(): number {
    return this.#server.port
  }

  async close(): Promise<void> {
    this.#client.close()
    await this.#direct.close()
    await this.#server.stop()
    await removeDirectory(this.#directory)
  }

  async #fill(tables: readonly BenchTable[]): Promise<void> {
    await createLake(this.#client)
    const directory = this.#directory
    for (const { name, parts, columns, rows } of tables) {
      const files = await this.#direct.write(directory, name, parts, rows)
      for (const file of files) await putObject(this.#client, `${name}/${file}`, await readFile(join(directory, file)))
      const location = `s3://${BUCKET}/${name}/`
      await runQuery(
        this.#client,
        `CREATE EXTERNAL TABLE ${name} (${columns}) STORED AS PARQUET LOCATION '${location}'`,
      )
      await this.#direct.define(
        name,
        files.map((file) => join(directory, file)),
      )
    }
  }
}

/** A number with a point is a double to Athena, a decimal to DuckDB. */
const withDoubles = (sql: string): string => sql.replace(/\b\d+\.\d+\b/g, '$&::DOUBLE')

/** The page of a result may end before the result does. */
function assertSame(page: readonly (string | null)[][], rows: readonly (string | null)[][], what: string): void {
  const expected = rows.slice(0, page.length < PAGE_ROWS ? undefined : page.length)
  assert.equal(page.length, expected.length, `${what}: other rows`)
  for (const [i, row] of page.entries()) {
    const same = row.length === expected[i]!.length && row.every((value, j) => isSame(value, expected[i]![j]!))
    assert.ok(same, `${what}: row ${i} is ${JSON.stringify(row)}, to DuckDB ${JSON.stringify(expected[i])}`)
  }
}

function isSame(a: string | null, b: string | null): boolean {
  if (a === b) return true
  if (a === null || b === null || !NUMBER.test(a) || !NUMBER.test(b)) return false
  return Math.abs(Number(a) - Number(b)) <= PRECISION * Math.max(Math.abs(Number(a)), Math.abs(Number(b)))
}
