/** The first lesson of a lake, on real files: what format and partitions do to the price of one and the same query. */
import { priceBook, scanCost } from '../../src/core/prices/price-book.ts'
import { type ApiTarget, apiTarget, callS3 } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { type QueryRequest, type QueryStatus, resultBucket, resultPages, runAthenaQuery } from '../athena-query.ts'
import { reachable } from '../reachable.ts'
import { bytesText, costText, durationText } from '../terminal/measures.ts'
import { progress } from '../terminal/progress.ts'
import { FORMATS } from '../terminal/tables.ts'
import { CONTRAST_TABLES, CONTRASTS, type Contrast, contrastStatements, type Question } from './tour-contrasts.ts'
import { buildSteps, DATABASE, LAYOUTS, lessonQuery, prepareStatements, ROW_BYTES } from './tour-statements.ts'

/** Enough that even the cheapest way is not hidden by the ten megabytes that every query pays for. */
const DEFAULT_GIGABYTES = 1.65

const TOUR_USAGE = 'usage: lentic tour [--size GB] [--endpoint URL]'

export async function tour(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['size', 'endpoint'], TOUR_USAGE)
  if (given.rest.length > 0) throw new UsageError(TOUR_USAGE)
  const gigabytes = Number(given.option('size') ?? DEFAULT_GIGABYTES)
  if (!(gigabytes > 0 && gigabytes <= 1000)) throw new UsageError('--size takes a number of gigabytes')
  const configured = given.option('endpoint') ?? process.env.LENTIC_ENDPOINT
  if (configured !== undefined) return conduct(apiTarget(configured), gigabytes)
  const own = await ownServer()
  const stop = () => void own.stop().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  try {
    return await conduct({ endpoint: own.endpoint, region: own.region, ...own.credentials }, gigabytes)
  } finally {
    await own.stop()
  }
}

/** A lake of the tour's own, gone when it ends, unless a running one was named. */
async function ownServer() {
  const { start } = await import('../../src/lentic.ts')
  return start()
}

interface Lesson {
  readonly title: string
  readonly status: QueryStatus
  readonly answer: string
  readonly cost: number
}

async function conduct(target: ApiTarget, gigabytes: number): Promise<number> {
  const results = await reachable(target, () => resultBucket(target))
  const output = `s3://${results}/tour/`
  const lake = `lentic-tour-${Date.now().toString(36)}`
  await callS3(target, 'PUT', `/${lake}`)
  const rows = Math.max(1000, Math.round((gigabytes * 1e9) / ROW_BYTES / 1000) * 1000)
  process.stdout.write(
    `One year of orders, ${rows.toLocaleString('en')} of them, kept in five ways in s3://${lake}/\n\n`,
  )
  await build(target, output, lake, rows)

  process.stdout.write(`\nOne query over June, on each:\n${lessonQuery('<table>').replaceAll('\n', '\n  ')}\n\n`)
  const lessons: Lesson[] = []
  for (const { title, table } of LAYOUTS) lessons.push(await ask(target, output, title, table))
  const [first] = lessons
  for (const lesson of lessons)
    if (lesson.answer !== first!.answer || lesson.answer === '[]')
      throw new Error(`${lesson.title} answers differently`)
  report(lessons)
  await contrast(target, output, lake)
  farewell(target.endpoint)
  return 0
}

/** The other optimisations, each by one question asked in two ways. */
async function contrast(target: ApiTarget, output: string, lake: string): Promise<void> {
  process.stdout.write(
    '\nThe other ways to pay less, over the first weeks of the year, each as one question asked twice:\n\n',
  )
  const statements = contrastStatements(lake)
  const line = progress(process.stderr)
  for (const name of CONTRAST_TABLES) await statement(target, output, `DROP TABLE IF EXISTS ${DATABASE}.${name}`)
  for (const [i, sql] of statements.entries()) {
    line.update('the same orders, written in five more ways', i / statements.length)
    await statement(target, output, sql)
  }
  line.end()
  const table = FORMATS.table!((text) => void process.stdout.write(text))
  table.header(
    ['', 'scanned', 'then', 'time', 'then'].map((name, i) => ({ name, type: i === 0 ? 'varchar' : 'bigint' })),
  )
  for (const one of CONTRASTS) table.row(await contrastRow(target, output, one))
  table.end()
}

