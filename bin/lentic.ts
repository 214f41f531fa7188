#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import './node-24.mjs'

const USAGE = `lentic: the AWS data-analytics stack as one program

  lentic serve [--port N] [--data DIR]     start the server and say how to reach it
  lentic sql "SELECT ..." [--format F]     run a query: table (default), csv, json or markdown
                          [--database D]
  lentic status                            what the server is and does
  lentic tour [--size GB]                  what formats and partitions do to the price of a query

Every command but serve talks to --endpoint (or LENTIC_ENDPOINT, http://127.0.0.1:4566 if neither is given).
`

/** Each command is loaded when it is called for, so that none pays for the others. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  sql: async () => (await import('./commands/sql.ts')).sql,
  status: async () => (await import('./commands/status.ts')).status,
  tour: async () => (await import('./commands/tour.ts')).tour,
}

const [name = 'help', ...args] = process.argv.slice(2)
const load = COMMANDS[name]
if (!load) {
  const asked = name === 'help' || name === '--help' || name === '-h'
  process[asked ? 'stdout' : 'stderr'].write(asked ? USAGE : `lentic: there is no command '${name}'\n\n${USAGE}`)
  process.exitCode = asked ? 0 : 2
} else {
  try {
    process.exitCode = await (await load())(args)
  } catch (error) {
    process.stderr.write(`lentic: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
