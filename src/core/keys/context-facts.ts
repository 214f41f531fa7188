import type { ContextFacts } from '../access/request-context.ts'
import type { EncryptionContext } from './encryption-context.ts'

/** What policies may ask of an encryption context: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
export function encryptionContextFacts(context: EncryptionContext = {}): ContextFacts {
  const entries = Object.entries(context)
  if (entries.length === 0) return {}
  return {
    ...Object.fromEntries(entries.map(([key, value]) => [`${ENCRYPTION_CONTEXT}${key.toLowerCase()}`, value])),
    'kms:encryptioncontextkeys': entries.map(([key]) => key),
  }
}

export const ENCRYPTION_CONTEXT = 'kms:encryptioncontext:'
