/**
 * What policies may ask of a request, by names in lower case. Values are reckoned when they are asked for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import type { RequestContext } from '../policies/patterns.ts'
import type { Tags } from '../resources/tags.ts'
import type { Caller, KnownSide, Question } from './access.ts'

export type ContextFacts = Readonly<Record<string, string | readonly string[] | undefined>>

/** Of the resource: its owner's account, and what it tells of itself. */
interface Known extends Pick<KnownSide, 'account' | 'facts'> {
  readonly tags: { readonly principal: () => Tags; readonly resource: () => Tags }
  readonly now: Date
}

type Reckon = (caller: Caller, question: Question, known: Known) => string | readonly string[] | undefined

const types = { root: 'Account', user: 'User', role: 'AssumedRole', federated: 'FederatedUser', anonymous: 'Anonymous' }

const global: ReadonlyMap<string, Reckon> = new Map<string, Reckon>([
  ['aws:principalarn', ({ principal: { kind, arn, entityArn } }) => (kind === 'role' ? (entityArn ?? arn) : arn)],
  ['aws:principalaccount', ({ principal }) => (principal.kind === 'anonymous' ? undefined : principal.account)],
  ['aws:principaltype', ({ principal }) => types[principal.kind]],
  ['aws:principalisawsservice', () => 'false'],
  ['aws:userid', ({ principal }) => (principal.kind === 'root' ? principal.account : (principal.id ?? 'anonymous'))],
  ['aws:username', ({ principal }) => (principal.kind === 'user' ? lastName(principal.arn) : undefined)],
  ['aws:currenttime', (_caller, _question, { now }) => now.toISOString()],
  ['aws:epochtime', (_caller, _question, { now }) => String(Math.floor(now.getTime() / 1000))],
  ['aws:tokenissuetime', ({ principal }) => principal.session?.issuedAt],
  ['aws:sourceidentity', ({ principal }) => principal.session?.sourceIdentity],
  ['aws:federatedprovider', ({ principal }) => principal.session?.provider],
  ['aws:multifactorauthpresent', ({ principal }) => (principal.session ? 'false' : undefined)],
  ['aws:requestedregion', ({ region }) => region],
  ['aws:resourceaccount', (_caller, _question, { account }) => account],
  ['s3:tlsversion', ({ source }) => source?.tlsVersion],
  ['s3:resourceaccount', (_caller, _question, { account }) => account],
  ['kms:calleraccount', ({ principal }) => (principal.kind === 'anonymous' ? undefined : principal.account)],
  ['kms:viaservice', ({ region }, { via }) => via?.replace('.amazonaws.com', `.${region}.amazonaws.com`)],
  ['aws:sourceip', ({ source }, { via }) => (via === undefined ? source?.address : undefined)],
  ['aws:securetransport', ({ source }, { via }) => (via === undefined ? source && String(source.secure) : 'true')],
  ['aws:useragent', ({ source }) => source?.userAgent],
  ['aws:referer', ({ source }) => source?.referer],
  ['aws:viaawsservice', (_caller, { via }) => String(via !== undefined)],
  ['aws:calledvia', (_caller, { via }) => (via === undefined ? undefined : [via])],
  ['aws:calledviafirst', (_caller, { via }) => via],
  ['aws:calledvialast', (_caller, { via }) => via],
])

const PRINCIPAL_TAG = 'aws:principaltag/'
const RESOURCE_TAG = 'aws:resourcetag/'

export const requestContext = (caller: Caller, question: Question, known: Known): RequestContext => ({
  get(key) {
    const own = question.context
    if (own && Object.hasOwn(own, key)) return own[key]
    const fact = known.facts?.get(key)
    if (fact) return fact()
    const reckon = global.get(key)
    if (reckon) return reckon(caller, question, known)
    if (key.startsWith(PRINCIPAL_TAG)) {
      const { tags = {} } = caller.principal.session ?? {}
      return (
        tagNamed(tags, key.slice(PRINCIPAL_TAG.length)) ??
        tagNamed(known.tags.principal(), key.slice(PRINCIPAL_TAG.length))
      )
    }
    if (key.startsWith(RESOURCE_TAG)) return tagNamed(known.tags.resource(), key.slice(RESOURCE_TAG.length))
    return undefined
  },
})

/** "Condition key names are not case sensitive", and tags' keys stand in them. */
const tagNamed = (tags: Tags, key: string): string | undefined =>
  Object.entries(tags).find(([name]) => name.toLowerCase() === key)?.[1]

const lastName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
