/**
 * Runs clients' own tests, unchanged, each suite against a server of its own, and writes docs/athena/clients.md by what
 * came of them: `npm run client-suites`, with `--checkout NAME=DIR` for those whose package has no tests. `--suite` runs
 * one; `--failed` those tests that failed the last time; what follows `--` goes to pytest instead of the suite's own files,
 * and then nothing is written. Ends with 1 when a test has failed for no known reason.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from './installation.ts'
import { isFailed, type TestOutcome, updated } from './outcomes.ts'
import { clientsPage, type SuiteResult } from './page.ts'
import { REASONS, reasonOf } from './reasons.ts'
import { runSuite } from './suite-run.ts'
import { SUITES } from './suites.ts'

const PAGE = 'docs/athena/clients.md'

const { values, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string' },
    failed: { type: 'boolean', default: false },
    checkout: { type: 'string', multiple: true, default: [] },
    cache: { type: 'string', default: join(tmpdir(), 'lentic-client-suites') },
  },
})
const checkouts = new Map(values.checkout.map((pair) => pair.split('=', 2) as [string, string]))
const names = values.suite === undefined ? Object.keys(SUITES) : [values.suite]
// Together: each waits for its server most of the time.
const results = await Promise.all(names.map(result))
if (chosen.length === 0) await writePage()
for (const { name, outcomes } of results) report(name, outcomes)

async function result(name: string): Promise<SuiteResult> {
  const suite = SUITES[name]
  if (!suite) throw new Error(`No suite ${name}: there are ${Object.keys(SUITES).join(', ')}`)
  const installation = await install(suite, join(values.cache, name), checkouts.get(name))
  console.log(`${name}: ${installation.said}`)
  if (chosen.length > 0) return { name, outcomes: await runSuite(suite, installation, chosen) }
  const earlier = values.failed ? await kept(name) : []
  const tests = values.failed ? earlier.filter(isFailed).map(({ test }) => test) : suite.files
  const outcomes = tests.length === 0 ? earlier : updated(earlier, await runSuite(suite, installation, tests))
  await writeFile(keptIn(name), JSON.stringify(outcomes))
  return { name, outcomes }
}

/** What came of each test when it was run last. */
async function kept(name: string): Promise<readonly TestOutcome[]> {
  return JSON.parse(await readFile(keptIn(name), 'utf8')) as TestOutcome[]
}

function keptIn(name: string): string {
  return join(values.cache, name, 'outcomes.json')
}

/** Of all suites: one that has never been run is missed. */
async function writePage(): Promise<void> {
  const all = await Promise.all(Object.keys(SUITES).map(async (name) => ({ name, outcomes: await kept(name) })))
  await writeFile(PAGE, clientsPage(all))
  const given = new Set(
    all.flatMap(({ name, outcomes }) => outcomes.filter(isFailed).map((one) => reasonOf(name, one))),
  )
  for (const { suite, test } of REASONS.filter((reason) => !given.has(reason)))
    console.log(`${suite}: nothing fails any more because of ${test}`)
}

function report(name: string, outcomes: readonly TestOutcome[]): void {
  const failed = outcomes.filter(isFailed)
  const unexplained = failed.filter((outcome) => !reasonOf(name, outcome))
  console.log(
    `${name}: ${outcomes.length} tests, ${failed.length} failed, ${unexplained.length} of them for no known reason`,
  )
  for (const { test, message } of unexplained) console.log(`  ${test}\n    ${message.split('\n', 1)[0]}`)
  if (unexplained.length > 0) process.exitCode = 1
}
