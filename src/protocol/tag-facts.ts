/**
 * What policies may ask of the tags that a request brings, whatever its operation calls them: aws:RequestTag/key and
 * aws:TagKeys. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
 */
import type { ContextFacts } from '../core/access/request-context.ts'

const TAGS = ['Tags', 'tags', 'TagsList', 'TagsToAdd', 'AddTags'] as const
const KEYS = ['TagKeys', 'tagKeys', 'TagsToRemove'] as const

type Pair = readonly [key: string, value: string]

/** `Tags` of a list of keys and values or of a map, `TagKeys` of those to be taken away. Nothing where there is neither. */
export function tagFacts(input: unknown): ContextFacts | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const members = input as Readonly<Record<string, unknown>>
  const pairs = TAGS.flatMap((name) => pairsOf(members[name]))
  const keys = KEYS.flatMap((name) => keysOf(members[name]))
  if (pairs.length + keys.length === 0) return undefined
  return {
    'aws:tagkeys': [...pairs.map(([key]) => key), ...keys],
    ...Object.fromEntries(pairs.map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, value])),
  }
}

function pairsOf(tags: unknown): readonly Pair[] {
  if (typeof tags !== 'object' || tags === null) return []
  if (!Array.isArray(tags)) return Object.entries(tags).filter((pair): pair is [string, string] => isText(pair[1]))
  return tags.flatMap((tag: Readonly<Record<string, unknown>>) => {
    const key = tag.Key ?? tag.TagKey
    return isText(key) ? [[key, String(tag.Value ?? tag.TagValue ?? '')] as const] : []
  })
}

/** Most list the keys alone, CloudTrail whole tags. */
const keysOf = (keys: unknown): readonly string[] =>
  Array.isArray(keys) ? keys.flatMap((one: unknown) => (isText(one) ? [one] : pairsOf([one]).map(([key]) => key))) : []

const isText = (value: unknown): value is string => typeof value === 'string'
