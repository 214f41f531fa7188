/**
 * Lentic against a real Trino: `npm run accept:trino`. Needs `mvn` and Java 17; brings Trino the first time. Fails on any
 * difference without a reason, and rewrites docs/trino-differences.md. `--answers FILE` keeps Trino's answers for the next
 * run, which then starts Trino for what is new alone. `--where-possible`: where no Trino can be had, says why and passes.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { findJava } from '../../tools/java.ts'
import type { TrinoSession } from '../../tools/trino/client.ts'
import { fetchDistribution } from '../../tools/trino/distribution.ts'
import { startTrino, type TrinoServer } from '../../tools/trino/server.ts'
import { openEngine } from '../semantics/engine.ts'
import { Answers, differences } from './asking.ts'
import { queriesOf, topics } from './corpus.ts'
import { differencesPage, type Topic } from './page.ts'
import { reasonOf } from './reasons.ts'
import { compareTpcds } from './tpcds.ts'
import { compareTpch } from './tpch.ts'
import { TPCH_QUERIES } from './tpch-queries.ts'

const PAGE = 'docs/trino-differences.md'
const { values: options } = parseArgs({
  options: { answers: { type: 'string' }, 'where-possible': { type: 'boolean', default: false } },
})

let server: TrinoServer | undefined
async function session(): Promise<TrinoSession> {
  server ??= await startTrino()
  // As Athena runs it: docs/sql.md says how that is known.
  return { url: server.url, catalog: 'tpch', schema: 'tiny', properties: 'parse_decimal_literals_as_double=true' }
}

async function compareAll(): Promise<Topic[]> {
  const answers = await Answers.read(options.answers)
  const connection = await openEngine()
  await connection.run("SET memory_limit = '1GB'")
  const results: Topic[] = []
  const report = (topic: Topic): void => {
    results.push(topic)
    console.log(`${topic.name}: ${topic.asked - topic.differences.length} of ${topic.asked} agree`)
  }
  for (const name of topics) {
    const queries = queriesOf(name)
    await answers.complete(queries, session)
    if (options.answers !== undefined) await answers.write(options.answers)
    report({ name, asked: queries.length, differences: await differences(queries, answers, connection) })
  }
  const found = await compareTpch(await session(), connection)
  report({ name: 'TPC-H', asked: TPCH_QUERIES.length, differences: found })
  const tpcds = await compareTpcds(await session(), connection)
  report({ name: 'TPC-DS', asked: tpcds.asked, differences: tpcds.differences })
  console.log(`TPC-DS: ${tpcds.withRows} have rows at this scale`)
  connection.closeSync()
  return results
}

/** Why there is no Trino on this machine; undefined where there is one. */
async function missing(): Promise<string | undefined> {
  try {
    await Promise.all([findJava('java'), findJava('javac')])
    await fetchDistribution()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function accept(): Promise<void> {
  const reason = options['where-possible'] ? await missing() : undefined
  if (reason !== undefined) {
    console.log(`skipped, for no Trino can be had here: ${reason}\n0 passed, 0 failed, 1 skipped`)
    return
  }
  const results = await compareAll()
  const unexplained = results.flatMap((topic) => topic.differences.filter((d) => reasonOf(d) === undefined))
  for (const { kind, sql, trino, lentic } of unexplained)
    console.error(`${kind}: ${sql}\n  Trino:  ${trino}\n  Lentic: ${lentic}`)
  await writeFile(PAGE, differencesPage(results))
  const asked = results.reduce((sum, topic) => sum + topic.asked, 0)
  console.log(`${asked - unexplained.length} passed, ${unexplained.length} failed`)
  process.exitCode = unexplained.length === 0 ? 0 : 1
}

try {
  await accept()
} finally {
  await server?.stop()
}
