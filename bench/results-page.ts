/** The page that a whole run leaves behind. */
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import type { Finding } from './measure.ts'
import { MOTO_VERSION } from './server-process.ts'

export async function resultsPage(findings: readonly Finding[]): Promise<string> {
  const { version, dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
    dependencies: Record<string, string>
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`
  const rows = findings.map(
    ({ section, what, measured, target, met, note }) =>
      `| ${section} | ${what} | ${measured} | ${target ?? ''} | ${met === undefined ? '' : met ? 'met' : '**MISSED**'} | ${note ?? ''} |`,
  )
  return `# What was measured

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Lentic ${version} at ${commit}, Node ${process.versions.node}, DuckDB ${dependencies['@duckdb/node-api']}, moto ${MOTO_VERSION}, ${machine}. To measure it again, or a part of it:

\`\`\`
npm run bench
npm run bench -- start api s3 select1 compile partitions scan tpch trino formats
\`\`\`

Ratios are of two servers or engines measured in turns in one run by the same client; a ratio is the median of the ratios of its rounds. moto's server closes the connection after every answer, so its clients connect anew for each request, as all of them must. It keeps everything in memory; Lentic's writes are on disk when they are acknowledged.

| section | what | measured | target | | |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
