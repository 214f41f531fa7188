/**
 * Keys of KMS as services use them for a caller: asked of the key's policy, of its grants and of the caller's own policies in
 * the name of the service, so that a key keeps what lies under it from whoever may have all but the key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 */
import type { Access, Caller, Question } from '../access/access.ts'
import type { Principal } from '../call.ts'
import { Fault } from '../faults.ts'
import { ENCRYPTION_CONTEXT, encryptionContextFacts } from '../keys/context-facts.ts'
import type { EncryptionContext } from '../keys/encryption-context.ts'
import type { EnvelopeLeave } from '../keys/envelope.ts'
import type { Lake } from '../lake.ts'
import type { Forwarded } from './forwarded-lake.ts'
import { useEvent } from './key-events.ts'

export interface KeyUse {
  readonly action: 'Decrypt' | 'Encrypt' | 'GenerateDataKey'
  /** Its ARN. */
  readonly key: string
  /** What the service binds the ciphertext to. */
  readonly context: EncryptionContext
  /** Which calls KMS: `s3`. */
  readonly service: string
}

export type KeyUseRooms = Pick<Lake, 'access' | 'events' | 'clock'>

/**
 * One use, which is an event of KMS as a call of it is. Throws `Fault('denied', 'policy')` in the words of KMS. `check`: what else
 * has to be so, once the caller may; throws the faults of keys.
 */
export function useKey(rooms: KeyUseRooms, caller: Caller, use: KeyUse, check: () => void): void {
  const { access, events, clock } = rooms
  let failure: Fault | undefined
  try {
    if (!isOwnerOf(access, caller.principal, use.key)) access.check(caller, keyQuestion(use, caller))
    check()
  } catch (error) {
    failure = error instanceof Fault ? error : undefined
    throw error
  } finally {
    events.journal.append(useEvent(use, caller, clock.now(), failure))
  }
}

/** The root of an account is asked for nothing in it. */
const isOwnerOf = (access: Access, principal: Principal, key: string): boolean =>
  key.split(':', 5)[4] === principal.account && access.isUnbound(principal)

/** `told`: called where a policy looks at what the ciphertext is bound to. */
export function keyQuestion(
  { action, key, context, service }: KeyUse,
  { region }: Pick<Caller, 'region'>,
  told?: () => void,
): Question {
  const facts = {
    ...encryptionContextFacts(context),
    'kms:encryptionalgorithm': 'SYMMETRIC_DEFAULT',
    'kms:viaservice': `${service}.${region}.amazonaws.com`,
  }
  return {
    action: `kms:${action}`,
    resource: key,
    via: `${service}.amazonaws.com`,
    context: told ? watched(facts, told) : facts,
  }
}

const watched = (facts: NonNullable<Question['context']>, told: () => void): Question['context'] =>
  new Proxy(facts, {
    get(target, name) {
      if (typeof name === 'string' && name.startsWith(ENCRYPTION_CONTEXT)) told()
      return Reflect.get(target, name)
    },
  })

/** What a client has encrypted Athena opens for whoever it works for. */
export const envelopePermit =
  (forwarded: Forwarded | undefined): EnvelopeLeave['permit'] =>
  ({ arn: key }, context) =>
    forwarded?.forwarding.requireKey({ action: 'Decrypt', key, context, service: 'athena' })
