/** Keys of trails and of event data stores: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
import type { EventStore } from '../../core/events/stores.ts'
import { Fault } from '../../core/faults.ts'
import { requireKey } from '../../core/forwarding/forwarded-keys.ts'
import { requireUsable } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'

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

/** As `usableKeyArn`, of a key that a store is to have: whoever gives it may use it. */
export async function storeKeyArn(lake: Lake, call: ServiceCall, id: string | undefined): Promise<string | undefined> {
  const arn = await usableKeyArn(lake, call, id)
  if (arn !== undefined) requireUse(lake, call, arn, ['GenerateDataKey', 'Decrypt'])
  return arn
}

/** "The users need decrypt permissions to create or update event data stores, run queries, or get query results." */
export function requireStoreKeys(
  lake: Lake,
  call: ServiceCall,
  stores: Iterable<Pick<EventStore, 'kmsKeyArn'>>,
  actions: readonly ('Decrypt' | 'GenerateDataKey')[],
): void {
  for (const { kmsKeyArn: key } of stores) {
    if (key === undefined) continue
    requireUse(lake, call, key, actions)
    try {
      requireUsable(lake.keys.get(call, key))
    } catch (error) {
      throw error instanceof Fault ? insufficient(error.message) : error
    }
  }
}

function requireUse(
  { access }: Lake,
  call: ServiceCall,
  key: string,
  actions: readonly ('Decrypt' | 'GenerateDataKey')[],
): void {
  try {
    for (const action of actions) requireKey(access, call, { action, key, context: {}, service: 'cloudtrail' })
  } catch (error) {
    throw error instanceof Fault && error.kind === 'denied' ? insufficient(error.message) : error
  }
}

const insufficient = (reason: string): AwsError =>
  new AwsError('InsufficientEncryptionPolicyException', `Insufficient permissions to access the KMS key: ${reason}`)
