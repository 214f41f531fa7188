/** DuckDB as one would type into it: a child process with the same package, warm, with the files as views. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

export interface DirectAnswer {
  readonly ms: number
  readonly rows: (string | null)[][]
}

type Reply = { readonly answer: DirectAnswer } | { readonly error: string }

export class DirectEngine {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async open(): Promise<DirectEngine> {
    const child = fork(import.meta.filename, { serialization: 'advanced' })
    await once(child, 'message')
    return new DirectEngine(child)
  }

  /** Rows as texts; the time is that of the query alone, until all rows are read. */
  async run(sql: string): Promise<DirectAnswer> {
    this.#child.send(sql)
    const [reply] = (await once(this.#child, 'message')) as [Reply]
    if ('error' in reply) throw new Error(`${reply.error}\n${sql}`)
    return reply.answer
  }

  /** Writes each part into a Parquet file of its own; answers their names. */
  async write(directory: string, name: string, parts: number, rows: string): Promise<string[]> {
    const files = Array.from({ length: parts }, (_, part) => `${name}-${part}.parquet`)
    for (const [part, file] of files.entries())
      await this.run(`COPY (${rows.replaceAll('$part', String(part))}) TO '${join(directory, file)}' (FORMAT PARQUET)`)
    return files
  }

  async define(name: string, files: readonly string[]): Promise<void> {
    const list = files.map((file) => `'${file}'`).join(', ')
    await this.run(`CREATE VIEW ${name} AS SELECT * FROM read_parquet([${list}])`)
  }

  async close(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill()
    await exit
  }
}

if (import.meta.main && process.send) await serve()

async function serve(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  process.on('message', async (sql: string) => {
    try {
      const from = performance.now()
      const reader = await connection.runAndReadAll(sql)
      const ms = performance.now() - from
      const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : text(value))))
      process.send?.({ answer: { ms, rows } } satisfies Reply)
    } catch (error) {
      process.send?.({ error: String(error) } satisfies Reply)
    }
  })
  process.send?.('ready')
}

/** As Athena writes numbers: a double always shows that it is one. */
function text(value: unknown): string {
  if (typeof value !== 'number' || !Number.isInteger(value)) return String(value)
  if (Math.abs(value) < 1e7) return value.toFixed(1)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
