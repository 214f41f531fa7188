/**
 * What the program promises about its speed, measured on this machine: `npm run bench`, or some of it:
 * `npm run bench -- select1 scan`. Peers and engine are measured in the same run, in turns, so that the
 * ratios hold on other machines too. Only a whole run writes `bench/RESULTS.md`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './measure.ts'
import { resultsPage } from './results-page.ts'
import { measureApi } from './sections/api.ts'
import { measureAuthorization } from './sections/authorization.ts'
import { measureCompile } from './sections/compile.ts'
import { measureFilteredQuery } from './sections/filtered-query.ts'
import { measureFormats } from './sections/formats.ts'
import { measureIceberg } from './sections/iceberg.ts'
import { measureIcebergPlanning } from './sections/iceberg-planning.ts'
import { measureIcebergOfSpark } from './sections/iceberg-spark.ts'
import { measureIcebergOfTrino } from './sections/iceberg-trino.ts'
import { measurePartitions } from './sections/partitions.ts'
import { measurePermissions } from './sections/permissions.ts'
import { measureS3 } from './sections/s3.ts'
import { measureScan } from './sections/scan.ts'
import { measureSelectOne } from './sections/select-one.ts'
import { measureStart } from './sections/start.ts'
import { measureTpch } from './sections/tpch.ts'
import { measureTpchOfTrino } from './sections/tpch-trino.ts'

const SECTIONS: Readonly<Record<string, () => Promise<Finding[]>>> = {
  start: measureStart,
  api: measureApi,
  s3: measureS3,
  select1: measureSelectOne,
  compile: measureCompile,
  partitions: measurePartitions,
  access: async () => [
    ...(await measureAuthorization()),
    ...(await measurePermissions()),
    ...(await measureFilteredQuery()),
  ],
  formats: measureFormats,
  scan: measureScan,
  tpch: measureTpch,
  iceberg: async () => [...(await measureIceberg()), ...(await measureIcebergPlanning())],
  trino: async () => [...(await measureTpchOfTrino()), ...(await measureIcebergOfTrino())],
  spark: measureIcebergOfSpark,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in SECTIONS))
if (unknown.length) {
  console.error(`There is no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`)
  process.exit(2)
}
const findings: Finding[] = []
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (asked.length && !asked.includes(name)) continue
  for (const finding of await measure().catch((error) => [unmeasured(name, error)])) {
    findings.push(finding)
    console.log(line(finding))
  }
}
if (asked.length === 0) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), await resultsPage(findings))
const missed = findings.filter(({ met }) => met === false).length
const held = findings.filter(({ met }) => met).length
console.log(`\n${held} targets met, ${missed} MISSED`)

/** So that what ends one section costs no other its place on the page. */
function unmeasured(section: string, error: unknown): Finding {
  console.error(error)
  return { section, what: 'could not be measured', measured: '', met: false, note: String(error).split('\n')[0]! }
}

function line({ section, what, measured, target, met, note }: Finding): string {
  const verdict = met === undefined ? '' : met ? 'met' : 'MISSED'
  const columns = [
    section.padEnd(8),
    what.padEnd(56),
    measured.padStart(10),
    (target ?? '').padEnd(18),
    verdict.padEnd(7),
  ]
  return `${columns.join(' ')} ${note ?? ''}`.trimEnd()
}
