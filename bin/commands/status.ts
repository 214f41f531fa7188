import { apiTarget } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { reachable } from '../reachable.ts'

interface Health {
  readonly status: string
  readonly version: string
  readonly uptimeSeconds: number
}

const USAGE = 'usage: lentic status [--endpoint URL]'

export async function status(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['endpoint'], USAGE)
  if (given.rest.length > 0) throw new UsageError(USAGE)
  const target = apiTarget(given.option('endpoint'))
  const health = await readHealth(await reachable(target, () => fetch(`${target.endpoint}/_lentic/health`)))
  if (!health) throw new Error(`what answers at ${target.endpoint} is not Lentic`)
  const up = `${Math.floor(health.uptimeSeconds / 3600)} h ${Math.floor(health.uptimeSeconds / 60) % 60} min ${health.uptimeSeconds % 60} s`
  process.stdout.write(
    `${target.endpoint}: ${health.status}, lentic ${health.version}, up ${up.replace(/^0 h (0 min )?/, '')}\n`,
  )
  return health.status === 'ok' ? 0 : 1
}

async function readHealth(response: Response): Promise<Health | undefined> {
  try {
    const health = (await response.json()) as Partial<Health>
    return response.ok && health.status && health.version ? (health as Health) : undefined
  } catch {
    return undefined
  }
}
