/** A connection to a MySQL or MariaDB server that only reads, and one statement of it at a time. */
import { connect, isIP, type Socket } from 'node:net'
import {
  type Connection,
  createConnection,
  type FieldPacket,
  type QueryError,
  type RowDataPacket,
  type SslOptions,
} from 'mysql2'
import type { TlsDemand } from '../../core/ports.ts'
import type { DatabaseAddress } from '../databases/database-address.ts'
import { sourceFailure } from '../databases/source-failure.ts'

/** As the server writes a value, byte for byte. */
export type Cell = Buffer | null
export type Row = readonly Cell[]

/** Whatever the server's settings are: what is asked must mean the same everywhere, and nothing is ever written. */
const SETTINGS = [
  "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'",
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION TRANSACTION READ ONLY',
]

const CONNECT_MS = 10_000

export class Session {
  readonly #address: DatabaseAddress
  readonly #connection: Connection
  #lost = false

  private constructor(address: DatabaseAddress) {
    this.#address = address
    this.#connection = newConnection(address)
    // One that is lost while nothing is asked fails at the next statement.
    this.#connection.on('error', () => undefined)
  }

  get isLost(): boolean {
    return this.#lost
  }

  static async open(address: DatabaseAddress): Promise<Session> {
    const session = new Session(address)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    session.#connection.connect((error) => (error ? reject(sourceFailure(error)) : resolve()))
    await promise
    for (const setting of SETTINGS) await session.rows(setting)
    return session
  }

  rows(sql: string): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.#connection.query<RowDataPacket[]>(asked(sql), (error, rows) => {
        if (error) reject(this.#failure(error))
        else resolve(rows as unknown as readonly Row[])
      })
    })
  }

  /** What the server says of the columns of a statement. */
  fields(sql: string): Promise<readonly FieldPacket[]> {
    return new Promise((resolve, reject) => {
      this.#connection.query(asked(sql), (error, _, fields) => (error ? reject(this.#failure(error)) : resolve(fields)))
    })
  }

  #failure(error: QueryError): Error {
    this.#lost ||= error.fatal
    return sourceFailure(error)
  }

  /** `onRow` is called for each row until `onEnd` is, with an error where it has failed. */
  stream(sql: string, onRow: (row: Row) => void, onEnd: (error?: Error) => void): void {
    const query = this.#connection.query(asked(sql))
    // Of a lost connection the statement hears only where it has a callback.
    this.#connection.once('error', (error) => onEnd(sourceFailure(error)))
    query.on('result', (row) => onRow(row as unknown as Row))
    query.once('error', (error) => onEnd(sourceFailure(error)))
    query.once('end', () => onEnd())
  }

  pause(): void {
    this.#connection.pause()
  }

  resume(): void {
    this.#connection.resume()
  }

  /** Ends what runs, and the connection. */
  async abandon(): Promise<void> {
    const { threadId } = this.#connection
    try {
      const other = await Session.open(this.#address)
      await other.rows(`KILL ${threadId}`)
      await other.end()
    } catch {
      // The server is gone, or lets nobody in: there is nothing more to be done.
    }
    this.#connection.destroy()
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.#connection.end(() => resolve()))
  }
}

const asked = (sql: string) => ({ sql, rowsAsArray: true, typeCast: false as const })

const newConnection = ({ properties: { host, port, database, user, password }, tls }: DatabaseAddress): Connection =>
  createConnection({
    host,
    port: Number(port),
    database,
    user,
    password,
    charset: 'utf8mb4_bin',
    connectTimeout: CONNECT_MS,
    ...(tls && { ssl: sslOptions(tls) }),
    ...(tls?.checks === 'host' && isIP(host!) !== 0 && { stream: numericStream(host!, Number(port)) }),
  })

const sslOptions = ({ checks, authorities }: TlsDemand): SslOptions => ({
  rejectUnauthorized: checks !== 'encryption',
  verifyIdentity: checks === 'host',
  ...(authorities !== undefined && { ca: authorities }),
})

/** The client tells no name of a server by numbers, and a certificate would be looked at for `localhost`, but for what the socket says. */
const numericStream = (host: string, port: number): Socket =>
  Object.assign(connect({ host, port, noDelay: true, keepAlive: true }), { _host: host })
