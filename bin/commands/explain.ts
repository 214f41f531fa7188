/** What a query will read and cost, before it runs; and what it would, of a table that lay otherwise. */
import { text as readAll } from 'node:stream/consumers'
import type { ScanEstimate } from '../../src/core/estimates/scan-estimates.ts'
import { CHANGE_WORDS } from '../../src/core/estimates/table-changes.ts'
import { type PriceBook, priceBook, scanCost } from '../../src/core/prices/price-book.ts'
import type { ExplainedChange, Explanation } from '../../src/services/athena/explanations.ts'
import { apiTarget, callOwn } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { reachable } from '../reachable.ts'
import { bytesText, costText } from '../terminal/measures.ts'
import { plainText } from '../terminal/plain-text.ts'

const USAGE = `usage: lentic explain "SELECT ..." [options]        or: lentic explain - < statement.sql

  --what-if CHANGE[,CHANGE...]    the same query, were the table changed: ${CHANGE_WORDS}
  --table DB.TABLE                which of its tables: the one it reads most of if not given
  --database D   --work-group W   as the query would be started with
  --prices aws-2026|seed
  --format text|json
  --endpoint URL`

const MOST_SHOWN = 5
/** Where the word that the planner uses says too much. */
const FORMAT_WORDS: Readonly<Record<string, string>> = { 'csv-lazy': 'csv', 'csv-open': 'csv', regex: 'text' }

export async function explain(args: readonly string[]): Promise<number> {
  const options = ['what-if', 'table', 'database', 'work-group', 'prices', 'format', 'endpoint']
  const given = readArguments(args, options, USAGE)
  const [word, ...more] = given.rest
  const format = given.option('format') ?? 'text'
  if (word === undefined || more.length > 0 || !['text', 'json'].includes(format)) throw new UsageError(USAGE)
  const book = priceBook(given.option('prices'))
  const sql = word === '-' ? await readAll(process.stdin) : word
  const target = apiTarget(given.option('endpoint'))
  const whatIf = given.option('what-if')?.split(',')
  const explanation = await reachable(target, () =>
    callOwn<Explanation>(target, 'explain', {
      sql,
      database: given.option('database'),
      workGroup: given.option('work-group'),
      table: given.option('table'),
      whatIf,
    }),
  )
  const priced = format === 'json' ? pricedJson(explanation, book) : explanationText(explanation, book, whatIf ?? [])
  process.stdout.write(`${plainText(priced)}\n`)
  return 0
}

function pricedJson(explanation: Explanation, book: PriceBook): string {
  const { change, ...now } = explanation
  const costOf = (bytes: number) => scanCost(book, { scannedBytes: bytes })
  const priced = {
    ...now,
    costUsd: costOf(now.scannedBytes),
    prices: book.name,
    ...(change && {
      change: { ...change, costUsd: costOf(change.queryBytes), changeCostUsd: costOf(change.changeBytes) },
    }),
  }
  return JSON.stringify(priced, undefined, 2)
}

export function explanationText(
  { scans, scannedBytes, atMostBecause, change }: Explanation,
  book: PriceBook,
  words: readonly string[],
): string {
  const cost = scanCost(book, { scannedBytes })
  const bound = atMostBecause.length > 0 ? 'at most ' : ''
  return [
    ...scans.flatMap(scanLines),
    `${bound}${bytesText(scannedBytes)} scanned · ${bound}${costText(cost)} on AWS${scans.some(({ isUntold }) => isUntold) ? ', and what the sources send' : ''}`,
    ...atMostBecause.map((reason) => `  at most: ${reason}`),
    ...(change ? ['', ...changeLines(change, words, book, { scannedBytes, cost })] : []),
  ].join('\n')
}

function scanLines(scan: ScanEstimate): string[] {
  const { table, format, columns, partitions, files, filesBytes, rowGroups, scannedBytes, isUntold } = scan
  const named = [
    `${table} (${FORMAT_WORDS[format] ?? format})`,
    `  columns     ${columns.length === 0 ? 'none' : columns.join(', ')}`,
  ]
  if (isUntold) return [...named, '  bytes       known once the source has sent them']
  return [
    ...named,
    ...(partitions.length > 0 ? [`  partitions  ${partitions.length}: ${shown(partitions)}`] : []),
    `  files       ${files} of ${bytesText(filesBytes)}`,
    ...(rowGroups ? [`  row groups  ${rowGroups.wanted} of ${rowGroups.all}`] : []),
    `  bytes       ${scan.atMostBecause.length > 0 ? 'at most ' : ''}${bytesText(scannedBytes)} (${scannedBytes})`,
  ]
}

const shown = (values: readonly string[]): string =>
  values.length <= MOST_SHOWN ? values.join(', ') : `${values.slice(0, MOST_SHOWN - 1).join(', ')} ... ${values.at(-1)}`

interface Now {
  readonly scannedBytes: number
  readonly cost: number
}

function changeLines(change: ExplainedChange, words: readonly string[], book: PriceBook, now: Now): string[] {
  const { table, files, groups, sampledRows, rows, queryBytes, changeBytes, statement } = change
  const costOf = (bytes: number) => scanCost(book, { scannedBytes: bytes })
  const [cost, price] = [costOf(queryBytes), costOf(changeBytes)]
  const saved = now.cost - cost
  const times = queryBytes > 0 ? `, ${(now.scannedBytes / queryBytes).toFixed(1)} times less` : ''
  const paid =
    saved > 0
      ? ` · paid back after ${Math.ceil(price / saved)} such queries`
      : now.cost === costOf(1)
        ? ' · saves nothing: it is billed the least that a query is already'
        : ' · saves nothing'
  return [
    `were ${table} changed: ${words.join(', ')}`,
    `  partitions  ${files.wanted} of ${files.all}`,
    `  stretches   ${groups.wanted} of ${groups.all}, weighed by ${sampledRows} of ${rows} rows, truly written`,
    `  about ${bytesText(queryBytes)} scanned (${queryBytes}${times}) · about ${costText(cost)} on AWS`,
    `  making it reads ${bytesText(changeBytes)} once, ${costText(price)}${paid}`,
    ...(statement === undefined ? [] : ['', ...statement.split('\n')]),
  ]
}
