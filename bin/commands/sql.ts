import { text as readAll } from 'node:stream/consumers'
import { priceBook, scanCost } from '../../src/core/prices/price-book.ts'
import { apiTarget } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { type QueryStatus, resultBucket, resultPages, runAthenaQuery } from '../athena-query.ts'
import { reachable } from '../reachable.ts'
import { bytesText, costText, durationText } from '../terminal/measures.ts'
import { plainText } from '../terminal/plain-text.ts'
import { progress } from '../terminal/progress.ts'
import { FORMATS } from '../terminal/tables.ts'

const USAGE = `usage: lentic sql "SELECT ..." [options]        or: lentic sql - < statement.sql

  --format table|csv|json|markdown
  --database D
  --output s3://bucket/folder/    where the result is kept: Athena's own bucket if not given
  --endpoint URL`

/** What a shell expects of a program that Ctrl-C ended. */
const INTERRUPTED = 130

/** Runs one statement. The rows go to standard output, everything about them to standard error. */
export async function sql(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['format', 'database', 'endpoint', 'output'], USAGE)
  const [word, ...more] = given.rest
  if (word === undefined || more.length > 0) throw new UsageError(USAGE)
  const format = given.option('format') ?? 'table'
  const open = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
  if (!open) throw new UsageError(`there is no format '${format}': ${Object.keys(FORMATS).join(', ')}`)
  const target = apiTarget(given.option('endpoint'))
  const text = word === '-' ? await readAll(process.stdin) : word
  const output = given.option('output') ?? `s3://${await reachable(target, () => resultBucket(target))}/`

  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const line = progress(process.stderr)
  const { id, status } = await reachable(target, () =>
    runAthenaQuery(target, {
      sql: text,
      database: given.option('database'),
      output,
      signal: stop.signal,
      onStatus: (now) => line.update(statusText(now), now.fraction),
    }),
  ).finally(() => line.end())
  if (status.state !== 'SUCCEEDED') {
    process.stderr.write(
      `${plainText(status.reason ?? '') || (status.state === 'CANCELLED' ? 'Query cancelled' : status.state)}\n`,
    )
    return stop.signal.aborted ? INTERRUPTED : 1
  }
  const writer = open((line) => void process.stdout.write(line), process.stdout.columns)
  const writes = WRITING.has(status.substatementType ?? '')
  let rows = 0
  let columns = 0
  let written = 0
  for await (const page of resultPages(target, id, status)) {
    written += page.updateCount
    // To whoever asks for its rows such a statement answers with the name of a column, and nothing below.
    if (writes) continue
    if (columns === 0 && page.columns.length > 0) writer.header(page.columns)
    columns = page.columns.length
    for (const row of page.rows) writer.row(row)
    rows += page.rows.length
  }
  if (columns > 0) writer.end()
  const done = writes ? `${rowsText(written)} written` : columns > 0 ? rowsText(rows) : 'done'
  process.stderr.write(`${done} · ${summary(status)}\n`)
  return 0
}

/** Statements that Athena tells a number of rows of. */
const WRITING: ReadonlySet<string> = new Set([
  'CREATE_TABLE_AS_SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'UNLOAD',
])

const rowsText = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`

const statusText = (status: QueryStatus): string =>
  `${status.state.toLowerCase()} · ${bytesText(status.scannedBytes)} scanned · ${durationText(status.totalMs)}`

const summary = (status: QueryStatus): string =>
  `${bytesText(status.scannedBytes)} scanned · ${durationText(status.totalMs)} · ${costText(scanCost(priceBook(), status))} on AWS`
