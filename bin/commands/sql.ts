import { queryCost } from '../../src/core/prices/athena.ts'
import { type ApiTarget, apiTarget } from '../api-client.ts'
import { readArguments } from '../arguments.ts'
import { resultBucket, resultPages, runAthenaQuery } from '../athena-query.ts'
import { bytesText, costText, durationText } from '../terminal/measures.ts'
import { progress } from '../terminal/progress.ts'
import { FORMATS } from '../terminal/tables.ts'

/** Runs one statement. The rows go to standard output, everything about them to standard error. */
export async function sql(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['format', 'database', 'endpoint', 'output'])
  const [text, ...more] = given.rest
  if (text === undefined || more.length > 0)
    throw new Error(
      'usage: lentic sql "SELECT ..." [--format table|csv|json|markdown] [--database D] [--output s3://...]',
    )
  const format = given.option('format') ?? 'table'
  const writer = FORMATS[format]?.((line) => void process.stdout.write(line))
  if (!writer) throw new Error(`there is no format '${format}': ${Object.keys(FORMATS).join(', ')}`)
  const target = apiTarget(given.option('endpoint'))
  const output = given.option('output') ?? `s3://${await reachable(target, () => resultBucket(target))}/`

  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const line = progress(process.stderr)
  const { id, status } = await runAthenaQuery(target, {
    sql: text,
    database: given.option('database'),
    output,
    signal: stop.signal,
    onStatus: (s) =>
      line.update(`${s.state.toLowerCase()} · ${bytesText(s.scannedBytes)} scanned · ${durationText(s.totalMs)}`),
  })
  line.end()
  if (status.state !== 'SUCCEEDED') {
    process.stderr.write(`${status.reason ?? status.state}\n`)
    return 1
  }
  let rows = 0
  let started = false
  for await (const page of resultPages(target, id, status)) {
    if (!started && page.columns.length > 0) writer.header(page.columns)
    started ||= page.columns.length > 0
    for (const row of page.rows) writer.row(row)
    rows += page.rows.length
  }
  if (started) writer.end()
  const cost = costText(queryCost(status.scannedBytes, status.statementType))
  process.stderr.write(
    `${rows} ${rows === 1 ? 'row' : 'rows'} · ${bytesText(status.scannedBytes)} scanned · ${durationText(status.totalMs)} · ${cost} on AWS\n`,
  )
  return 0
}

/** Says what to do when nobody answers. */
export async function reachable<T>(target: ApiTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TypeError)
      throw new Error(
        `nobody answers at ${target.endpoint}: start the server with 'lentic serve' (in a clone: npm start)`,
      )
    throw error
  }
}
