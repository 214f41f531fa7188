/**
 * Writes the pages that say what there is: `docs/coverage.md`, per service the operations served of all, and
 * `docs/functions.md`, every function of the language. `--check` fails when one is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { composedServices } from '../src/main.ts'
import { loadModel, modelNames } from '../src/protocol/model.ts'
import { functionsPage } from './functions-page.ts'

/** Served operations that only keep what they are given, and what is left out of others. */
const REMARKS: Readonly<Record<string, string>> = {
  athena:
    'Every work group runs SQL: of Spark sessions, notebooks and calculations there are none, and none can be started. Capacity reservations are kept and assigned; there is no capacity to set apart. System tables can not be enabled.',
  glue: 'The Data Catalog, with column statistics runs and their schedules. Connections are kept, and tested against PostgreSQL, MySQL and MariaDB; encryption settings are kept to, by keys of KMS. Crawlers, jobs, data quality and the rest of Glue are not served.',
  s3: 'Kept and answered as given, acted on later: notification, logging, website, acceleration, request payment, replication. Acted on now: policies, versioning, lifecycle expiration, CORS, ownership, public-access block, canned ACLs, tags. Encryption is recorded and answered, with the default of the bucket where none is asked for; bytes lie on the disk as they came.',
  s3tables:
    'Table buckets, namespaces and tables, beside the REST catalog of them. Policies decide; encryption, storage classes, metrics and maintenance settings are kept and decide nothing.',
  lakeformation:
    'Transactions begin, are extended and end, and hold nothing: AWS ended the governed tables that they were for, so that there are no objects and no storage optimizers of such tables. No row-level policies, functions, SAML or Identity Center.',
  iam: 'Users, groups, roles, policies, keys, instance profiles, OpenID Connect providers, simulation, reports of credentials and of use. No passwords, devices, certificates or SAML, of which lists are empty: nobody logs in to a page.',
  sts: 'Sessions of roles, users, federated users and web identities. No SAML, no organisation above the accounts, no tokens for others; no denial is encoded.',
}

async function coveragePage(): Promise<string> {
  const handled = composedServices().map(async (one) => [one.name, new Set(Object.keys(await one.handlers()))] as const)
  const served: ReadonlyMap<string, ReadonlySet<string>> = new Map(await Promise.all(handled))
  const services = modelNames.map((name) => {
    const all = [...loadModel(name).operations.keys()].sort()
    return { name, all, done: all.filter((operation) => served.get(name)?.has(operation)) }
  })
  const rows = services.map(
    ({ name, all, done }) =>
      `| ${name} | ${done.length} | ${all.length} | ${done.length === 0 ? '' : `${Math.round((100 * done.length) / all.length)} %`} |`,
  )
  const names = (operations: readonly string[]) => operations.map((operation) => `\`${operation}\``).join(' · ')
  const lists = services
    .filter(({ done }) => done.length > 0)
    .map(({ name, all, done }) => {
      const rest = all.filter((operation) => !done.includes(operation))
      return `## ${name}

${REMARKS[name] ?? ''}

${names(done)}

<details><summary>Not served: ${rest.length}</summary>

${names(rest)}

</details>
`
    })
  return `# Coverage

Written by \`npm run coverage\` from the handlers and the official models; not edited by hand. Every operation of every
service below is routed, authenticated and validated; one that is not served answers a typed not-implemented error that
names it. What differs from AWS in those that are served stands on each service's page.

| service | operations served | of | |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

${lists.join('\n')}`
}

const PAGES = { 'docs/coverage.md': await coveragePage(), 'docs/functions.md': functionsPage() }
for (const [path, text] of Object.entries(PAGES)) {
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${path} is stale: run npm run coverage`)
    process.exitCode = 1
  }
}
