/** What policies would decide: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html */
import type * as Sdk from '@aws-sdk/client-iam'
import { askerOf } from '../../core/access/bounds.ts'
import type { Principal } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import { type CompiledStatement, compilePolicy } from '../../core/policies/compilation.ts'
import type { PolicyDocument } from '../../core/policies/document.ts'
import {
  type AppliedPolicy,
  type Bounds,
  type Decision,
  decide,
  type ResourceSide,
} from '../../core/policies/evaluation.ts'
import type { Asker } from '../../core/policies/principals.ts'
import { Turns } from '../../core/queries/turns.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'

type Asked = Pick<
  Sdk.SimulateCustomPolicyRequest,
  'ActionNames' | 'ResourceArns' | 'ResourcePolicy' | 'ResourceOwner' | 'ContextEntries' | 'MaxItems' | 'Marker'
>

export function simulationHandlers({ identities, policies }: IamRooms): Handlers<typeof Sdk> {
  return {
    SimulateCustomPolicy(input, call) {
      const { account, principal } = call
      const { PolicyInputList = [], PermissionsBoundaryPolicyInputList: boundaries = [], CallerArn } = input
      const bounds = {
        identity: given(PolicyInputList),
        boundary: given(boundaries, 'PermissionsBoundaryPolicyInputList')[0],
      }
      const asker =
        CallerArn === undefined ? { ...askerOf(principal), kind: 'user' as const } : askerNamed(CallerArn, account)
      return simulate(input, bounds, asker, call)
    },
    SimulatePrincipalPolicy(input, call) {
      const { account } = call
      const { PolicySourceArn, PolicyInputList = [], PermissionsBoundaryPolicyInputList: boundaries, CallerArn } = input
      const own = boundsOf(identities.of(account), PolicySourceArn, policies)
      const bounds: Bounds = {
        ...own,
        identity: [...own.identity, ...given(PolicyInputList)],
        boundary: boundaries?.length ? given(boundaries, 'PermissionsBoundaryPolicyInputList')[0] : own.boundary,
      }
      return simulate(input, bounds, askerNamed(CallerArn ?? PolicySourceArn, account), call)
    },
    GetContextKeysForCustomPolicy: ({ PolicyInputList = [] }) => ({
      ContextKeyNames: contextKeys(given(PolicyInputList)),
    }),
    GetContextKeysForPrincipalPolicy({ PolicySourceArn, PolicyInputList = [] }, { account }) {
      const { identity } = boundsOf(identities.of(account), PolicySourceArn, policies)
      return { ContextKeyNames: contextKeys([...identity, ...given(PolicyInputList)]) }
    },
  }
}

const given = (texts: readonly string[], list = 'PolicyInputList'): AppliedPolicy[] =>
  texts.map((text, index) => ({ compiled: compilePolicy(text, 'identity'), name: `${list}.${index + 1}` }))

