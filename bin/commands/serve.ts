import { readSettings } from '../../src/config.ts'
import { start } from '../../src/main.ts'

/** A clone has no `lentic` on its path; an installed package has. */
const HOW = import.meta.url.endsWith('.ts') ? 'npm run -s lentic --' : 'npx lentic'

/** Runs until it is told to stop; a second signal ends it at once. */
export async function serve(args: readonly string[]): Promise<number> {
  const settings = readSettings(args, process.env)
  const server = await start(settings)
  process.stdout.write(welcome(server.endpoint, server.region, server.credentials.accessKeyId, settings.dataDirectory))
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await server.stop()
  return 0
}

function welcome(endpoint: string, region: string, accessKeyId: string, dataDirectory: string | undefined): string {
  const secret = accessKeyId === 'test' ? 'test' : '<your secret>'
  return `Lentic is up at ${endpoint}, keeping everything in ${dataDirectory ?? 'memory'}.

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secret}

Every AWS client that reads these now talks to it. One query to try, in another terminal:

  ${HOW} sql "SELECT year(current_date) AS this_year, approx_distinct(x) AS things FROM UNNEST(sequence(1, 1000)) AS t (x)"
`
}
