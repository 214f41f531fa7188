/** The first lesson of a lake, on real files: what format and partitions do to the price of one and the same query. */
import { queryCost } from '../../src/core/prices/athena.ts'
import { type ApiTarget, apiTarget, callS3 } from '../api-client.ts'
import { readArguments } from '../arguments.ts'
import { type QueryStatus, resultBucket, resultPages, runAthenaQuery } from '../athena-query.ts'
import { bytesText, costText, durationText } from '../terminal/measures.ts'
import { type Progress, progress } from '../terminal/progress.ts'
import { FORMATS } from '../terminal/tables.ts'
import { reachable } from './sql.ts'
import { buildStatements, DATABASE, LAYOUTS, lessonQuery, ROW_BYTES } from './tour-statements.ts'

/** Enough that even the cheapest way is not hidden by the ten megabytes that every query pays for. */
const DEFAULT_GIGABYTES = 1.7

export async function tour(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['size', 'endpoint'])
  const gigabytes = Number(given.option('size') ?? DEFAULT_GIGABYTES)
  if (!(gigabytes > 0)) throw new Error('--size takes a number of gigabytes')
  const configured = given.option('endpoint') ?? process.env.LENTIC_ENDPOINT
  const own = configured === undefined ? await ownServer() : undefined
  try {
    return await conduct(apiTarget(own?.endpoint ?? configured), gigabytes)
  } finally {
    await own?.stop()
  }
}

/** A lake of the tour's own, gone when it ends, unless a running one was named. */
async function ownServer() {
  const { start } = await import('../../src/lentic.ts')
  return start()
}

async function conduct(target: ApiTarget, gigabytes: number): Promise<number> {
  const results = await reachable(target, () => resultBucket(target))
  const lake = `lentic-tour-${Date.now().toString(36)}`
  await callS3(target, 'PUT', `/${lake}`)
  const rows = Math.max(1000, Math.round((gigabytes * 1e9) / ROW_BYTES / 1000) * 1000)
  process.stdout.write(
    `The same ${rows.toLocaleString('en')} orders of one year, kept in five ways in s3://${lake}/\n\n`,
  )

  const line = progress(process.stderr)
  const run = (sql: string, what: string) => statement(target, `s3://${results}/tour/`, sql, what, line)
  for (const { what, sql } of buildStatements(lake, rows)) {
    const { status } = await run(sql, what)
    line.end()
    process.stdout.write(`  ${what.padEnd(58)} ${durationText(status.totalMs).padStart(8)}\n`)
  }
  process.stdout.write('\nThirty days of it, by country:\n\n')

  const lessons: { title: string; status: QueryStatus; answer: string; cost: number }[] = []
  for (const { title, table } of LAYOUTS) {
    const { id, status } = await run(lessonQuery(table), title)
    line.end()
    const answer: unknown[] = []
    for await (const page of resultPages(target, id, status)) answer.push(...page.rows)
    lessons.push({ title, status, answer: JSON.stringify(answer), cost: queryCost(status.scannedBytes, 'DML') })
  }
  const [first] = lessons
  for (const lesson of lessons)
    if (lesson.answer !== first!.answer) throw new Error(`${lesson.title} answers differently`)

  const table = FORMATS.table!((text) => void process.stdout.write(text))
  table.header(
    ['', 'scanned', 'cost', 'time', 'cheaper by'].map((name, i) => ({ name, type: i === 0 ? 'varchar' : 'bigint' })),
  )
  for (const { title, status, cost } of lessons)
    table.row([
      title,
      bytesText(status.scannedBytes),
      costText(cost),
      durationText(status.totalMs),
      `${(first!.cost / cost).toFixed(first!.cost / cost < 10 ? 1 : 0)}x`,
    ])
  table.end()
  process.stdout.write(
    `\nAll five gave the same answer. Prices are Athena's: $5 a terabyte scanned, ten megabytes a query at the least.\nTables are in the database '${DATABASE}'.\n`,
  )
  return 0
}

async function statement(target: ApiTarget, output: string, sql: string, what: string, line: Progress) {
  const ended = await runAthenaQuery(target, {
    sql,
    output,
    database: DATABASE,
    onStatus: (s) => line.update(`${what} · ${bytesText(s.scannedBytes)} scanned · ${durationText(s.totalMs)}`),
  })
  if (ended.status.state !== 'SUCCEEDED') {
    line.end()
    throw new Error(`${what}: ${ended.status.reason ?? ended.status.state}\n${sql}`)
  }
  return ended
}
