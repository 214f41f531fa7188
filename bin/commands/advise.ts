/** What is wrong with the tables of a lake, what it costs, and the statement that puts it right; or just that done. */
import { createInterface } from 'node:readline/promises'
import { type GlueCall, RULES } from '../../src/core/advice/facts.ts'
import { type PriceBook, priceBook, scanCost } from '../../src/core/prices/price-book.ts'
import type { Advice, AdvisedFinding } from '../../src/services/athena/advice.ts'
import { sarif } from '../advice-sarif.ts'
import { type ApiTarget, apiTarget, callJson, callOwn } from '../api-client.ts'
import { numberOption, readArguments, UsageError } from '../arguments.ts'
import { resultBucket, runAthenaQuery } from '../athena-query.ts'
import { reachable } from '../reachable.ts'
import { rewriteTable, succeed } from '../table-rewriting.ts'
import { bytesText, costText } from '../terminal/measures.ts'
import { plainText } from '../terminal/plain-text.ts'
import { packageVersion } from './version.ts'

const USAGE = `usage: lentic advise [DATABASE[.TABLE]] [options]

  --format text|json|sarif
  --apply [--yes]                 run what fixes it: asks before each unless --yes
  --rule RULE                     only this one: ${Object.keys(RULES).join(', ')}
  --large-megabytes N             from when on a table should have partitions: 1000 if not given
  --prices aws-2026|seed
  --endpoint URL

Nothing is deleted: a table that is written anew takes the name, the old one stays under another with its files.`

export async function advise(args: readonly string[]): Promise<number> {
  const options = ['format', 'rule', 'large-megabytes', 'prices', 'endpoint']
  const given = readArguments(args, options, USAGE, ['apply', 'yes'])
  const [scope = '', ...more] = given.rest
  const [format, rule] = [given.option('format') ?? 'text', given.option('rule')]
  if (
    !['text', 'json', 'sarif'].includes(format) ||
    more.length > 0 ||
    scope.split('.').length > 2 ||
    (rule !== undefined && !Object.hasOwn(RULES, rule))
  )
    throw new UsageError(USAGE)
  const book = priceBook(given.option('prices'))
  const target = apiTarget(given.option('endpoint'))
  const [database, table] = scope === '' ? [] : scope.split('.')
  const largeMegabytes = numberOption(given, 'large-megabytes', { of: 'megabytes', most: 1e12 })
  const asked = { database, table, largeMegabytes: largeMegabytes?.toString() }
  const advice = await reachable(target, () => callOwn<Advice>(target, 'advice', asked))
  const findings = advice.findings.filter((finding) => rule === undefined || finding.rule === rule)
  if (given.has('apply')) return reachable(target, () => applyAll(target, findings, !given.has('yes')))
  const told = findings.map((finding) => ({ ...finding, text: messageOf(finding, book) }))
  if (format === 'text') process.stdout.write(plainText(adviceText({ ...advice, findings: told })))
  else {
    const answer =
      format === 'sarif' ? sarif({ version: packageVersion(), findings: told }) : { ...advice, findings: told }
    process.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`)
  }
  return 0
}

const MARKS = { warning: '⚠', note: '·' } as const

type Told = AdvisedFinding & { readonly text: string }

function adviceText({ tables, findings, since }: Advice & { readonly findings: readonly Told[] }): string {
  const lines = [...Map.groupBy(findings, ({ table }) => table)].flatMap(([table, own]) => [
    table,
    ...own.flatMap((finding) => [
      `  ${MARKS[finding.level]} ${finding.rule}: ${finding.text}`,
      ...fixLines(finding).map((line) => `      ${line}`),
    ]),
    '',
  ])
  const count = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${tables} ${tables === 1 ? 'table' : 'tables'}`
  return `${[...lines, `${count}, by the queries since ${since.slice(0, 10)}`].join('\n')}\n`
}

function messageOf({ message, saving, change, columns, lookups }: AdvisedFinding, book: PriceBook): string {
  if (lookups)
    return `${message}: ${lookups.runs} runs have had ${lookups.before} looked up, and would have had ${lookups.after}`
  if (!saving || saving.runs === 0) return message
  const { runs, bytesBefore, bytesAfter } = saving
  const costOf = (bytes: number) => runs * scanCost(book, { scannedBytes: bytes / runs })
  const [before, after] = [costOf(bytesBefore), costOf(bytesAfter)]
  const remedy = change ? change.join(' and ') : `just ${(columns ?? []).join(', ')}, which others name,`
  const looked = `${runs} ${runs === 1 ? 'run' : 'runs'} read ${bytesText(bytesBefore)} for ${costText(before)}`
  return `${message}. ${looked}; with ${remedy} they would read ${bytesText(bytesAfter)} for ${costText(after)}`
}

function fixLines({ statement, glue = [] }: AdvisedFinding): string[] {
  if (statement !== undefined) return statement.split('\n')
  return glue.map(({ operation, input }) => {
    const words = operation.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
    return `aws glue ${words} --cli-input-json '${JSON.stringify(input).replaceAll("'", "'\\''")}'`
  })
}

/**
 * Of those that write a table anew the one that saves most: the others may have lost their reason by then. They come
 * first, since statistics, indexes and projection of the old table are not the new one's.
 */
function applicable(findings: readonly AdvisedFinding[]): AdvisedFinding[] {
  const saved = ({ saving }: AdvisedFinding) => (saving ? saving.bytesBefore - saving.bytesAfter : 0)
  const rewritings = Map.groupBy(
    findings.filter(({ change, statement }) => change && statement),
    ({ table }) => table,
  )
  const best = [...rewritings.values()].map((own) => own.toSorted((a, b) => saved(b) - saved(a))[0]!)
  return [...best, ...findings.filter(({ change, statement, glue }) => !change && (statement ?? glue))]
}

async function applyAll(target: ApiTarget, findings: readonly AdvisedFinding[], asks: boolean): Promise<number> {
  if (asks && !process.stdin.isTTY) throw new UsageError('--apply asks at a terminal; with --yes it does not ask')
  const output = `s3://${await resultBucket(target)}/`
  const wanted = applicable(findings)
  if (wanted.length === 0) process.stdout.write('nothing to apply\n')
  for (const finding of wanted) {
    process.stdout.write(
      `${finding.table}: ${finding.rule}\n${fixLines(finding)
        .map((line) => `  ${line}\n`)
        .join('')}`,
    )
    if (asks && !(await agreed())) continue
    await applyOne(target, output, finding)
  }
  return 0
}

async function agreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question('apply this? [y/N] ')).trim())
  } finally {
    terminal.close()
  }
}

