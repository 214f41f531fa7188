import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { type Tags, tagsOf } from '../../core/resources/tags.ts'
import type { Secret } from '../../core/secrets/secret.ts'
import type { Secrets } from '../../core/secrets/secrets.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { described, named, stagesById } from './secrets.ts'

const MOST_ITEMS = 100

export const listHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  ListSecrets(input, call) {
    const found = listed(lake, call, input.Filters).filter(
      ({ secret }) => input.IncludePlannedDeletion || secret.deletedAt === undefined,
    )
    // "Secrets are listed by CreatedDate" (the page of ListSecrets), the newest first unless told otherwise.
    const byAge = found.toSorted((a, b) => (a.secret.createdAt < b.secret.createdAt ? -1 : 1))
    const { items, NextToken } = pageOf(input.SortOrder === 'asc' ? byAge : byAge.toReversed(), input)
    return {
      SecretList: items.map(({ secret, tags }) => ({
        ...described(secret, tags),
        SecretVersionsToStages: stagesById(secret),
      })),
      NextToken,
    }
  },
  ListSecretVersionIds(input, call) {
    const secret = lake.secrets.get(call, input.SecretId)
    const versions = secret.versions.filter(({ stages }) => input.IncludeDeprecated || stages.length > 0)
    const { items, NextToken } = pageOf(versions, input)
    const Versions = items.map(({ id, stages, createdAt }) => ({
      VersionId: id,
      VersionStages: [...stages],
      CreatedDate: new Date(createdAt),
    }))
    return { ...named(secret), Versions, NextToken }
  },
})

type Filters = readonly { readonly Key?: string; readonly Values?: string[] }[]

/** In the order of names, those that are to be deleted too. */
export const listed = ({ secrets, state }: Lake, scope: Scope, filters: Filters = []): Listed[] =>
  allOf(secrets, scope)
    .map((secret) => ({ secret, tags: tagsOf(state, secret.arn) }))
    .filter((one) => filters.every((filter) => matches(one, filter)))

/** Of an account there are some thousands at most. */
function allOf(secrets: Secrets, scope: Scope): Secret[] {
  const found: Secret[] = []
  for (let after: string | undefined; ; ) {
    const page = secrets.list(scope, { after, limit: 1000 })
    found.push(...page)
    if (page.length === 0) return found
    after = page.at(-1)!.name
  }
}

interface Listed {
  readonly secret: Secret
  readonly tags: Tags
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html: prefixes; `!` before one keeps out. */
function matches(one: Listed, { Key = 'all', Values = [] }: Filters[number]): boolean {
  const wanted = Values.filter((value) => !value.startsWith('!'))
  const unwanted = Values.filter((value) => value.startsWith('!')).map((value) => value.slice(1))
  const holds = (value: string): boolean => holdsValue(one, Key, value)
  return (wanted.length === 0 || wanted.some(holds)) && !unwanted.some(holds)
}

function holdsValue({ secret, tags }: Listed, key: string, value: string): boolean {
  const folded = value.toLowerCase()
  const begins = (text: string | undefined): boolean => text?.toLowerCase().startsWith(folded) ?? false
  switch (key) {
    case 'name':
      return secret.name.startsWith(value)
    case 'description':
      return begins(secret.description)
    case 'tag-key':
      return Object.keys(tags).some((name) => name.startsWith(value))
    case 'tag-value':
      return Object.values(tags).some((text) => text.startsWith(value))
    case 'all': {
      const texts = [secret.name, secret.description ?? '', ...Object.entries(tags).flat()]
      const words = texts
        .join(' ')
        .toLowerCase()
        .split(/[^a-z0-9]+/)
      return folded.split(/[^a-z0-9]+/).every((part) => words.some((word) => word.startsWith(part)))
    }
    // No secret is owned by a service, or replicated.
    default:
      return false
  }
}

/** Tokens are opaque to clients: how many items came before. */
export function pageOf<T>(
  items: readonly T[],
  { MaxResults = MOST_ITEMS, NextToken: token }: { readonly MaxResults?: number; readonly NextToken?: string },
): { items: readonly T[]; NextToken?: string } {
  const told = token === undefined ? '0' : Buffer.from(token, 'base64').toString('latin1')
  const start = Number(told)
  if (!/^\d+$/.test(told) || !Number.isSafeInteger(start))
    throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.')
  const end = start + MaxResults
  const more = end < items.length
  return { items: items.slice(start, end), ...(more && { NextToken: Buffer.from(String(end)).toString('base64') }) }
}
