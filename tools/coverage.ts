/** Writes `docs/coverage.md`: per service, the operations served of all there are. `--check` fails when it is stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { servedOperations } from '../src/main.ts'
import { loadModel, modelNames } from '../src/protocol/model.ts'

const PAGE = 'docs/coverage.md'

function page(): string {
  const served = servedOperations()
  const services = modelNames.map((name) => {
    const all = [...loadModel(name).operations.keys()].sort()
    return { name, all, done: all.filter((operation) => served.get(name)?.has(operation)) }
  })
  const rows = services.map(
    ({ name, all, done }) =>
      `| ${name} | ${done.length} | ${all.length} | ${done.length === 0 ? '' : `${Math.round((100 * done.length) / all.length)} %`} |`,
  )
  const lists = services
    .filter(({ done }) => done.length > 0)
    .map(
      ({ name, all, done }) =>
        `## ${name}\n\n${done.map((operation) => `\`${operation}\``).join(' · ')}\n\nNot served: ${
          all
            .filter((o) => !done.includes(o))
            .map((o) => `\`${o}\``)
            .join(' · ') || 'nothing'
        }\n`,
    )
  return `# Coverage

Written by \`npm run coverage\` from the handlers and the official models; not edited by hand. An operation that is not
served answers a typed not-implemented error that names it. What differs from AWS in those that are served stands on each
service's page.

| service | operations served | of | |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

${lists.join('\n')}`
}

const text = page()
if (!process.argv.includes('--check')) writeFileSync(PAGE, text)
else if (readFileSync(PAGE, 'utf8') !== text) {
  console.error(`${PAGE} is stale: run npm run coverage`)
  process.exitCode = 1
}
