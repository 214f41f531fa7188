/** Statements at a server that may be gone at any moment and come back: each is started once, whatever becomes of the answer. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AthenaClient,
  AthenaServiceException,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena'

const PATIENCE_MS = 90_000
const PAUSE_MS = 50

export class AthenaSession {
  readonly #athena: AthenaClient
  readonly #database: string
  readonly #output: string

  constructor(athena: AthenaClient, database: string, output: string) {
    this.#athena = athena
    this.#database = database
    this.#output = output
  }

  async run(sql: string): Promise<QueryExecution> {
    const ClientRequestToken = `${randomUUID()}`
    const { QueryExecutionId } = await patiently(() =>
      this.#athena.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          ClientRequestToken,
          QueryExecutionContext: { Database: this.#database },
          ResultConfiguration: { OutputLocation: this.#output },
        }),
      ),
    )
    for (;;) {
      const { QueryExecution } = await patiently(() =>
        this.#athena.send(new GetQueryExecutionCommand({ QueryExecutionId })),
      )
      if (!['QUEUED', 'RUNNING'].includes(QueryExecution!.Status!.State!)) return QueryExecution!
      await sleep(PAUSE_MS)
    }
  }

  /** Throws where it does not succeed. Rows without the header. */
  async rows(sql: string): Promise<readonly (readonly (string | undefined)[])[]> {
    const { QueryExecutionId, Status } = await this.run(sql)
    if (Status!.State !== 'SUCCEEDED') throw new Error(`${Status!.State} ${Status!.StateChangeReason}: ${sql}`)
    const rows: (string | undefined)[][] = []
    let NextToken: string | undefined
    do {
      const page = await this.#athena.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken }))
      rows.push(...page.ResultSet!.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue)))
      NextToken = page.NextToken
    } while (NextToken)
    return rows.slice(1)
  }
}

/** Asks again for as long as nobody answers. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS
  for (;;)
    try {
      return await ask()
    } catch (error) {
      const isAnswer = error instanceof AthenaServiceException && error.$metadata.httpStatusCode! < 500
      if (isAnswer || Date.now() > until) throw error
      await sleep(PAUSE_MS)
    }
}
