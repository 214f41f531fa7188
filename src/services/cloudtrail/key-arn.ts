import { requireUsable } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import type { ServiceCall } from '../../protocol/service.ts'

/** Of a key that is there and enabled; throws the faults of keys. */
export async function usableKeyArn(
  { keys }: Lake,
  call: ServiceCall,
  id: string | undefined,
): Promise<string | undefined> {
  if (id === undefined) return undefined
  const key = await keys.need(call, id)
  requireUsable(key)
  return key.arn
}
