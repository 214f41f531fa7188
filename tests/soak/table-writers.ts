/** Writers of one Iceberg table, each of its own rows, by SQL or by pyiceberg; the ledger knows what each was told. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { QueryExecution } from '@aws-sdk/client-athena'
import type { AthenaSession } from './athena-session.ts'
import type { Certainty, RowLedger } from './row-ledger.ts'

/** Refusals that are sound: another writer's commit was in the way, or the engine was killed with the server. */
const REFUSED = /^ICEBERG_COMMIT_ERROR: |^GENERIC_INTERNAL_ERROR: The query engine ended unexpectedly/
/** The statement may have done its work before. */
const INTERRUPTED = /^The server was stopped before the run ended/

/** Inserts row after row, and deletes some of them again. */
export async function writeBySql(
  name: string,
  table: string,
  session: AthenaSession,
  ledger: RowLedger,
  until: number,
): Promise<void> {
  for (let n = 1; Date.now() < until; n++) {
    ledger.enter(name, n, 'unknown')
    const inserted = outcome(await session.run(`INSERT INTO ${table} VALUES ('${name}', ${n})`), ledger)
    ledger.enter(name, n, inserted === 'done' ? 'in' : inserted === 'refused' ? 'out' : 'unknown')
    if (n % 4 !== 0 || inserted !== 'done') continue
    const deleted = outcome(await session.run(`DELETE FROM ${table} WHERE writer = '${name}' AND n = ${n}`), ledger)
    ledger.enter(name, n, deleted === 'done' ? 'out' : deleted === 'refused' ? 'in' : 'unknown')
  }
}

function outcome({ Status, Query }: QueryExecution, ledger: RowLedger): 'done' | 'refused' | 'unknown' {
  const { State, StateChangeReason = '' } = Status!
  if (State === 'SUCCEEDED') return 'done'
  if (REFUSED.test(StateChangeReason)) return 'refused'
  if (!INTERRUPTED.test(StateChangeReason)) ledger.accuse(`${State} ${StateChangeReason}: ${Query}`)
  return 'unknown'
}

export interface PythonWriter {
  readonly python: string
  readonly endpoint: string
  readonly database: string
  readonly table: string
}

/** A process of pyiceberg's, which tells of each row what it knows: `iceberg_writer.py`. */
export async function writeByPyiceberg(
  name: string,
  { python, endpoint, database, table }: PythonWriter,
  ledger: RowLedger,
  until: number,
): Promise<void> {
  const args = ['tests/soak/iceberg_writer.py', endpoint, database, table, name, String(until / 1000)]
  const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const exited = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const [n, certainty] = line.split(' ')
    ledger.enter(name, Number(n), certainty as Certainty)
  }
  const [code] = await exited
  if (code !== 0) ledger.accuse(`${name} ended with ${code}: ${said.slice(-2000)}`)
}
