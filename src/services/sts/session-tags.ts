/**
 * Tags of a session: what may be asked for beside what the session in which it is asked hands on.
 * docs: IAM UserGuide, id_session-tags and id_tags ("Rules for tagging in IAM and AWS STS").
 */
import type { SessionFacts } from '../../core/call.ts'
import { AwsError } from '../../protocol/service.ts'

export interface AskedTags {
  readonly tags: readonly (readonly [key: string, value: string])[]
  readonly transitive?: readonly string[]
}

type Facts = Required<Pick<SessionFacts, 'tags' | 'transitiveTagKeys'>>

const fold = (key: string): string => key.toLowerCase()

/** With those that are handed on. Throws `ValidationError`. */
export function sessionTags({ tags, transitive = [] }: AskedTags, before?: SessionFacts): Facts {
  const { tags: all = {}, transitiveTagKeys: lasting = [] } = before ?? {}
  const handedOn = new Set(lasting.map(fold))
  const keys = tags.map(([key]) => fold(key))
  const asked = new Set(keys)
  if (asked.size < keys.length)
    throw refused('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  if (keys.some((key) => key.startsWith('aws:'))) throw refused('Tag keys that begin with "aws:" are reserved for AWS.')
  if (keys.some((key) => handedOn.has(key)))
    throw refused(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  if (!transitive.every((key) => asked.has(fold(key))))
    throw refused('The specified transitive tag key must be included in the requested tags.')
  const inherited = Object.entries(all).filter(([key]) => handedOn.has(fold(key)))
  return { tags: Object.fromEntries([...inherited, ...tags]), transitiveTagKeys: [...lasting, ...transitive] }
}

const refused = (message: string): AwsError => new AwsError('ValidationError', message)
