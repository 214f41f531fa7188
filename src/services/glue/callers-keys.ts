/** Glue opens an encrypted catalog for its caller, who has to have leave of its keys. */
import type * as Sdk from '@aws-sdk/client-glue'
import { callersWork } from '../../core/forwarding/catalog-keys.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'

/** Handlers of a lake; where anything is encrypted, of the lake as each caller may open it. */
export function withCallersKeys(lake: Lake, handlersOf: (lake: Lake) => Handlers<typeof Sdk>): Handlers<typeof Sdk> {
  type Handler = (input: unknown, call: ServiceCall) => unknown
  const { plain, by } = callersWork(lake, (own) => handlersOf(own) as Record<string, Handler>)
  const keyed = Object.keys(plain).map((operation): [string, Handler] => [
    operation,
    (input, call) => by(call)[operation]!(input, call),
  ])
  return Object.fromEntries(keyed) as Handlers<typeof Sdk>
}
