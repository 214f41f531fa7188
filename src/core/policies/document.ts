/**
 * Policy documents: what they may say, read from their JSON. This folder decides by documents alone: it knows no identity,
 * keeps nothing and never asks whether what a policy names exists.
 * Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { Fault } from '../faults.ts'
import { isOperator } from './operators.ts'

export interface PolicyDocument {
  /** Variables mean something only since 2012. */
  readonly version: '2008-10-17' | '2012-10-17'
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly principals?: Choice<PrincipalName>
  readonly actions: Choice<string>
  /** Absent in trust policies, which belong to their role. */
  readonly resources?: Choice<string>
  readonly conditions: readonly Condition[]
}

/** One of the names, or with `negated` none of them: `NotAction`. */
export interface Choice<T> {
  readonly negated: boolean
  readonly names: readonly T[]
}

export interface PrincipalName {
  readonly type: 'AWS' | 'Service' | 'Federated' | 'CanonicalUser'
  readonly name: string
}

export interface Condition {
  /** As written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

/** What a policy is attached to decides what it has to say. `session`: as `identity`, with whole ARNs. */
export type PolicyKind = 'identity' | 'session' | 'resource' | 'trust'

const malformed = (message: string): Fault => new Fault('invalid', 'policy', message)
const syntax = (): Fault => malformed('Syntax errors in policy.')

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Throws `Fault('invalid', 'policy')` in the words of IAM. */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  const json = parseJson(text)
  const { Version: version = '2008-10-17', Statement: told } = json
  if (version !== '2008-10-17' && version !== '2012-10-17') throw syntax()
  if (told === undefined) throw malformed('Missing required field Statement')
  if (Object.keys(json).some((key) => !POLICY_FIELDS.has(key))) throw syntax()
  if (json.Id !== undefined && typeof json.Id !== 'string') throw syntax()
  const statements = (Array.isArray(told) ? told : [told]).map((statement) => readStatement(statement, kind))
  if (statements.length === 0) throw syntax()
  const sids = statements.flatMap(({ sid }) => (sid ? [sid] : []))
  if (new Set(sids).size < sids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.')
  return { version, statements }
}

const POLICY_FIELDS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])

function parseJson(text: string): Json {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw syntax()
  }
  if (!isObject(json)) throw syntax()
  return json
}

const STATEMENT_FIELDS: ReadonlySet<string> = new Set(
  'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '),
)

function readStatement(told: unknown, kind: PolicyKind): Statement {
  if (!isObject(told) || Object.keys(told).some((key) => !STATEMENT_FIELDS.has(key))) throw syntax()
  const { Sid: sid, Effect: effect } = told
  if (effect !== 'Allow' && effect !== 'Deny') throw syntax()
  if (sid !== undefined && typeof sid !== 'string') throw syntax()
  const forIdentity = kind === 'identity' || kind === 'session'
  if (forIdentity && sid && !/^[0-9A-Za-z]*$/.test(sid))
    throw malformed(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    )
  const principals = readChoice(told, 'Principal', readPrincipals)
  if (forIdentity && principals) throw malformed('Policy document should not specify a principal.')
  if (!forIdentity && !principals) throw malformed('Missing required field Principal')
  const actions = readChoice(told, 'Action', readStrings)
  if (!actions || actions.names.length === 0) throw malformed('Policy statement must contain actions.')
  for (const action of actions.names) requireAction(action)
  const resources = readChoice(told, 'Resource', readStrings)
  if (kind === 'trust' && resources) throw malformed('Has prohibited field Resource')
  if (kind !== 'trust' && !resources?.names.length) throw malformed('Policy statement must contain resources.')
  for (const resource of resources?.names ?? []) requireArn(resource, kind)
  return { sid, effect, principals, actions, resources, conditions: readConditions(told.Condition) }
}

function readChoice<T>(statement: Json, field: string, read: (value: unknown) => readonly T[]): Choice<T> | undefined {
  const { [field]: positive, [`Not${field}`]: negative } = statement
  if (positive !== undefined && negative !== undefined) throw syntax()
  if (positive === undefined && negative === undefined) return undefined
  return { negated: negative !== undefined, names: read(positive ?? negative) }
}

function readStrings(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : [value]
  if (!all.every((one) => typeof one === 'string')) throw syntax()
  return all
}

const PRINCIPAL_TYPES: ReadonlySet<string> = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser'])

function readPrincipals(value: unknown): readonly PrincipalName[] {
  if (value === '*') return [{ type: 'AWS', name: '*' }]
  if (!isObject(value)) throw malformed('Invalid principal in policy')
  return Object.entries(value).flatMap(([type, names]) => {
    if (!PRINCIPAL_TYPES.has(type)) throw malformed('Invalid principal in policy')
    return readStrings(names).map((name) => requirePrincipal({ type: type as PrincipalName['type'], name }))
  })
}

/** "You can use * only to specify everyone: you cannot use it to specify part of a name or ARN." */
function requirePrincipal(principal: PrincipalName): PrincipalName {
  const { type, name } = principal
  const known =
    type !== 'AWS' ||
    name === '*' ||
    /^\d{12}$/.test(name) ||
    /^A(?:RO|ID)A[0-9A-Z]{12,}$/.test(name) ||
    /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:user|role|assumed-role|federated-user)\/[^*?]+)$/.test(name)
  if (!known) throw malformed(`Invalid principal in policy: "${type}":"${name}"`)
  return principal
}

function requireAction(action: string): void {
  if (action === '*') return
  const [vendor, name] = action.split(':')
  if (vendor === undefined || name === undefined)
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  if (!/^[A-Za-z0-9*?-]+$/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`)
  if (!/^[A-Za-z0-9*?]+$/.test(name) || action.split(':').length > 2) throw malformed('Syntax errors in policy.')
}

/** A pattern may begin with a wildcard only where it is nothing else. */
function requireArn(resource: string, kind: PolicyKind): void {
  if (resource === '*') return
  const fields = resource.split(':')
  if (fields[0] !== 'arn') throw malformed(`Resource ${resource} must be in ARN format or "*".`)
  if (kind === 'session' && fields.length < 6) throw malformed(`Resource ${resource} must be in ARN format or "*".`)
  const partition = fields[1] ?? ''
  if (!/^(?:aws[a-z-]*|[a-z]*\*|\$\{.*)$/.test(partition))
    throw malformed(`Partition "${partition}" is not valid for resource "${resource}".`)
}

function readConditions(told: unknown): readonly Condition[] {
  if (told === undefined) return []
  if (!isObject(told)) throw syntax()
  return Object.entries(told).flatMap(([operator, tests]) => {
    if (!isOperator(operator)) throw malformed(`Invalid Condition type : ${operator}.`)
    if (!isObject(tests)) throw syntax()
    return Object.entries(tests).map(([key, value]) => ({ operator, key, values: readValues(value) }))
  })
}

/** "Quotation marks are optional for numeric and Boolean values." */
function readValues(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((one) => {
    if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') throw syntax()
    return String(one)
  })
}
