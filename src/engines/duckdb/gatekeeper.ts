/**
 * Reads the final text back as DuckDB itself parses it and lets pass only what the printer may print. It holds an
 * instance of its own in which no query ever runs, so that nothing a plan does can reach it.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { gate } from '../../sql/duckdb/gate.ts'

const REMEMBERED_TEXTS = 500
const REMEMBERED_LENGTH = 16_384

export class Gatekeeper {
  readonly #connection: DuckDBConnection
  /** What passed once passes again: the verdict depends on nothing but the text and the names. */
  readonly #passed = new Set<string>()

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  static async open(): Promise<Gatekeeper> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MiB' })
    const connection = await instance.connect()
    await connection.run('SET enable_external_access = false; SET lock_configuration = true')
    return new Gatekeeper(connection)
  }

  /**
   * Throws, for the log and not for the user, when the text is anything but one SELECT over `tableFunctions`, permitted
   * functions and `externals`.
   */
  async check(sql: string, tableFunctions: readonly string[], externals: readonly string[]): Promise<void> {
    const question = JSON.stringify([sql, tableFunctions, externals])
    if (this.#passed.has(question)) return
    const result = await this.#connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
    const tree = String(result.getRows()[0]?.[0] ?? '')
    const refusal = gate(tree, tableFunctions, externals)
    if (refusal) throw new Error(`The gate refused the query: ${refusal}`)
    this.#remember(question)
  }

  #remember(question: string): void {
    if (question.length > REMEMBERED_LENGTH) return
    if (this.#passed.size >= REMEMBERED_TEXTS) this.#passed.clear()
    this.#passed.add(question)
  }
}
