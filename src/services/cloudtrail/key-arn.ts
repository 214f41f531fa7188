/** Keys of trails and of event data stores: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
import type { EventStore } from '../../core/events/stores.ts'
import { Fault } from '../../core/faults.ts'
import { useKey } from '../../core/forwarding/forwarded-keys.ts'
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

type Actions = readonly ('Decrypt' | 'GenerateDataKey')[]

/** As `usableKeyArn`, of a key that a store is to have: whoever gives it may use it. */
export async function storeKeyArn(lake: Lake, call: ServiceCall, id: string | undefined): Promise<string | undefined> {
  const arn = await usableKeyArn(lake, call, id)
  requireStoreKeys(lake, call, [{ kmsKeyArn: arn }], ['GenerateDataKey', 'Decrypt'])
  return arn
}

/** "The users need decrypt permissions to create or update event data stores, run queries, or get query results." */
export function requireStoreKeys(
  lake: Lake,
  call: ServiceCall,
  stores: Iterable<Pick<EventStore, 'kmsKeyArn'>>,
  actions: Actions,
): void {
  try {
    for (const { kmsKeyArn: key } of stores)
      for (const action of key === undefined ? [] : actions)
        useKey(lake, call, { action, key: key!, context: {}, service: 'cloudtrail' }, () =>
          requireUsable(lake.keys.get(call, key!)),
        )
  } catch (error) {
    throw error instanceof Fault ? insufficient(error.message) : error
  }
}

const insufficient = (reason: string): AwsError =>
  new AwsError('InsufficientEncryptionPolicyException', `Insufficient permissions to access the KMS key: ${reason}`)