async function applyOne(target: ApiTarget, output: string, finding: AdvisedFinding): Promise<void> {
  const { table, change, statement, glue, queries = [] } = finding
  if (glue) {
    for (const call of glue) await applyCall(target, call)
    process.stdout.write('  done\n')
  } else if (!change && statement !== undefined) {
    await succeed(target, output, statement)
    process.stdout.write('  done\n')
  } else if (statement !== undefined) {
    const before = await measured(target, output, queries)
    const onStep = (what: string) => void process.stderr.write(`  ${what}\n`)
    const rewritten = await rewriteTable(target, { table, statement, output, onStep })
    const after = await measured(target, output, queries)
    process.stdout.write(`  done: ${rewritten.rows} rows. The old table is ${rewritten.before}, with its files\n`)
    for (const [i, { sql }] of queries.entries())
      process.stdout.write(`  ${bytesText(before[i]!)} → ${bytesText(after[i]!)}  ${sql.replaceAll(/\s+/g, ' ')}\n`)
  }
}

/** Operations on many things answer with what has failed of them. */
async function applyCall(target: ApiTarget, { operation, input }: GlueCall): Promise<void> {
  const { Errors = [] } = await callJson<GlueAnswer>(target, 'glue', operation, input)
  for (const { PartitionValues = [], ErrorDetail } of Errors)
    if (ErrorDetail?.ErrorCode !== 'EntityNotFoundException')
      throw new Error(`${operation} of ${PartitionValues.join('/')}: ${ErrorDetail?.ErrorMessage}`)
}

interface GlueAnswer {
  readonly Errors?: readonly {
    readonly PartitionValues?: readonly string[]
    readonly ErrorDetail?: { readonly ErrorCode?: string; readonly ErrorMessage?: string }
  }[]
}

/** What the queries truly scan. */
async function measured(
  target: ApiTarget,
  output: string,
  queries: NonNullable<AdvisedFinding['queries']>,
): Promise<number[]> {
  const scanned: number[] = []
  for (const { sql, database } of queries) {
    const { status } = await runAthenaQuery(target, { sql, database, output })
    scanned.push(status.scannedBytes)
  }
  return scanned
}
