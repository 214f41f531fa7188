import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import { requireBare } from '../../core/identities/holders.ts'
import { identityArn, newId, type Role } from '../../core/identities/identity.ts'
import { limits, policySize } from '../../core/identities/limits.ts'
import { parsePolicy } from '../../core/policies/document.ts'
import { addTags, eraseTags, tagsOf } from '../../core/resources/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { requireBoundary } from './boundaries.ts'
import { unlinked } from './holder-policies.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { roleLastUsed, roleShape, tagRecord } from './shapes.ts'
import { requireRoom } from './users.ts'

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html: an hour unless told otherwise. */
const DEFAULT_SESSION_SECONDS = 3600

export function roleHandlers({ identities, clock, state }: IamRooms): Handlers<typeof Sdk> {
  const change = (account: string, name: string, work: (role: Role) => Role): Promise<Role> =>
    identities.of(account).roles.update(name, (role) => work(unlinked(role)))
  return {
    async CreateRole(input, { account }) {
      const { RoleName, Path = '/', PermissionsBoundary } = input
      if (Path.startsWith('/aws-service-role/'))
        throw new Fault(
          'invalid',
          'identity',
          'Roles in the path /aws-service-role/ are made by CreateServiceLinkedRole.',
        )
      const own = identities.of(account)
      requireRoom(own.roles.count(), 'RolesPerAccount', limits.RolesQuota)
      checkTrust(input.AssumeRolePolicyDocument)
      if (PermissionsBoundary !== undefined) requireBoundary(own, PermissionsBoundary)
      const role: Role = {
        id: newId('role'),
        name: RoleName,
        path: Path,
        arn: identityArn(account, 'role', Path, RoleName),
        createdAt: clock.now().toISOString(),
        inline: [],
        attached: [],
        boundary: PermissionsBoundary,
        trust: input.AssumeRolePolicyDocument,
        description: input.Description,
        maxSessionSeconds: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      }
      const tags = tagRecord(input.Tags)
      await own.roles.create(role, (tx) => addTags(tx, role.arn, tags))
      return { Role: roleShape(role, tags) }
    },
    GetRole({ RoleName }, { account }) {
      const role = identities.of(account).roles.get(RoleName)
      return { Role: { ...roleShape(role, tagsOf(state, role.arn)), ...roleLastUsed(state, account, role) } }
    },
    ListRoles(input, { account }) {
      const { PathPrefix = '/' } = input
      const all = identities
        .of(account)
        .roles.all()
        .filter(({ path }) => path.startsWith(PathPrefix))
      const { items, ...page } = pageOf(input, all)
      return { Roles: items.map((role) => roleShape({ ...role, boundary: undefined })), ...page }
    },
    async UpdateRole({ RoleName, Description, MaxSessionDuration }, { account }) {
      await change(account, RoleName, (role) => ({
        ...role,
        description: Description ?? role.description,
        maxSessionSeconds: MaxSessionDuration ?? role.maxSessionSeconds,
      }))
      return {}
    },
    async UpdateRoleDescription({ RoleName, Description }, { account }) {
      const role = await change(account, RoleName, (last) => ({ ...last, description: Description }))
      return { Role: roleShape(role) }
    },
    async UpdateAssumeRolePolicy({ RoleName, PolicyDocument }, { account }) {
      checkTrust(PolicyDocument)
      await change(account, RoleName, (role) => ({ ...role, trust: PolicyDocument }))
      return {}
    },
    async DeleteRole({ RoleName }, { account }) {
      const own = identities.of(account)
      await own.roles.delete(
        RoleName,
        (role) => {
          if (own.instanceProfiles.all().some(({ roles }) => roles.includes(role.name)))
            throw new Fault(
              'not-empty',
              'identity',
              'Cannot delete entity, must remove roles from instance profile first.',
            )
          requireBare(unlinked(role))
        },
        (tx, { arn }) => eraseTags(tx, arn),
      )
      return {}
    },
    async CreateServiceLinkedRole({ AWSServiceName, Description, CustomSuffix }, { account }) {
      const [service = ''] = AWSServiceName.split('.')
      const suffix = CustomSuffix === undefined ? '' : `_${CustomSuffix}`
      const name = `AWSServiceRoleFor${serviceWord(service)}${suffix}`
      const path = `/aws-service-role/${AWSServiceName}/`
      const role: Role = {
        id: newId('role'),
        name,
        path,
        arn: identityArn(account, 'role', path, name),
        createdAt: clock.now().toISOString(),
        inline: [],
        attached: LINKED_POLICIES[AWSServiceName] ?? [],
        trust: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: AWSServiceName }, Action: 'sts:AssumeRole' }],
        }),
        description: Description,
        maxSessionSeconds: DEFAULT_SESSION_SECONDS,
        linkedService: AWSServiceName,
      }
      const { roles } = identities.of(account)
      if (roles.find(name))
        throw new Fault(
          'invalid',
          'identity',
          `Service role name ${name} has been taken in this account, please try a different suffix.`,
        )
      await roles.create(role)
      return { Role: roleShape(role) }
    },
    async DeleteServiceLinkedRole({ RoleName }, { account }) {
      const { roles } = identities.of(account)
      const role = roles.get(RoleName)
      if (role.linkedService === undefined)
        throw new Fault('invalid', 'identity', `${RoleName} is not a service-linked role.`)
      await roles.delete(RoleName, () => {})
      return { DeletionTaskId: `task${role.path}${role.name}/${role.id}` }
    },
    GetServiceLinkedRoleDeletionStatus({ DeletionTaskId }) {
      if (!DeletionTaskId.startsWith('task/aws-service-role/'))
        throw new Fault('not-found', 'identity', `Deletion id ${DeletionTaskId} not found.`)
      return { Status: 'SUCCEEDED' }
    },
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html names them so. */
const WORDS: Readonly<Record<string, string>> = {
  lakeformation: 'LakeFormationDataAccess',
  redshift: 'Redshift',
  elasticmapreduce: 'EMRCleanup',
  opensearchservice: 'AmazonOpenSearchService',
  cloudtrail: 'CloudTrail',
}
const serviceWord = (service: string): string =>
  WORDS[service] ?? `${service.charAt(0).toUpperCase()}${service.slice(1)}`

const LINKED_POLICIES: Readonly<Record<string, readonly string[]>> = {
  'lakeformation.amazonaws.com': ['arn:aws:iam::aws:policy/aws-service-role/LakeFormationDataAccessServiceRolePolicy'],
}

function checkTrust(text: string): void {
  const { statements } = parsePolicy(text, 'trust')
  const assumes = (action: string) => action === '*' || /^sts:/i.test(action)
  if (!statements.every(({ actions }) => actions.names.every(assumes)))
    throw new Fault('invalid', 'policy', 'AssumeRole policy may only specify STS AssumeRole actions.')
  if (policySize(text) > limits.AssumeRolePolicySizeQuota)
    throw new Fault('limit', 'identity', `Cannot exceed quota for ACLSizePerRole: ${limits.AssumeRolePolicySizeQuota}`)
}
