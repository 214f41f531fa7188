// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policies write their variables so.
/** Random policies and requests, against a reference that knows only sets of outcomes and regular expressions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fractions } from '../../formats/seeded.fixture.ts'
import { compiledPolicy } from './compilation.ts'
import { type AppliedPolicy, type Bounds, decide } from './evaluation.ts'
import type { Asker } from './principals.ts'

interface Told {
  readonly Effect: string
  readonly Principal?: unknown
  readonly NotPrincipal?: unknown
  readonly Action?: string
  readonly NotAction?: string
  readonly Resource?: string
  readonly NotResource?: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

const accounts = ['111111111111', '222222222222']
const actions = ['s3:GetObject', 's3:PutObject', 'kms:Decrypt', 'glue:GetTable']
const actionPatterns = ['*', 's3:*', 's3:get*', 'S3:PutObject', '*:Get*', 'kms:Dec?ypt', 'glue:*']
const resources = ['arn:aws:s3:::b/k', 'arn:aws:s3:::b/home/ann/x', 'arn:aws:glue:us-east-1:1:table/d/t']
const resourcePatterns = ['*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/?', 'arn:aws:s3:::b/home/${u}/*', 'arn:aws:glue:*']
const operators = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIfExists', 'Null']
const sets = ['', '', 'ForAllValues:', 'ForAnyValue:']
const values = ['a', 'ab', 'a*', '${u}', 'true', 'false']

const askers: readonly Asker[] = accounts.flatMap((account): Asker[] => [
  { kind: 'root', arn: `arn:aws:iam::${account}:root`, account },
  { kind: 'user', arn: `arn:aws:iam::${account}:user/ann`, account },
  {
    kind: 'role',
    arn: `arn:aws:sts::${account}:assumed-role/r/s`,
    entityArn: `arn:aws:iam::${account}:role/r`,
    account,
  },
  { kind: 'anonymous', arn: '*', account },
])
const names = [
  '*',
  ...accounts,
  ...askers.flatMap(({ arn, entityArn }) => [arn, entityArn ?? arn]).filter((arn) => arn !== '*'),
]

function statement(pick: <T>(all: readonly T[]) => T, chance: (of: number) => boolean, principal: boolean): Told {
  const not = (name: string) => `${chance(0.2) ? 'Not' : ''}${name}`
  const condition = () => {
    const set = pick(sets)
    const operator = pick(operators)
    return {
      [operator === 'Null' ? operator : `${set}${operator}`]: { [pick(['k', 'm'])]: [pick(values), pick(values)] },
    }
  }
  return {
    Effect: chance(0.75) ? 'Allow' : 'Deny',
    ...(principal && { [not('Principal')]: { AWS: [pick(names), pick(names)] } }),
    [not('Action')]: pick(actionPatterns),
    [not('Resource')]: pick(resourcePatterns),
    ...(chance(0.4) && { Condition: condition() }),
  } as Told
}

type Context = Readonly<Record<string, string | readonly string[]>>

const asRegex = (pattern: string, context: Context, wildcards = true): RegExp => {
  const value = pattern.replace('${u}', () => (typeof context.u === 'string' ? context.u : '\u0000'))
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return wildcards
    ? new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
    : new RegExp(`^${escaped.replace(/[*?]/g, '\\$&')}$`)
}

function conditionHolds(operator: string, key: string, wanted: readonly string[], context: Context): boolean {
  const told = context[key]
  const all = told === undefined ? [] : [told].flat()
  if (operator === 'Null') return wanted.includes(String(all.length === 0))
  const [set, name] = operator.includes(':') ? operator.split(':') : ['', operator]
  const negated = name!.includes('Not')
  const satisfies = (value: string): boolean => {
    const hit = wanted.some((one) => asRegex(one, context, name!.includes('Like')).test(value))
    return negated ? !hit : hit
  }
  if (all.length === 0) return name!.endsWith('IfExists') || set === 'ForAllValues' || (negated && set === '')
  if (set === 'ForAnyValue') return all.some(satisfies)
  if (set === 'ForAllValues') return all.every(satisfies)
  return negated ? all.every(satisfies) : all.some(satisfies)
}

/** 2: the asker; 1: the role behind it; 0: its account; -1: somebody else. */
function nameRank(told: Told, asker: Asker): number {
  const list = (told.Principal ?? told.NotPrincipal) as { readonly AWS: readonly string[] } | undefined
  if (!list) return 2
  const ranks = list.AWS.map((name) => {
    if (name === '*' || (name === asker.arn && asker.kind !== 'root')) return 2
    if (name === asker.entityArn) return 1
    const account = name.includes(':root') ? name.split(':')[4] : name
    return account === asker.account && asker.kind !== 'anonymous' ? 0 : -1
  })
  const best = Math.max(...ranks)
  if (told.Principal) return best
  return best > 0 || (best === 0 && asker.kind === 'root') ? -1 : 2
}