async function contrastRow(target: ApiTarget, output: string, { title, before, after }: Contrast): Promise<string[]> {
  const put = ({ sql, reuses }: Question) => statement(target, output, sql, { reuseMinutes: reuses && 60 })
  const [first, second] = [await put(before), await put(after)]
  return [
    title,
    bytesText(first.status.scannedBytes),
    bytesText(second.status.scannedBytes),
    durationText(first.status.totalMs),
    durationText(second.status.totalMs),
  ]
}

async function build(target: ApiTarget, output: string, lake: string, rows: number): Promise<void> {
  for (const sql of prepareStatements()) await statement(target, output, sql)
  const steps = buildSteps(lake, rows)
  const count = steps.reduce((sum, { statements }) => sum + statements.length, 0)
  let done = 0
  const line = progress(process.stderr)
  for (const { what, statements } of steps) {
    let totalMs = 0
    for (const sql of statements) {
      const onStatus = (s: QueryStatus): void => {
        const scanned = s.scannedBytes > 0 ? ` · ${bytesText(s.scannedBytes)} scanned` : ''
        line.update(`${what}${scanned} · ${durationText(totalMs + s.totalMs)}`, done / count)
      }
      const { status } = await statement(target, output, sql, { onStatus })
      totalMs += status.totalMs
      done++
    }
    line.end()
    process.stdout.write(`  ${what.padEnd(54)} ${durationText(totalMs).padStart(8)}\n`)
  }
}

async function ask(target: ApiTarget, output: string, title: string, table: string): Promise<Lesson> {
  const { id, status } = await statement(target, output, lessonQuery(table))
  const answer: unknown[] = []
  for await (const page of resultPages(target, id, status)) answer.push(...page.rows)
  return { title, status, answer: JSON.stringify(answer), cost: scanCost(priceBook(), status) }
}

function report(lessons: readonly Lesson[]): void {
  const [first] = lessons
  const last = lessons.at(-1)!
  const ratio = (of: Lesson): string => {
    const value = first!.cost / of.cost
    return `${value.toFixed(value < 10 ? 1 : 0)}x`
  }
  const table = FORMATS.table!((text) => void process.stdout.write(text))
  table.header(
    ['', 'scanned', 'cost on AWS', 'time', 'cheaper'].map((name, i) => ({
      name,
      type: i === 0 ? 'varchar' : 'bigint',
    })),
  )
  for (const lesson of lessons)
    table.row([
      lesson.title,
      bytesText(lesson.status.scannedBytes),
      costText(lesson.cost),
      durationText(lesson.status.totalMs),
      ratio(lesson),
    ])
  table.end()
  process.stdout.write(
    `\nAll five gave the same answer; the last is ${ratio(last)} cheaper than the first. Prices are Athena's: $5 a terabyte,\n` +
      `and ten megabytes for the smallest query.\n`,
  )
}

function farewell(endpoint: string): void {
  const own = process.env.LENTIC_ENDPOINT === undefined
  process.stdout.write(
    '\nWhat such changes would save on tables of your own: `lentic explain --what-if`, `lentic advise`.\n' +
      (own && !process.argv.some((word) => word.startsWith('--endpoint'))
        ? 'The tour had a lake of its own, which is gone now: name a running one with\n--endpoint to keep the tables.\n'
        : `The tables are in the database '${DATABASE}' of ${endpoint}.\n`),
  )
}

async function statement(
  target: ApiTarget,
  output: string,
  sql: string,
  more: Pick<QueryRequest, 'onStatus' | 'reuseMinutes'> = {},
) {
  const ended = await runAthenaQuery(target, { sql, output, database: DATABASE, ...more })
  if (ended.status.state !== 'SUCCEEDED') throw new Error(`${ended.status.reason ?? ended.status.state}\n${sql}`)
  return ended
}
