import { flushCompileCache } from 'node:module'
import { readSettings } from '../../src/config.ts'
import { start } from '../../src/main.ts'
import { UsageError } from '../arguments.ts'

/** A clone has no `lentic` on its path; an installed package has. */
const HOW = import.meta.url.endsWith('.ts') ? 'npm run -s lentic --' : 'npx lentic'

const USAGE = `usage: lentic serve [options]

  --port N              4566 if not given; 0 takes any free one       (LENTIC_PORT)
  --host H              127.0.0.1 if not given                        (LENTIC_HOST)
  --data DIR            where everything is kept: .lentic             (LENTIC_DATA)
  --memory              keep nothing after the end
  --region R            us-east-1                                     (LENTIC_REGION)
  --account ID          000000000000                                  (LENTIC_ACCOUNT)
  --tls-cert, --tls-key PEM files                                     (LENTIC_TLS_CERT, LENTIC_TLS_KEY)
  --workers N           processes that run queries: one per processor (LENTIC_ENGINE_WORKERS)
  --engine-memory 2GB   for each of them: half the machine together   (LENTIC_ENGINE_MEMORY)
  --sqlite-directory D  SQLite files that data catalogs may name      (LENTIC_SQLITE_DIRECTORY)
  --function NAME=URL   where a function of Lambda answers, each     (LENTIC_FUNCTIONS)
  --oidc-keys FILE      keys of OpenID Connect providers, by issuer   (LENTIC_OIDC_KEYS)
  --metastore-port N    serve Hive's metastore, on 9083 as usual      (LENTIC_METASTORE_PORT)
  --metastore-warehouse s3a://warehouse: where its databases lie      (LENTIC_METASTORE_WAREHOUSE)
  --metastore-principal ARN  whom Lake Formation takes its clients for (LENTIC_METASTORE_PRINCIPAL)`

/** Runs until it is told to stop; a second signal ends it at once. */
export async function serve(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) throw new UsageError(USAGE, true)
  const settings = readSettings(args, process.env)
  const told = toldToStop()
  const server = await start(settings)
  process.stdout.write(welcome(server.endpoint, server.region, server.credentials.accessKeyId, settings.dataDirectory))
  if (server.metastore) process.stdout.write(`Hive's metastore is at ${server.metastore}.\n`)
  // Node itself writes what it compiled at a clean exit only, and a server may not have one.
  flushCompileCache()
  await told
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await server.stop()
  return 0
}

/** A signal, or the end of the npm that started us: npm's shell does not pass signals on, and would leave us behind. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
    if (process.env.npm_command === undefined) return
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      resolve()
    }, 250)
    watch.unref()
  })
}

/** Python's clients read but the second of the two regions, the others but the first. */
function welcome(endpoint: string, region: string, accessKeyId: string, dataDirectory: string | undefined): string {
  const secret = accessKeyId === 'test' ? 'test' : '<your secret>'
  return `Lentic is up at ${endpoint}, keeping ${dataDirectory === undefined ? 'nothing after its end' : `everything in ${dataDirectory}`}.

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secret}

Every AWS client that reads these now talks to it. One query to try, in another terminal, after the two lines above:

  ${HOW} sql "SELECT day_of_week(day) AS weekday, count(*) AS days FROM UNNEST(sequence(DATE '2026-01-01', DATE '2026-12-31')) AS t (day) GROUP BY 1 ORDER BY 1"

Ctrl-C ends it.
`
}
