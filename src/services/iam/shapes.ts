/** Identities in the shapes of IAM's answers. */
import type * as Sdk from '@aws-sdk/client-iam'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import type { Group, Holder, InstanceProfile, ManagedPolicy, Role, User } from '../../core/identities/identity.ts'
import { roleUse } from '../../core/identities/uses.ts'
import type { StateReader } from '../../core/ports.ts'
import type { Tags } from '../../core/resources/tags.ts'

export const tagList = (tags: Tags): Sdk.Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

export const tagRecord = (tags: readonly Sdk.Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))

/** Documents are answered percent-encoded (RFC 3986), as AWS does. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

const boundaryOf = (arn: string | undefined) =>
  arn === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
          PermissionsBoundaryArn: arn,
        },
      }

const tagged = (tags: Tags) => (Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) })

/** Lists tell neither tags nor boundaries: who wants them asks for the one. */
export const userShape = ({ path, name, id, arn, createdAt, boundary }: User, tags: Tags = {}): Sdk.User => ({
  Path: path,
  UserName: name,
  UserId: id,
  Arn: arn,
  CreateDate: new Date(createdAt),
  ...boundaryOf(boundary),
  ...tagged(tags),
})

export const groupShape = ({ path, name, id, arn, createdAt }: Group): Sdk.Group => ({
  Path: path,
  GroupName: name,
  GroupId: id,
  Arn: arn,
  CreateDate: new Date(createdAt),
})

export const roleShape = (role: Role, tags: Tags = {}): Sdk.Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encoded(role.trust),
  ...(role.description !== undefined && { Description: role.description }),
  MaxSessionDuration: role.maxSessionSeconds,
  ...boundaryOf(role.boundary),
  ...tagged(tags),
})

/** Empty for a role that nobody has used: told where one role is asked for, or all of an account. */
export function roleLastUsed(state: StateReader, account: string, { id }: Role): Pick<Sdk.Role, 'RoleLastUsed'> {
  const use = roleUse(state, account, id)
  return { RoleLastUsed: use ? { LastUsedDate: new Date(use.at), Region: use.region } : {} }
}

export const policyShape = (
  policy: ManagedPolicy,
  uses: { readonly attached: number; readonly boundaries: number },
  tags: Tags = {},
): Sdk.Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: uses.attached,
  PermissionsBoundaryUsageCount: uses.boundaries,
  IsAttachable: true,
  ...(policy.description !== undefined && { Description: policy.description }),
  CreateDate: new Date(policy.createdAt),
  UpdateDate: new Date(policy.updatedAt),
  ...tagged(tags),
})

export const instanceProfileShape = (
  own: AccountIdentities,
  profile: InstanceProfile,
  tags: Tags = {},
): Sdk.InstanceProfile => ({
  Path: profile.path,
  InstanceProfileName: profile.name,
  InstanceProfileId: profile.id,
  Arn: profile.arn,
  CreateDate: new Date(profile.createdAt),
  Roles: profile.roles.flatMap((name) => {
    const role = own.roles.find(name)
    return role ? [roleShape(role)] : []
  }),
  ...tagged(tags),
})

export const attachedShapes = (own: AccountIdentities, { attached }: Holder): Sdk.AttachedPolicy[] =>
  attached.map((PolicyArn) => ({ PolicyName: own.findPolicy(PolicyArn)?.name, PolicyArn }))
