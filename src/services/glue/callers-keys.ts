/** Glue opens an encrypted catalog for its caller, who has to have leave of its keys. */
import type * as Sdk from '@aws-sdk/client-glue'
import { mayBeSealed } from '../../core/catalog/catalog-encryption.ts'
import { keyedCatalog } from '../../core/forwarding/catalog-keys.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'

/** Handlers of a lake; where anything is encrypted, of the lake as each caller may open it. */
export function withCallersKeys(lake: Lake, handlersOf: (lake: Lake) => Handlers<typeof Sdk>): Handlers<typeof Sdk> {
  type Handler = (input: unknown, call: ServiceCall) => unknown
  const plain = handlersOf(lake) as Record<string, Handler>
  const keyed = Object.keys(plain).map((operation) => {
    const handler: Handler = (input, call) => {
      if (!mayBeSealed(lake.state)) return plain[operation]!(input, call)
      const own = handlersOf({ ...lake, catalog: keyedCatalog(lake, call) }) as Record<string, Handler>
      return own[operation]!(input, call)
    }
    return [operation, handler]
  })
  return Object.fromEntries(keyed) as Handlers<typeof Sdk>
}
