/** `docs/athena/clients.md`: how many tests of each suite pass, and why the others do not. */
import { isFailed, type TestOutcome } from './outcomes.ts'
import { REASONS, reasonOf } from './reasons.ts'
import { SUITES } from './suites.ts'

export interface SuiteResult {
  readonly name: string
  readonly outcomes: readonly TestOutcome[]
}

export function clientsPage(results: readonly SuiteResult[]): string {
  return `# Clients and their own tests

Written by \`npm run client-suites\`; not edited by hand.

\`tests/clients\` drives the \`aws\` command line, boto3, awswrangler and PyAthena against a running server, as part of
\`.ci/run\`. Beside that, the public suites of three clients run against Lentic unchanged but for the endpoint: tests written
against AWS, by others. What they expect is an observation of AWS, and what it taught is in Lentic's own tests.

| suite | tests | pass | fail | skipped by itself | it expects to fail |
| --- | ---: | ---: | ---: | ---: | ---: |
${results.map(row).join('\n')}

Without what needs Spark: ${results.map(served).join(', ')} of those that ran.

\`\`\`
npm run client-suites -- --checkout pyathena=../PyAthena --checkout awswrangler=../aws-sdk-pandas
npm run client-suites -- --suite dbt-athena --failed
npm run client-suites -- --suite dbt-athena -- tests/functional/adapter/test_basic.py
\`\`\`

The first of these runs all of them and writes this page, as does, with \`--failed\`, a run of what failed the last time. Each
client is installed by its package's name, in the version named above, into an environment of its own. dbt-athena packages
its tests; of the others name a checkout of that version, from which nothing but the tests is taken. \`tools/client-suites\`
starts a server for each, makes the buckets, databases and work groups that the suite expects to find, and runs pytest. Two
things stand between a suite and another endpoint: Arrow's own S3 client does not read \`AWS_ENDPOINT_URL\` and is told
(\`arrow_endpoint.py\`), and awswrangler's fixtures ask CloudFormation for the names of a stack's outputs, which the
tool answers.

## What fails, and why
${results.map(failures).join('\n\n')}

## Under load
\`npm run soak -- --minutes 10 --clients 64\` runs clients that calculate, scan, write, fail, cancel and are refused, while
engine processes are killed every three seconds, then asks about every query again: none lost, none in another state than
was seen, every acknowledged row there and no other; and what the server holds in memory once its garbage is collected is
the same at the end as in the middle. Its short form is in the suite.
`
}

const count = (outcomes: readonly TestOutcome[], outcome: TestOutcome['outcome']): number =>
  outcomes.filter((test) => test.outcome === outcome).length

function row({ name, outcomes }: SuiteResult): string {
  const numbers = (['passed', 'failed', 'skipped', 'expected'] as const).map((outcome) => count(outcomes, outcome))
  return `| ${SUITES[name]!.title} | ${[outcomes.length, ...numbers].join(' | ')} |`
}

/** Of what Lentic serves. */
function served({ name, outcomes }: SuiteResult): string {
  const failed = outcomes.filter((test) => isFailed(test) && !reasonOf(name, test)?.isUnserved)
  const passed = count(outcomes, 'passed')
  return `${passed} of ${passed + failed.length} (${name})`
}

function failures({ name, outcomes }: SuiteResult): string {
  const failed = outcomes.filter(isFailed)
  const told = [...new Set(REASONS.map(({ text }) => text))].map((text) => ({
    text,
    tests: failed.filter((test) => reasonOf(name, test)?.text === text).length,
  }))
  const unknown = failed.filter((test) => !reasonOf(name, test))
  const rows = [
    ...told.filter(({ tests }) => tests > 0),
    ...unknown.map(({ test, message }) => ({ text: `Not known: \`${test}\` (${firstLine(message)})`, tests: 1 })),
  ]
  if (rows.length === 0) return `### ${name}\nNothing.`
  return `### ${name}\n| tests | reason |\n| ---: | --- |\n${rows.map(({ tests, text }) => `| ${tests} | ${text} |`).join('\n')}`
}

const firstLine = (message: string): string => message.split('\n', 1)[0]!.replaceAll('|', '\\|').slice(0, 160)
