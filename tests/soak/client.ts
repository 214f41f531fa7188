/** One client of a soak: it does one thing after another, chosen by its dice, and knows what each must come to. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { fractions } from '../../src/formats/seeded.fixture.ts'
import { diedOf, type Ledger } from './ledger.ts'

export const DATABASE = 'soak'
export const BUCKET = 'soak'
/** Of the table `numbers`: 1 to this, with their remainder by ten. */
export const NUMBERS = 10_000
const MOST_FILES = 40
/** Far longer than any soak: it ends because it is stopped. */
const ENDLESS = `SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a (x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b (y)
  CROSS JOIN UNNEST(sequence(1, 10000)) AS c (z) WHERE (x * y + z) % 7 = 3`

export class SoakClient {
  readonly #athena: AthenaClient
  readonly #ledger: Ledger
  readonly #name: string
  readonly #dice: () => number
  #tables = 0
  /** Its own table and how many of its rows were acknowledged. */
  #kept: { readonly table: string; rows: number } | undefined

  constructor(athena: AthenaClient, ledger: Ledger, number: number) {
    this.#athena = athena
    this.#ledger = ledger
    this.#name = `client_${number}`
    this.#dice = fractions(number + 1)
  }

  /** Throws with the reason when it does not. */
  async succeed(sql: string): Promise<void> {
    const { Status } = await this.#run(sql)
    if (Status!.State !== 'SUCCEEDED') throw new Error(`${Status!.State} ${Status!.StateChangeReason}: ${sql}`)
  }

  async work(until: number): Promise<void> {
    while (Date.now() < until) await this.#turn()
    await this.#checkRows()
  }

