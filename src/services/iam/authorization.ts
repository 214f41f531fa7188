/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import { identityArn } from '../../core/identities/identity.ts'
import { oidcArn } from '../../core/identities/oidc-providers.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import { passedRoles } from '../../protocol/passed-roles.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'
import type { IamRooms } from './rooms.ts'

type Kind = 'user' | 'group' | 'role' | 'instance-profile'

const shelves = {
  user: (own: AccountIdentities) => own.users,
  group: (own: AccountIdentities) => own.groups,
  role: (own: AccountIdentities) => own.roles,
  'instance-profile': (own: AccountIdentities) => own.instanceProfiles,
}

const everything = () => '*'

/**
 * "Cannot call IAM operations", without a device that nobody has here (docs: IAM UserGuide, id_credentials_sts-comparison):
 * sessions of users and of roots, and of federated users.
 */
function admit({ principal: { kind, endsAt } }: ServiceCall): void {
  if (kind !== 'role' && endsAt !== undefined)
    throw new Fault('denied', 'token', 'The security token included in the request is invalid.')
}

export function iamAuthorization({ identities }: IamRooms): Authorization {
  /** With the path that it has; one that is not there has none. */
  const named = (kind: Kind, name: string | undefined, call: ServiceCall, path = '/'): string => {
    const own = identities.of(call.account)
    const { principal } = call
    if (name === undefined) return kind === 'user' && principal.kind === 'user' ? principal.arn : '*'
    return shelves[kind](own).find(name)?.arn ?? identityArn(call.account, kind, path, name)
  }
  const user = ({ UserName }: { readonly UserName?: string }, call: ServiceCall) => named('user', UserName, call)
  const group = ({ GroupName }: { readonly GroupName: string }, call: ServiceCall) => named('group', GroupName, call)
  const role = ({ RoleName }: { readonly RoleName: string }, call: ServiceCall) => named('role', RoleName, call)
  const profile = ({ InstanceProfileName: name }: { readonly InstanceProfileName: string }, call: ServiceCall) =>
    named('instance-profile', name, call)
  const policy = ({ PolicyArn }: { readonly PolicyArn: string }) => PolicyArn
  const provider = ({ OpenIDConnectProviderArn: arn }: { readonly OpenIDConnectProviderArn: string }) => arn
  /** `iam:PermissionsBoundary`: of whoever is changed, or shall be. */
  const bounded = (resource: string, boundary: string | undefined) => ({
    resource,
    context: { 'iam:permissionsboundary': boundary },
  })
  /** Of a holder that is there already, whose boundary is looked up. */
  const held =
    <T>(kind: 'user' | 'role', of: (input: T, call: ServiceCall) => string) =>
    (input: T, call: ServiceCall) => {
      const resource = of(input, call)
      const holder = shelves[kind](identities.of(call.account)).find(resource.slice(resource.lastIndexOf('/') + 1))
      return bounded(resource, holder && 'boundary' in holder ? holder.boundary : undefined)
    }
  /** `iam:PolicyARN`: which managed policy is attached or detached. */
  const attaching =
    <T>(of: (input: T, call: ServiceCall) => string | ReturnType<typeof bounded>) =>
    (input: T & { readonly PolicyArn: string }, call: ServiceCall) => {
      const holder = of(input, call)
      const { resource, context } = typeof holder === 'string' ? { resource: holder, context: {} } : holder
      return { resource, context: { ...context, 'iam:policyarn': input.PolicyArn } }
    }
  const rules: Rules<typeof Sdk> = {
    CreateUser: ({ UserName, Path, PermissionsBoundary }, call) =>
      bounded(named('user', UserName, call, Path), PermissionsBoundary),
    GetUser: user,
    ListUsers: ({ PathPrefix = '/' }, call) => identityArn(call.account, 'user', PathPrefix, ''),
    UpdateUser: user,
    DeleteUser: user,
    ListGroupsForUser: user,
    PutUserPermissionsBoundary: ({ UserName, PermissionsBoundary }, call) =>
      bounded(named('user', UserName, call), PermissionsBoundary),
    DeleteUserPermissionsBoundary: held('user', user),
    PutRolePermissionsBoundary: ({ RoleName, PermissionsBoundary }, call) =>
      bounded(named('role', RoleName, call), PermissionsBoundary),
    DeleteRolePermissionsBoundary: held('role', role),
    CreateGroup: ({ GroupName, Path }, call) => named('group', GroupName, call, Path),
    GetGroup: group,
    ListGroups: everything,
    UpdateGroup: group,
    DeleteGroup: group,
    AddUserToGroup: group,
    RemoveUserFromGroup: group,
    PutUserPolicy: held('user', user),
    GetUserPolicy: user,
    DeleteUserPolicy: held('user', user),
    ListUserPolicies: user,
    AttachUserPolicy: attaching(held('user', user)),
    DetachUserPolicy: attaching(held('user', user)),
    ListAttachedUserPolicies: user,
    PutGroupPolicy: group,
    GetGroupPolicy: group,
    DeleteGroupPolicy: group,
    ListGroupPolicies: group,
    AttachGroupPolicy: attaching(group),
    DetachGroupPolicy: attaching(group),
    ListAttachedGroupPolicies: group,
    PutRolePolicy: held('role', role),
    GetRolePolicy: role,
    DeleteRolePolicy: held('role', role),
    ListRolePolicies: role,
    AttachRolePolicy: attaching(held('role', role)),
    DetachRolePolicy: attaching(held('role', role)),
    ListAttachedRolePolicies: role,
    CreateRole: ({ RoleName, Path, PermissionsBoundary }, call) =>
      bounded(named('role', RoleName, call, Path), PermissionsBoundary),
    GetRole: held('role', role),
    ListRoles: everything,
    UpdateRole: held('role', role),
    UpdateRoleDescription: held('role', role),
    UpdateAssumeRolePolicy: held('role', role),
    DeleteRole: held('role', role),
    CreateServiceLinkedRole: ({ AWSServiceName }, call) => ({
      resource: identityArn(call.account, 'role', `/aws-service-role/${AWSServiceName}/`, '*'),
      context: { 'iam:awsservicename': AWSServiceName },
    }),
    DeleteServiceLinkedRole: role,
    GetServiceLinkedRoleDeletionStatus: everything,
    CreatePolicy: ({ PolicyName, Path = '/' }, call) => identityArn(call.account, 'policy', Path, PolicyName),
    GetPolicy: policy,
    ListPolicies: everything,
    DeletePolicy: policy,
    CreatePolicyVersion: policy,
    GetPolicyVersion: policy,
    ListPolicyVersions: policy,
    SetDefaultPolicyVersion: policy,
    DeletePolicyVersion: policy,
    ListEntitiesForPolicy: policy,
    CreateAccessKey: user,
    ListAccessKeys: user,
    UpdateAccessKey: user,
    DeleteAccessKey: user,
    GetAccessKeyLastUsed: everything,
    GetLoginProfile: user,
    DeleteLoginProfile: user,
    ListMFADevices: user,
    ListSSHPublicKeys: user,
    ListSigningCertificates: user,
    ListServiceSpecificCredentials: user,
    GenerateServiceLastAccessedDetails: ({ Arn }) => Arn,
    CreateInstanceProfile: ({ InstanceProfileName, Path }, call) =>
      named('instance-profile', InstanceProfileName, call, Path),
    GetInstanceProfile: profile,
    ListInstanceProfiles: everything,
    ListInstanceProfilesForRole: role,
    AddRoleToInstanceProfile: ({ InstanceProfileName, RoleName }, call) => [
      profile({ InstanceProfileName }, call),
      ...passedRoles(call, 'ec2', role({ RoleName }, call)),
    ],
    RemoveRoleFromInstanceProfile: profile,
    DeleteInstanceProfile: profile,
    CreateOpenIDConnectProvider: ({ Url }, call) => oidcArn(call.account, Url.replace(/^https:\/\//, '')),
    GetOpenIDConnectProvider: provider,
    ListOpenIDConnectProviders: everything,
    DeleteOpenIDConnectProvider: provider,
    AddClientIDToOpenIDConnectProvider: provider,
    RemoveClientIDFromOpenIDConnectProvider: provider,
    UpdateOpenIDConnectProviderThumbprint: provider,
    TagUser: user,
    UntagUser: user,
    ListUserTags: user,
    TagRole: role,
    UntagRole: role,
    ListRoleTags: role,
    TagPolicy: policy,
    UntagPolicy: policy,
    ListPolicyTags: policy,
    TagInstanceProfile: profile,
    UntagInstanceProfile: profile,
    ListInstanceProfileTags: profile,
    TagOpenIDConnectProvider: provider,
    UntagOpenIDConnectProvider: provider,
    ListOpenIDConnectProviderTags: provider,
    CreateAccountAlias: everything,
    DeleteAccountAlias: everything,
    ListAccountAliases: everything,
    GetAccountSummary: everything,
    GetAccountAuthorizationDetails: everything,
    SimulateCustomPolicy: everything,
    SimulatePrincipalPolicy: ({ PolicySourceArn }) => PolicySourceArn,
    GetContextKeysForCustomPolicy: everything,
    GetContextKeysForPrincipalPolicy: ({ PolicySourceArn }) => PolicySourceArn,
  }
  return { prefix: 'iam', rules, admit }
}
