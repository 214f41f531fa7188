/**
 * Reads the final text back as DuckDB itself parses it and lets pass only what the printer may print. It holds an
 * instance of its own in which no query ever runs, so that nothing a plan does can reach it.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { gate } from '../../sql/duckdb/gate.ts'

export class Gatekeeper {
  readonly #connection: DuckDBConnection

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  static async open(): Promise<Gatekeeper> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MiB' })
    const connection = await instance.connect()
    await connection.run('SET enable_external_access = false; SET lock_configuration = true')
    return new Gatekeeper(connection)
  }

  /** Throws, for the log and not for the user, when the text is anything but one SELECT over `tableFunctions` and permitted functions. */
  async check(sql: string, tableFunctions: readonly string[]): Promise<void> {
    const result = await this.#connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
    const tree = String(result.getRows()[0]?.[0] ?? '')
    const refusal = gate(tree, tableFunctions)
    if (refusal) throw new Error(`The gate refused the query: ${refusal}`)
  }
}
