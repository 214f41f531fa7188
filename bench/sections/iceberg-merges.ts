/** A MERGE of the same rows into the same table, here and by another engine, in turns. */
import type { Client } from '../client.ts'
import { atLeast, type Finding, median, seconds, timed, times } from '../measure.ts'
import { BUCKET, runQuery } from '../query.ts'

const ROUNDS = 3
const ROWS = 10_000_000
const CHANGED_ROWS = 100_000
/** Asking more often would take the processors' time from the query. */
const POLL_MS = 10

export interface MergePeer {
  readonly name: string
  run(sql: string): Promise<unknown>
  /** What it calls a table. */
  named(table: string): string
  /** What SELECTs numbers from 0 on, as `id`. */
  ids(count: number): string
}

/** Of a multiple of 10,000: a sequence holds no more. */
export const idsOfSequences = (count: number): string =>
  `(SELECT a * 10000 + b AS id FROM UNNEST(sequence(0, ${count / 10_000 - 1})) AS x (a) CROSS JOIN UNNEST(sequence(0, 9999)) AS y (b))`

const made = (table: string) => `table_type = 'ICEBERG', is_external = false, location = 's3://${BUCKET}/${table}/'`

export async function mergesBeside(client: Client, peer: MergePeer): Promise<Finding> {
  const { run, named } = peer
  const values = "id, concat('region ', CAST(id % 20 AS varchar(9))) AS region, id * 31 % 100000 AS amount"
  const changes = "id * 100 AS id, 'changed' AS region, id AS amount"
  const ownTable = (table: string, select: string) =>
    runQuery(client, `CREATE TABLE ${table} WITH (${made(table)}) AS ${select}`)
  await ownTable('plain', `SELECT ${values} FROM ${idsOfSequences(ROWS)}`)
  await ownTable('changes', `SELECT ${changes} FROM ${idsOfSequences(CHANGED_ROWS)}`)
  await run(`CREATE TABLE ${named('plain')} AS SELECT ${values} FROM ${peer.ids(ROWS)}`)
  await run(`CREATE TABLE ${named('changes')} AS SELECT ${changes} FROM ${peer.ids(CHANGED_ROWS)}`)
  const statement = (target: string, source: string) => `MERGE INTO ${target} t USING ${source} c ON t.id = c.id
    WHEN MATCHED THEN UPDATE SET region = c.region, amount = c.amount
    WHEN NOT MATCHED THEN INSERT (id, region, amount) VALUES (c.id, c.region, c.amount)`
  const [ours, theirs] = [[] as number[], [] as number[]]
  // The first of each warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const target = `merged_${round}`
    await ownTable(target, 'SELECT * FROM plain')
    ours.push((await runQuery(client, statement(target, 'changes'), POLL_MS)).ms)
    await run(`CREATE TABLE ${named(target)} AS SELECT * FROM ${named('plain')}`)
    theirs.push((await timed(() => run(statement(named(target), named('changes'))))).ms)
  }
  const [own, other] = [median(ours.slice(1)), median(theirs.slice(1))]
  const what = `MERGE of 100,000 rows into 10,000,000, to ${peer.name}`
  return atLeast(
    { section: peer.name.toLowerCase(), what, note: `${seconds(own)} to ${seconds(other)}` },
    other / own,
    5,
    times,
  )
}
