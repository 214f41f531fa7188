/** Whom an ARN of IAM stands for, and which services the policies there name. */
import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import type { Group, Holder, Role, User } from '../../core/identities/identity.ts'

export interface Entity {
  readonly arn: string
  readonly name: string
  readonly type: Sdk.PolicyOwnerEntityType
  readonly id: string
  readonly path: string
}

export interface AskedService {
  readonly namespace: string
  readonly name: string
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const SERVICES: readonly AskedService[] = [
  { namespace: 'athena', name: 'Amazon Athena' },
  { namespace: 'cloudtrail', name: 'AWS CloudTrail' },
  { namespace: 'cloudwatch', name: 'Amazon CloudWatch' },
  { namespace: 'glue', name: 'AWS Glue' },
  { namespace: 'iam', name: 'AWS Identity and Access Management (IAM)' },
  { namespace: 'kms', name: 'AWS Key Management Service' },
  { namespace: 'lakeformation', name: 'AWS Lake Formation' },
  { namespace: 'logs', name: 'Amazon CloudWatch Logs' },
  { namespace: 's3', name: 'Amazon S3' },
  { namespace: 's3tables', name: 'Amazon S3 Tables' },
  { namespace: 'secretsmanager', name: 'AWS Secrets Manager' },
  { namespace: 'sts', name: 'AWS Security Token Service' },
]

const entityOf = (type: Entity['type'], { arn, name, id, path }: Holder): Entity => ({ arn, name, type, id, path })

/** The users and roles of it. Throws `Fault('not-found', 'identity')`. */
export function coveredBy(own: AccountIdentities, arn: string): readonly Entity[] {
  const { users, groups, roles } = holdersOf(own, arn)
  const members = own.users.all().filter((user) => groups.some(({ id }) => user.groups.includes(id)))
  const all = [...new Map([...users, ...members].map((user) => [user.arn, user])).values()]
  return [...all.map((user) => entityOf('USER', user)), ...roles.map((role) => entityOf('ROLE', role))]
}

interface Holders {
  readonly users: readonly User[]
  readonly groups: readonly Group[]
  readonly roles: readonly Role[]
}

function holdersOf(own: AccountIdentities, arn: string): Holders {
  const none: Holders = { users: [], groups: [], roles: [] }
  const called = <T extends Holder>(all: readonly T[]) => all.filter((one) => one.arn === arn)
  if (own.findPolicy(arn)) {
    const attached = <T extends Holder>(all: readonly T[]) => all.filter((one) => one.attached.includes(arn))
    return {
      users: attached(own.users.all()),
      groups: attached(own.groups.all()),
      roles: attached(own.roles.all()),
    }
  }
  const [, kind] = /^arn:aws[^:]*:iam::\d{12}:(user|group|role)\//.exec(arn) ?? []
  const found: Holders =
    kind === 'user'
      ? { ...none, users: called(own.users.all()) }
      : kind === 'group'
        ? { ...none, groups: called(own.groups.all()) }
        : { ...none, roles: called(own.roles.all()) }
  if (found.users.length + found.groups.length + found.roles.length > 0) return found
  throw new Fault('not-found', 'identity', `ARN ${arn} does not exist.`)
}

/** Those of which a statement allows anything, by whatever policy. */
export function allowedServices(own: AccountIdentities, arn: string): readonly AskedService[] {
  const policy = own.findPolicy(arn)
  const texts = policy ? [textOf(own, arn)] : policiesOf(own, holdersOf(own, arn))
  return SERVICES.filter(({ namespace }) => texts.some((text) => allows(text, namespace)))
}

function policiesOf(own: AccountIdentities, { users, groups, roles }: Holders): readonly string[] {
  const inherited = own.groups.all().filter(({ id }) => users.some((user) => user.groups.includes(id)))
  return [...users, ...groups, ...inherited, ...roles].flatMap(({ inline, attached }) => [
    ...inline.map(({ text }) => text),
    ...attached.map((arn) => textOf(own, arn)),
  ])
}

function textOf(own: AccountIdentities, arn: string): string {
  const { versions, defaultVersion } = own.policy(arn)
  return versions.find(({ id }) => id === defaultVersion)!.text
}

interface Statement {
  readonly Effect?: string
  readonly Action?: string | readonly string[]
  readonly NotAction?: unknown
}

function allows(text: string, namespace: string): boolean {
  const { Statement } = JSON.parse(text) as { readonly Statement: Statement | readonly Statement[] }
  return [Statement].flat().some(({ Effect, Action = [], NotAction }: Statement) => {
    if (Effect !== 'Allow') return false
    if (NotAction !== undefined) return true
    return [Action].flat().some((one) => one === '*' || one.toLowerCase().startsWith(`${namespace}:`))
  })
}
