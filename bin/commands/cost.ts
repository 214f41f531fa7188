/** What queries have cost, by whom, of what and when; and from where on another engine than Athena would cost less. */
import { type Comparison, compareEngines, type EngineComparison } from '../../src/core/prices/break-even.ts'
import { priceBook } from '../../src/core/prices/price-book.ts'
import type { Spending } from '../../src/services/athena/spending.ts'
import { apiTarget, callOwn } from '../api-client.ts'
import { type Arguments, numberOption, readArguments, UsageError } from '../arguments.ts'
import { reachable } from '../reachable.ts'
import { bytesText, costText } from '../terminal/measures.ts'
import { FORMATS } from '../terminal/tables.ts'

const USAGE = `usage: lentic cost [--by DIMENSION[,DIMENSION...]] [options]       what the queries of the history have cost
       lentic cost compare [--terabytes-a-day N] [options]       Athena against Redshift, EMR and Glue

  --by workgroup,principal,table,day   workgroup if not given
  --days N                             of the 45 that are kept: all if not given
  --prices aws-2026|seed               seed has the figures of the other engines
  --format text|json|csv
  --endpoint URL`

const DAY_MS = 86_400_000
const WRITERS = { text: 'table', json: 'json', csv: 'csv' } as const

interface Column {
  readonly name: string
  readonly type: string
}

export async function cost(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['by', 'days', 'prices', 'format', 'terabytes-a-day', 'endpoint'], USAGE)
  const format = given.option('format') ?? 'text'
  if (!Object.hasOwn(WRITERS, format)) throw new UsageError(USAGE)
  const print = (columns: readonly Column[], rows: readonly (readonly (string | null)[])[]): void => {
    const writer = FORMATS[WRITERS[format as keyof typeof WRITERS]]!((line) => void process.stdout.write(line))
    writer.header(columns)
    for (const row of rows) writer.row(row)
    writer.end()
  }
  const [verb, ...more] = given.rest
  if (more.length > 0 || (verb !== undefined && verb !== 'compare')) throw new UsageError(USAGE)
  if (verb === 'compare') {
    refuse(given, ['by', 'days'], 'cost compare')
    const terabytes = numberOption(given, 'terabytes-a-day', { of: 'terabytes', most: 1e9 }) ?? 1
    return compare(terabytes, given.option('prices') ?? 'seed', print, format)
  }
  refuse(given, ['terabytes-a-day'], 'cost')
  const days = numberOption(given, 'days', { of: 'days', most: 36_500 }) ?? 45
  if (days === 0) throw new UsageError('--days takes a number of days, more than 0')
  const target = apiTarget(given.option('endpoint'))
  const by = (given.option('by') ?? 'workgroup').split(',')
  const spent = await reachable(target, () =>
    callOwn<Spending>(target, 'spending', {
      by,
      since: new Date(Date.now() - days * DAY_MS).toISOString(),
      prices: given.option('prices'),
    }),
  )
  tell(spent, print, format === 'text')
  return 0
}

/** What is given for the other of the two. */
function refuse(given: Arguments, options: readonly string[], command: string): void {
  const foreign = options.find((name) => given.option(name) !== undefined)
  if (foreign !== undefined) throw new UsageError(`--${foreign} is no option of lentic ${command}\n${USAGE}`)
}

type Print = (columns: readonly Column[], rows: readonly (readonly (string | null)[])[]) => void

/** Sums of binary fractions end in digits that mean nothing; a trillionth of a dollar is less than a byte costs. */
const exactNumber = (sum: number): string => String(Number(sum.toFixed(12)))

/** Numbers are for people in a table, exact for programs. */
function tell({ by, rows, capacity, prices, since }: Spending, print: Print, forPeople: boolean): void {
  const bytes = (count: number) => (forPeople ? bytesText(count) : String(count))
  const dollars = (sum: number) => (forPeople ? costText(sum) : exactNumber(sum))
  const columns = [
    ...by.map((name) => ({ name, type: 'varchar' })),
    ...['queries', 'scanned_bytes', 'cost_usd'].map((name) => ({ name, type: 'double' })),
  ]
  const dearest = rows.toSorted((a, b) => (by.includes('day') ? 0 : b.costUsd - a.costUsd))
  print(columns, [
    ...dearest.map((row) => [
      ...by.map((name) => row.by[name] ?? null),
      String(row.queries),
      bytes(row.scannedBytes),
      dollars(row.costUsd),
    ]),
    ...capacity.map((held) => [
      ...by.map((_, i) =>
        i === 0 ? `capacity ${held.reservation}: ${held.dpus} DPUs for ${held.hours.toFixed(2)} h` : '-',
      ),
      '0',
      bytes(0),
      held.costUsd === undefined ? null : dollars(held.costUsd),
    ]),
  ])
  if (!forPeople) return
  const total = [...rows, ...capacity].reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)
  process.stdout.write(`${costText(total)} since ${since.slice(0, 10)}, by the prices of ${prices}\n`)
}

function compare(terabytes: number, prices: string, print: Print, format: string): number {
  const comparison = compareEngines(priceBook(prices), terabytes)
  if (format !== 'text') {
    print(COMPARED, comparisonFigures(comparison))
    return 0
  }
  const columns = ['engine', 'model', 'usd_per_day', 'cheaper_from'].map((name) => ({ name, type: 'varchar' }))
  print(columns, comparisonRows(comparison))
  if (comparison.unpriced.length > 0)
    process.stdout.write(
      `The prices of ${prices} say nothing of ${comparison.unpriced.join(', ')}: --prices seed does\n`,
    )
  return 0
}

/** For programs. Without a break-even an engine is never cheaper, without dollars the book has no price of it. */
const COMPARED: readonly Column[] = [
  ...['engine', 'model'].map((name) => ({ name, type: 'varchar' })),
  ...['least_usd_per_day', 'most_usd_per_day', 'cheaper_from_terabytes'].map((name) => ({ name, type: 'double' })),
]

const ATHENA = ['Athena', 'by the terabyte scanned'] as const

const comparisonFigures = ({ athenaPerDay, engines, unpriced }: Comparison): (string | null)[][] => [
  [...ATHENA, exactNumber(athenaPerDay), exactNumber(athenaPerDay), null],
  ...engines.map(({ engine, model, perDay: { least, most }, breakEvenTerabytes: from }) => [
    engine,
    model,
    exactNumber(least),
    exactNumber(most),
    from === undefined ? null : exactNumber(from),
  ]),
  ...unpriced.map((engine) => [engine, null, null, null, null]),
]

const comparisonRows = ({ athenaPerDay, engines }: Comparison): string[][] => [
  [...ATHENA, costText(athenaPerDay), '-'],
  ...engines.map((one) => [one.engine, one.model, rangeText(one), breakEvenText(one)]),
]

const rangeText = ({ perDay: { least, most } }: EngineComparison): string =>
  least === most ? costText(most) : `${costText(least)} to ${costText(most)}`

function breakEvenText({ breakEvenTerabytes: terabytes }: EngineComparison): string {
  if (terabytes === undefined) return 'never'
  return terabytes === 0 ? 'always' : `${terabytes.toFixed(1)} TB a day`
}
