import { apiTarget } from '../api-client.ts'
import { readArguments } from '../arguments.ts'
import { durationText } from '../terminal/measures.ts'
import { reachable } from './sql.ts'

interface Health {
  readonly status: string
  readonly version: string
  readonly uptimeSeconds: number
}

export async function status(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['endpoint'])
  const target = apiTarget(given.option('endpoint'))
  const health = (await (await reachable(target, () => fetch(`${target.endpoint}/_lentic/health`))).json()) as Health
  process.stdout.write(
    `${target.endpoint}: ${health.status}, lentic ${health.version}, up ${durationText(health.uptimeSeconds * 1000)}\n`,
  )
  return health.status === 'ok' ? 0 : 1
}
