/** A connection to a PostgreSQL server that only reads, and one statement of it at a time. */
import { Client, DatabaseError, type FieldDef, type QueryConfig, type Submittable } from 'pg'
import type { DatabaseAddress } from '../databases/database-address.ts'
import { sourceFailure } from '../databases/source-failure.ts'
import { tlsOptions } from '../tls.ts'

/** Whatever the server's settings are: what is asked must mean the same everywhere, and nothing is ever written. */
const SETTINGS = [
  'default_transaction_read_only = on',
  "TimeZone = 'UTC'",
  "DateStyle = 'ISO'",
  "client_encoding = 'UTF8'",
  'standard_conforming_strings = on',
  // Partitions that are read by themselves are also left out by their own bounds.
  'constraint_exclusion = on',
].map((setting) => `SET ${setting}`)

const CONNECT_MS = 10_000

export class Session {
  readonly #address: DatabaseAddress
  readonly #client: Client
  #pid = 0
  #lost = false

  private constructor(address: DatabaseAddress) {
    this.#address = address
    this.#client = newClient(address)
    // One that is lost while nothing is asked fails at the next statement.
    this.#client.on('error', () => undefined)
  }

  get isLost(): boolean {
    return this.#lost
  }

  static async open(address: DatabaseAddress): Promise<Session> {
    const session = new Session(address)
    await session.#asked(session.#client.connect())
    const [row] = await session.rows(`${SETTINGS.join('; ')}; SELECT pg_backend_pid()`)
    session.#pid = Number(row![0])
    return session
  }

  /** Of the last statement, as PostgreSQL writes values. */
  async rows(text: string): Promise<readonly (readonly (string | null)[])[]> {
    const result = await this.#asked(this.#client.query({ text, rowMode: 'array', types: AS_TEXT }))
    const last = Array.isArray(result) ? result.at(-1) : result
    return (last as { rows: (string | null)[][] }).rows
  }

  /** Of one statement, and no more than one: it is prepared before it runs. */
  async fields(text: string): Promise<readonly FieldDef[]> {
    const { fields } = await this.#asked(
      this.#client.query({ text, rowMode: 'array', queryMode: 'extended' } as QueryConfig),
    )
    return fields
  }

  async #asked<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      // What is not the server's word is the network's.
      this.#lost ||= !(error instanceof DatabaseError) || error.severity === 'FATAL'
      throw sourceFailure(error)
    }
  }

  submit(query: Submittable): void {
    this.#client.query(query)
  }

  /** Ends what runs, and the connection. */
  async abandon(): Promise<void> {
    const pid = this.#pid
    const other = newClient(this.#address)
    other.on('error', () => undefined)
    try {
      await other.connect()
      await other.query(`SELECT pg_cancel_backend(${pid})`)
    } catch {
      // The server is gone, or lets nobody in: there is nothing more to be done.
    }
    await Promise.allSettled([other.end(), this.end()])
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}

const AS_TEXT = { getTypeParser: () => (text: string) => text }

const newClient = ({ properties: { host, port, database, user, password }, tls }: DatabaseAddress): Client =>
  new Client({
    host,
    port: Number(port),
    database,
    user,
    password,
    ssl: tls ? tlsOptions(tls, host!) : false,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'lentic',
  })
