/**
 * Runs clients' own tests, unchanged, each suite against a server of its own: `npm run client-suites`, with
 * `--checkout NAME=DIR` for those whose package has no tests. A run of all of them writes docs/athena/clients.md. `--suite`
 * runs one, with what follows `--` handed to pytest instead of the suite's own files. Ends with 1 when a test failed
 * for no known reason.
 */
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from './installation.ts'
import type { TestOutcome } from './outcomes.ts'
import { clientsPage, type SuiteResult } from './page.ts'
import { REASONS, reasonOf } from './reasons.ts'
import { runSuite } from './suite-run.ts'
import { SUITES } from './suites.ts'

const PAGE = 'docs/athena/clients.md'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string' },
    checkout: { type: 'string', multiple: true, default: [] },
    cache: { type: 'string', default: join(tmpdir(), 'lentic-client-suites') },
  },
})
const checkouts = new Map(values.checkout.map((pair) => pair.split('=', 2) as [string, string]))
const names = values.suite === undefined ? Object.keys(SUITES) : [values.suite]
// Together: each waits for its server most of the time.
const results = await Promise.all(names.map(result))

if (values.suite === undefined) {
  await writeFile(PAGE, clientsPage(results))
  const given = new Set(
    results.flatMap(({ name, outcomes }) => outcomes.filter(isFailed).map((one) => reasonOf(name, one))),
  )
  for (const { suite, test } of REASONS.filter((reason) => !given.has(reason)))
    console.log(`${suite}: nothing fails any more because of ${test}`)
}
for (const { name, outcomes } of results) {
  const failed = outcomes.filter(isFailed)
  const unexplained = failed.filter((outcome) => !reasonOf(name, outcome))
  console.log(
    `${name}: ${outcomes.length} tests, ${failed.length} failed, ${unexplained.length} of them for no known reason`,
  )
  for (const { test, message } of unexplained) console.log(`  ${test}\n    ${message.split('\n', 1)[0]}`)
  if (unexplained.length > 0) process.exitCode = 1
}

function isFailed({ outcome }: TestOutcome): boolean {
  return outcome === 'failed'
}

async function result(name: string): Promise<SuiteResult> {
  const suite = SUITES[name]
  if (!suite) throw new Error(`No suite ${name}: there are ${Object.keys(SUITES).join(', ')}`)
  const installation = await install(suite, join(values.cache, name), checkouts.get(name))
  console.log(`${name}: ${installation.said}`)
  return { name, outcomes: await runSuite(suite, installation, positionals.length > 0 ? positionals : suite.files) }
}