function rank(told: Told, asker: Asker, action: string, resource: string, context: Context): number {
  const actionHit = new RegExp(asRegex(told.Action ?? told.NotAction!, {}).source, 'i').test(action)
  const resourceHit = asRegex(told.Resource ?? told.NotResource!, context).test(resource)
  if (actionHit !== (told.Action !== undefined) || resourceHit !== (told.Resource !== undefined)) return -1
  const tests = Object.entries(told.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => conditionHolds(operator, key, wanted, context)),
  )
  return tests.every(Boolean) ? nameRank(told, asker) : -1
}

test('six thousand random decisions are those of the reference', () => {
  const next = fractions(20260901)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!
  const chance = (of: number) => next() < of
  const some = (principal: boolean): Told[] =>
    Array.from({ length: 1 + Math.floor(next() * 3) }, () => statement(pick, chance, principal))
  const applied = (told: readonly Told[], kind: 'identity' | 'resource'): AppliedPolicy => ({
    compiled: compiledPolicy(JSON.stringify({ Version: '2012-10-17', Statement: told }), kind),
    name: kind,
  })
  let allowed = 0
  for (let round = 0; round < 6000; round++) {
    const asker = pick(askers)
    const [action, resource, owner] = [pick(actions), pick(resources), pick(accounts)]
    const context: Context = {
      ...(chance(0.7) && { u: 'ann' }),
      ...(chance(0.6) && { k: pick(['a', 'ab', 'true']) }),
      ...(chance(0.6) && { m: chance(0.5) ? ['a', 'ab'] : [] }),
    }
    const told = {
      identity: some(false),
      boundary: chance(0.3) ? some(false) : undefined,
      session: chance(0.3) ? some(false) : undefined,
      control: chance(0.3) ? some(false) : undefined,
      resource: chance(0.5) ? some(true) : undefined,
    }
    const mustAllow = chance(0.2)

    const best = (all: readonly Told[], effect: string) =>
      Math.max(
        -1,
        ...all.filter(({ Effect }) => Effect === effect).map((one) => rank(one, asker, action, resource, context)),
      )
    const allows = (all: readonly Told[] | undefined) => all === undefined || best(all, 'Allow') >= 0
    const denied = Object.values(told).some((all) => all && best(all, 'Deny') >= 0)
    const granted = told.resource ? best(told.resource, 'Allow') : -1
    const bounded = allows(told.boundary) && allows(told.session)
    const own = allows(told.identity) && bounded
    const expected =
      !denied &&
      allows(told.control) &&
      (asker.kind === 'anonymous'
        ? granted >= 0
        : asker.account === owner
          ? asker.kind === 'root' ||
            granted === 2 ||
            (granted === 1 && bounded) ||
            ((!mustAllow || granted >= 0) && own)
          : granted >= 0 && (asker.kind === 'root' || own))

    const bounds: Bounds = {
      identity: [applied(told.identity, 'identity')],
      boundary: told.boundary && applied(told.boundary, 'identity'),
      session: told.session && [applied(told.session, 'identity')],
      control: told.control && [[applied(told.control, 'identity')]],
    }
    const request = { asker, action, resource, context: { get: (key: string) => context[key] } }
    const side = { account: owner, mustAllow, policies: told.resource && [applied(told.resource, 'resource')] }
    const decision = decide(request, bounds, side)
    assert.equal(decision.allowed, expected, JSON.stringify({ told, request, context, side: owner, mustAllow }))
    if (decision.allowed) allowed++
  }
  // Both answers are frequent enough to be a test.
  assert.ok(allowed > 500 && allowed < 5500, String(allowed))
})