function boundsOf(own: AccountIdentities, arn: string, policies: IamRooms['policies']): Bounds {
  const [, kind, name = ''] = /:(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  if (kind === 'user') return policies.entityBounds(own.account, own.users.get(name), 'user')
  if (kind === 'role') return policies.entityBounds(own.account, own.roles.get(name), 'role')
  if (kind === 'group') return { identity: policies.groupPolicies(own.account, own.groups.get(name)) }
  throw new Fault('invalid', 'identity', `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
}

function askerNamed(arn: string, account: string): Asker {
  const kind: Principal['kind'] = arn.includes(':role/') || arn.includes(':assumed-role/') ? 'role' : 'user'
  return { kind, arn, account: arn.split(':')[4] || account, entityArn: kind === 'role' ? arn : undefined }
}

/** Only what the page asks for is decided, and others have their turn meanwhile. */
async function simulate(
  input: Asked,
  bounds: Bounds,
  asker: Asker,
  { signal }: ServiceCall,
): Promise<Sdk.SimulatePolicyResponse> {
  const entries = new Map(
    (input.ContextEntries ?? []).map(({ ContextKeyName = '', ContextKeyValues = [] }) => [
      ContextKeyName.toLowerCase(),
      ContextKeyValues,
    ]),
  )
  const told = (key: string) => {
    const values = entries.get(key)
    return values?.length === 1 ? values[0] : values
  }
  const policies = input.ResourcePolicy
    ? [{ compiled: compilePolicy(input.ResourcePolicy, 'resource'), name: 'ResourcePolicy' }]
    : []
  const side = { account: input.ResourceOwner?.split(':')[4] || asker.account, policies }
  const { ActionNames: actions = [], ResourceArns: resources = ['*'] } = input
  requireDecidable(input, bounds, side)
  const { items: pairs, ...page } = pageOf(input, pairsOf(actions, resources))
  const turns = new Turns(signal)
  const results: Sdk.EvaluationResult[] = []
  for (const [action, resource] of pairs) {
    const asked = new Set<string>()
    const get = (key: string) => {
      if (told(key) === undefined) asked.add(key)
      return told(key)
    }
    const decision = decide({ action, resource, asker, context: { get } }, bounds, side)
    results.push(resultOf(action, resource, decision, bounds, [...asked]))
    if (turns.step()) await turns.rest()
  }
  return { EvaluationResults: results, ...page }
}

const pairsOf = (actions: readonly string[], resources: readonly string[]) => ({
  length: actions.length * resources.length,
  slice: (from = 0, end = 0) =>
    Array.from({ length: Math.max(0, Math.min(end, actions.length * resources.length) - from) }, (_, i) => {
      const at = from + i
      return [actions[Math.floor(at / resources.length)]!, resources[at % resources.length]!] as const
    }),
})

/** Letters of policies times letters of what they look at: what takes some tenths of a second. */
const MOST_STEPS = 2 ** 28

/** Each decision is one go. AWS tells no such bound. */
function requireDecidable(input: Asked, bounds: Bounds, side: ResourceSide): void {
  const { identity, boundary, session = [], control = [] } = bounds
  const all = [...identity, ...(boundary ? [boundary] : []), ...session, ...control.flat(), ...(side.policies ?? [])]
  const written = all.reduce((sum, { compiled }) => sum + compiled.letters, 0)
  const longest = (input.ResourceArns ?? []).reduce((most, { length }) => Math.max(most, length), 1)
  const values = (input.ContextEntries ?? []).flatMap(({ ContextKeyValues = [] }) => ContextKeyValues)
  const told = values.reduce((sum, value) => sum + value.length + 1, longest)
  if (written * told > MOST_STEPS)
    throw new Fault('invalid', 'identity', 'The policies are too long for so many values of context keys.')
}

function resultOf(
  action: string,
  resource: string,
  decision: Decision,
  { boundary, control }: Bounds,
  missing: readonly string[],
): Sdk.EvaluationResult {
  const { by } = 'by' in decision ? decision : { by: undefined }
  const stopped = (role: string) => !decision.allowed && !decision.explicit && decision.missing === role
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: decision.allowed ? 'allowed' : decision.explicit ? 'explicitDeny' : 'implicitDeny',
    MatchedStatements: by ? [matchOf(by.policy, by.statement, by.role === 'resource')] : [],
    MissingContextValues: [...missing],
    ...(boundary && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !stopped('boundary') } }),
    ...(control && { OrganizationsDecisionDetail: { AllowedByOrganizations: !stopped('control') } }),
  }
}

/** Where the statement stands is told as if the document had been printed with a statement a line. */
function matchOf(
  { name, arn }: AppliedPolicy,
  { index, statement }: CompiledStatement,
  onResource: boolean,
): Sdk.Statement {
  return {
    SourcePolicyId: statement.sid ? `${name}.${statement.sid}` : name,
    SourcePolicyType: onResource
      ? 'resource'
      : arn?.includes('::aws:')
        ? 'aws-managed'
        : arn === undefined
          ? 'none'
          : 'user-managed',
    StartPosition: { Line: index + 1, Column: 1 },
    EndPosition: { Line: index + 2, Column: 1 },
  }
}

function contextKeys(policies: readonly AppliedPolicy[]): string[] {
  return [...new Set(policies.flatMap(({ compiled }) => keysOf(compiled.document)))].sort()
}

function keysOf({ statements }: PolicyDocument): string[] {
  return statements.flatMap(({ conditions, resources }) => [
    ...conditions.map(({ key }) => key),
    ...[...(resources?.names ?? []), ...conditions.flatMap(({ values }) => values)].flatMap((text) =>
      [...text.matchAll(/\$\{([^*?$,}][^,}]*)/g)].map(([, name = '']) => name.trim()),
    ),
  ])
}
