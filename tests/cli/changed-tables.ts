/** `--what-if` and the change itself, for tests that compare the two: the estimate, and the table that its statement makes. */
import assert from 'node:assert/strict'
import type { AthenaLake } from '../acceptance/athena/lake.ts'
import { run } from './process.ts'

export interface EstimatedChange {
  readonly queryBytes: number
  readonly costUsd: number
  readonly statement: string
  readonly sampledRows: number
  readonly rows: number
}

/** A relation of a thousand numbers `n`, or some thousands of them. */
export const numbers = (thousands: number): string =>
  `(SELECT a * 1000 + b AS n FROM UNNEST(sequence(0, ${thousands - 1})) AS t (a) CROSS JOIN UNNEST(sequence(0, 999)) AS u (b)) AS x`

export const CSV = "format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE'"

export class ChangedTables {
  readonly #lake: AthenaLake
  #made = 0

  constructor(lake: AthenaLake) {
    this.#lake = lake
  }

  create(table: string, properties: string, query: string) {
    return this.#lake.succeed(
      `CREATE TABLE ${table} WITH (${properties}, external_location = 's3://data/${table}/') AS ${query}`,
    )
  }

  /** What the query would read of `table` were it so changed. `TABLE` in the query stands for the table. */
  async estimate(table: string, query: string, change: string): Promise<EstimatedChange> {
    const args = ['explain', query.replace('TABLE', table), '--database', 'db', '--what-if', change, '--format', 'json']
    const answer = await run(args, { LENTIC_ENDPOINT: this.#lake.lake.endpoint })
    assert.equal(answer.code, 0, answer.err)
    return (JSON.parse(answer.out) as { readonly change: EstimatedChange }).change
  }

  /** The name of the table that the statement makes, under another. */
  async make({ statement }: EstimatedChange): Promise<string> {
    const to = `changed_${this.#made++}`
    await this.#lake.succeed(
      statement
        .replace(/CREATE TABLE \S+/, `CREATE TABLE "db"."${to}"`)
        .replace(/external_location = '[^']*'/, `external_location = 's3://data/${to}/'`),
    )
    return to
  }

  /** What the query then reads is as estimated, within 15 %. */
  async compare(table: string, query: string, estimated: EstimatedChange, to: string): Promise<void> {
    const then = (await this.#lake.succeed(query.replace('TABLE', to))).Statistics!.DataScannedInBytes!
    assert.ok(then > 0, 'a comparison with nothing says nothing')
    const { queryBytes, costUsd } = estimated
    assert.ok(Math.abs(queryBytes / then - 1) <= 0.15, `${table}, ${query}: ${queryBytes} estimated, ${then} scanned`)
    // Athena's prices: $5 for a million megabytes, ten of them at the least.
    const cost = Math.max(10, Math.ceil(then / 1e6)) * 5e-6
    assert.ok(Math.abs(costUsd / cost - 1) <= 0.15, `${table}, ${query}: $${costUsd} estimated, $${cost} billed`)
  }
}