  async #turn(): Promise<void> {
    const roll = this.#dice()
    if (roll < 0.3) return this.#calculate()
    if (roll < 0.5) return this.#scan()
    if (roll < 0.62) return this.#fail()
    if (roll < 0.77) return this.#cancel()
    if (roll < 0.82) return this.#refuse()
    if (roll < 0.87) return this.#createAndDrop()
    if (roll < 0.9) return this.#checkRows()
    return this.#append()
  }

  async #calculate(): Promise<void> {
    const n = 1 + Math.floor(this.#dice() * 5000)
    await this.#expectRows(`SELECT sum(x), count(*) FROM UNNEST(sequence(1, ${n})) AS t (x)`, [
      [String((n * (n + 1)) / 2), String(n)],
    ])
  }

  async #scan(): Promise<void> {
    const rest = Math.floor(this.#dice() * 10)
    const count = NUMBERS / 10
    const first = rest === 0 ? 10 : rest
    const sum = count * first + (10 * count * (count - 1)) / 2
    await this.#expectRows(`SELECT count(*), sum(n) FROM numbers WHERE rest = ${rest}`, [[String(count), String(sum)]])
  }

  async #fail(): Promise<void> {
    const [sql, reason] = pick(FAILURES, this.#dice())
    const { Status } = await this.#run(sql)
    if (Status!.State !== 'FAILED' || !(reason.test(Status!.StateChangeReason!) || diedOf(Status!.StateChangeReason)))
      this.#ledger.accuse(`${Status!.State} ${Status!.StateChangeReason}, not FAILED ${reason}: ${sql}`)
  }

  async #cancel(): Promise<void> {
    const QueryExecutionId = await this.#start(ENDLESS)
    await sleep(this.#dice() * 400)
    await this.#athena.send(new StopQueryExecutionCommand({ QueryExecutionId }))
    const { Status } = await this.#ended(QueryExecutionId)
    if (Status!.State !== 'CANCELLED' && !diedOf(Status!.StateChangeReason))
      this.#ledger.accuse(`${QueryExecutionId} was stopped and is ${Status!.State}: ${Status!.StateChangeReason}`)
  }

  async #refuse(): Promise<void> {
    try {
      const id = await this.#start('SELEC 1')
      this.#ledger.accuse(`${id} was started without a statement`)
    } catch (error) {
      if ((error as Error).name !== 'InvalidRequestException') throw error
      this.#ledger.count('refused')
    }
  }

  /** All or nothing: after a failure there is no table. */
  async #createAndDrop(): Promise<void> {
    const table = `${this.#name}_made_${++this.#tables}`
    const made = await this.#runOrDied(`CREATE TABLE ${table} AS SELECT n, rest FROM numbers WHERE n <= 100`)
    if (!made) {
      const { Status } = await this.#run(`SELECT count(*) FROM ${table}`)
      const reason = Status!.StateChangeReason ?? ''
      if (!/^TABLE_NOT_FOUND/.test(reason) && !diedOf(reason))
        this.#ledger.accuse(`${table} was not made, but reading it is ${Status!.State}: ${reason}`)
      return
    }
    await this.#expectRows(`SELECT count(*), sum(n) FROM ${table}`, [['100', '5050']])
    await this.#runOrDied(`DROP TABLE ${table}`)
  }

  async #append(): Promise<void> {
    const kept = this.#kept
    if (kept === undefined || kept.rows >= MOST_FILES) {
      await this.#checkRows()
      const table = `${this.#name}_rows_${++this.#tables}`
      const made = await this.#runOrDied(`CREATE EXTERNAL TABLE ${table} (n int) STORED AS PARQUET
        LOCATION 's3://${BUCKET}/${table}/'`)
      this.#kept = made ? { table, rows: 0 } : undefined
      return
    }
    if (await this.#runOrDied(`INSERT INTO ${kept.table} VALUES (${kept.rows})`)) kept.rows++
  }

  /** As many as were acknowledged: none lost, none of a query that failed. */
  async #checkRows(): Promise<void> {
    if (this.#kept === undefined) return
    const { table, rows } = this.#kept
    const sum = (rows * (rows - 1)) / 2
    await this.#expectRows(`SELECT count(*), coalesce(sum(n), 0) FROM ${table}`, [[String(rows), String(sum)]])
  }

  async #expectRows(sql: string, rows: readonly (readonly string[])[]): Promise<void> {
    const id = await this.#runOrDied(sql)
    if (!id) return
    const { ResultSet } = await this.#athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))
    const found = ResultSet!.Rows!.slice(1).map((row) => row.Data!.map((datum) => datum.VarCharValue))
    if (JSON.stringify(found) !== JSON.stringify(rows))
      this.#ledger.accuse(`${JSON.stringify(found)}, not ${JSON.stringify(rows)}: ${sql}`)
  }

  /** The id of a query that succeeded; undefined when its engine died. */
  async #runOrDied(sql: string): Promise<string | undefined> {
    const { QueryExecutionId, Status } = await this.#run(sql)
    if (Status!.State === 'SUCCEEDED') return QueryExecutionId
    if (!diedOf(Status!.StateChangeReason))
      this.#ledger.accuse(`${Status!.State} ${Status!.StateChangeReason}, not SUCCEEDED: ${sql}`)
    return undefined
  }

  #run = async (sql: string): Promise<QueryExecution> => this.#ended(await this.#start(sql))

  async #start(sql: string): Promise<string> {
    const { QueryExecutionId } = await this.#athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: DATABASE },
        ResultConfiguration: { OutputLocation: `s3://${BUCKET}/results/` },
      }),
    )
    return QueryExecutionId!
  }

  async #ended(QueryExecutionId: string): Promise<QueryExecution> {
    for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 250)) {
      const { QueryExecution } = await this.#athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
      if (!['QUEUED', 'RUNNING'].includes(QueryExecution!.Status!.State!)) {
        this.#ledger.enter(QueryExecution!)
        return QueryExecution!
      }
      await sleep(waitMs)
    }
  }
}

const FAILURES: readonly (readonly [string, RegExp])[] = [
  ['SELECT 1 / n FROM (SELECT n - 5 AS n FROM numbers) WHERE n = 0', /^DIVISION_BY_ZERO: /],
  ['SELECT missing FROM numbers', /^COLUMN_NOT_FOUND: /],
  ['SELECT * FROM nowhere', /^TABLE_NOT_FOUND: /],
  ["SELECT CAST('x' || CAST(n AS varchar) AS integer) FROM numbers", /^INVALID_CAST_ARGUMENT: /],
  ['CREATE TABLE numbers AS SELECT 1 AS n', /^TABLE_ALREADY_EXISTS: /],
]

const pick = <T>(items: readonly T[], roll: number): T => items[Math.floor(roll * items.length)]!
