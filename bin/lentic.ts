#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import './node-24.mjs'
import { plainText } from './terminal/plain-text.ts'

const USAGE = `lentic: the AWS data-analytics stack as one program

  lentic serve [--port N] [--data DIR]     start the server and say how to reach it
  lentic sql "SELECT ..." [--format F]     run a statement: table (default), csv, json or markdown
                          [--database D]   - reads it from standard input
  lentic explain "SELECT ..."              what it will read and cost, before it runs
                 [--what-if parquet,...]   the same of a table that lay otherwise
  lentic cost [--by workgroup,day]         what the queries of the history have cost
  lentic cost compare                      Athena against Redshift, EMR and Glue, and from where on
  lentic advise [DB[.TABLE]]               what is wrong with tables, what it costs and what fixes it
                [--apply [--yes]]          fix it
  lentic catalog diff DB.TABLE [V [V]]     what two versions of a table have different
  lentic catalog rollback DB.TABLE V       make a version of a table the latest again
  lentic access explain --principal P      what somebody sees of a table, and which grant, filter, LF-Tag or missing
                        --table DB.TABLE   permission decides
  lentic account create --name N           another account in this server; its root key is told once
                        [--id DIGITS]
  lentic account list                      accounts; lentic account policy: what one may do at most
  lentic status                            whether the server is well
  lentic tour [--size GB]                  what formats and partitions do to the price of a query
  lentic <command> --help                  all options of a command

sql, explain, cost, advise, catalog, access, account and status talk to --endpoint (or LENTIC_ENDPOINT, or AWS_ENDPOINT_URL, or http://127.0.0.1:4566) with the key of
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or test, test). tour has a lake of its own unless one is named.
`

/** Each command is loaded when it is called for, so that none pays for the others. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  sql: async () => (await import('./commands/sql.ts')).sql,
  explain: async () => (await import('./commands/explain.ts')).explain,
  cost: async () => (await import('./commands/cost.ts')).cost,
  advise: async () => (await import('./commands/advise.ts')).advise,
  catalog: async () => (await import('./commands/catalog.ts')).catalog,
  access: async () => (await import('./commands/access.ts')).access,
  account: async () => (await import('./commands/account.ts')).account,
  status: async () => (await import('./commands/status.ts')).status,
  tour: async () => (await import('./commands/tour.ts')).tour,
  '--version': async () => (await import('./commands/version.ts')).version,
}

// Whoever reads us may have had enough: `lentic sql ... | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const [name = 'help', ...args] = process.argv.slice(2)
const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
if (!load) {
  const asked = name === 'help' || name === '--help' || name === '-h'
  process[asked ? 'stdout' : 'stderr'].write(asked ? USAGE : `lentic: there is no command '${name}'\n\n${USAGE}`)
  process.exitCode = asked ? 0 : 2
} else {
  try {
    process.exitCode = await (await load())(args)
  } catch (error) {
    process.exitCode = tell(error)
  }
}

/** Answers the exit code: 2 when the command was called wrongly, as shells have it. */
function tell(thrown: unknown): number {
  // What went wrong while everything was closed again is not what went wrong.
  let error = thrown
  while (error instanceof SuppressedError) error = error.suppressed
  if (!(error instanceof Error)) throw error
  if ('asked' in error && error.asked) {
    process.stdout.write(`${plainText(error.message)}\n`)
    return 0
  }
  process.stderr.write(`lentic: ${plainText(error.message)}\n`)
  return error.name === 'UsageError' || error.name === 'SettingsError' ? 2 : 1
}
