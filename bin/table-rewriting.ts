/**
 * A table written anew and put in the old one's place. The new files lie beside the old ones, which stay, under a table
 * with a name of its own: nothing is deleted. Until the last step nobody sees anything of it.
 */
import { nameParts } from '../src/core/catalog/dotted-name.ts'
import { equals } from '../src/core/estimates/table-changes.ts'
import { quotedName } from '../src/sql/quotation.ts'
import { type ApiTarget, callOwn } from './api-client.ts'
import { resultPages, runAthenaQuery } from './athena-query.ts'
import { requireSame } from './table-comparison.ts'

export interface RewritingRequest {
  /** `database.table`. */
  readonly table: string
  /** The CREATE TABLE AS that makes the new one, under whatever name and place. */
  readonly statement: string
  /** For results: `s3://bucket/folder/`. */
  readonly output: string
  readonly onStep: (what: string) => void
}

export interface Rewritten {
  /** The old table's name by now. */
  readonly before: string
  readonly rows: string
  readonly partitions: number
}

/** "up to 100 partitions" in one statement (docs: athena ug, ctas-insert-into). */
const PARTITIONS_AT_ONCE = 100

export async function rewriteTable(target: ApiTarget, request: RewritingRequest): Promise<Rewritten> {
  const { table, onStep } = request
  const { database, table: name } = nameParts(table)
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const [fresh, before] = [`${name}_new_${stamp}`, `${name}_before_${stamp}`]
  const parts = partsOf(request.statement, `${database}.${fresh}`, stamp)
  const conditions = await conditionsOf(target, request, parts.keys)
  for (const [i, condition] of conditions.entries()) {
    onStep(`writing ${database}.${fresh}, part ${i + 1} of ${conditions.length}`)
    const selection = condition === undefined ? parts.selection : withCondition(parts.selection, condition)
    const sql = i === 0 ? parts.create + selection : `INSERT INTO ${quoted(database, fresh)} ${selection}`
    await succeed(target, request.output, sql)
  }
  onStep('comparing the rows')
  const ask = async (sql: string) => (await succeed(target, request.output, sql)).rows
  const rows = await requireSame(ask, { database, written: fresh, old: name })
  await callOwn(target, 'table-replacement', { database, table: name, by: fresh, as: before })
  return { before: `${database}.${before}`, rows, partitions: conditions.length }
}

const quoted = (database: string, table: string): string => `${quotedName(database)}.${quotedName(table)}`

interface StatementParts {
  /** Up to and with `AS `. */
  readonly create: string
  readonly selection: string
  readonly keys: readonly string[]
}

/** Ours are of one shape: `rewritingStatement` makes them. */
function partsOf(statement: string, name: string, stamp: string): StatementParts {
  const [, properties, selection] = /^CREATE TABLE \S+\nWITH \((.*)\)\nAS (SELECT .*)$/s.exec(statement) ?? []
  if (properties === undefined || selection === undefined)
    throw new Error(`not a statement that can be applied: ${statement}`)
  const placed = properties.replace(
    /external_location = '((?:[^']|'')*)\/'/,
    (_, place: string) => `external_location = '${place}_${stamp}/'`,
  )
  const [, keys = ''] = /partitioned_by = ARRAY\[(.*?)\]/.exec(properties) ?? []
  const { database, table } = nameParts(name)
  return {
    create: `CREATE TABLE ${quoted(database, table)}\nWITH (${placed})\nAS `,
    selection,
    keys: [...keys.matchAll(/'([^']*)'/g)].map(([, key]) => key!),
  }
}

/** Before the order, where there is one. */
const withCondition = (selection: string, condition: string): string => {
  const [, head = selection, order = ''] = /^(.*?)( ORDER BY .*)?$/s.exec(selection) ?? []
  return `${head} WHERE ${condition}${order}`
}

/** One for each statement; undefined where one statement writes it all. */
async function conditionsOf(
  target: ApiTarget,
  { table, output }: RewritingRequest,
  keys: readonly string[],
): Promise<readonly (string | undefined)[]> {
  if (keys.length === 0) return [undefined]
  const { database, table: name } = nameParts(table)
  const list = keys.map(quotedName).join(', ')
  const { columns, rows } = await succeed(
    target,
    output,
    `SELECT DISTINCT ${list} FROM ${quoted(database, name)} ORDER BY ${list}`,
  )
  if (rows.length <= PARTITIONS_AT_ONCE) return [undefined]
  const conditions: string[] = []
  for (let at = 0; at < rows.length; at += PARTITIONS_AT_ONCE) {
    const some = rows.slice(at, at + PARTITIONS_AT_ONCE)
    const wanted = some.map(
      (row) => `(${keys.map((key, i) => equals(key, row[i] ?? null, columns[i]!)).join(' AND ')})`,
    )
    conditions.push(`(${wanted.join(' OR ')})`)
  }
  return conditions
}

/** Throws with Athena's reason. Types of columns, and all rows. */
export async function succeed(
  target: ApiTarget,
  output: string,
  sql: string,
): Promise<{ columns: readonly string[]; rows: readonly (readonly (string | null)[])[]; scannedBytes: number }> {
  const { id, status } = await runAthenaQuery(target, { sql, output })
  if (status.state !== 'SUCCEEDED') throw new Error(`${status.reason ?? status.state}\n${sql}`)
  const rows: (readonly (string | null)[])[] = []
  let columns: readonly string[] = []
  for await (const page of resultPages(target, id, status)) {
    columns = page.columns.map((column) => column.type)
    rows.push(...page.rows)
  }
  return { columns, rows, scannedBytes: status.scannedBytes }
}
