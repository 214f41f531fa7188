/**
 * Whether every served operation asks for the action, the resources and the condition keys of the Service Authorization
 * Reference. Facts of it: `reference.json`.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Question } from '../../src/core/access/access.ts'
import { type ContextFacts, requestContext } from '../../src/core/access/request-context.ts'
import { composedServices } from '../../src/main.ts'
import { questionsOf } from '../../src/protocol/authorization.ts'
import { loadModel } from '../../src/protocol/model.ts'
import type { Operation } from '../../src/protocol/schema.ts'
import type { ServiceCall, ServiceDefinition } from '../../src/protocol/service.ts'
import { s3Questions } from '../../src/services/s3/authorization.ts'
import { FREE, NAMED_OTHERWISE, UNNAMED, UNTOLD } from './exceptions.ts'
import { sampleInput } from './sample-input.ts'

interface Action {
  /** `database* table`: one with a star is required. */
  readonly types?: string
  readonly keys?: string
}
interface Reference {
  readonly services: Readonly<
    Record<
      string,
      { readonly resources: Readonly<Record<string, string>>; readonly actions: Readonly<Record<string, Action>> }
    >
  >
}
const { services: reference } = JSON.parse(
  readFileSync(new URL('reference.json', import.meta.url), 'utf8'),
) as Reference

/** Actions call their resource types now `Table`, now `table`. */
const templateOf = (resources: Readonly<Record<string, string>>, type: string): string | undefined =>
  Object.entries(resources).find(([name]) => name.toLowerCase() === type.replace('*', '').toLowerCase())?.[1]

/** `arn:${Partition}:glue:${Region}:${Account}:database/${DatabaseName}`. */
const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replace(/[.*+?^()|[\]\\]/g, '\\$&').replace(/\$\{[^}]*\}/g, '.+')}$`)
const PARTS: Readonly<Record<string, string>> = { Partition: 'aws', Region: 'us-east-1', Account: '000000000000' }
const exampleOf = (template: string): string =>
  template.replace(/\$\{([^}]*)\}/g, (_, name: string) => PARTS[name] ?? name.toLowerCase())

const ROLE = 'arn:aws:iam::000000000000:role/a-role'
const SENT = { 'x-amz-date': '20150830T123600Z' }

function callOf(service: string, operation: string): ServiceCall {
  return {
    account: '000000000000',
    region: 'us-east-1',
    principal: {
      kind: 'user',
      arn: 'arn:aws:iam::000000000000:user/ann',
      account: '000000000000',
      accessKeyId: 'AKIA',
    },
    requestId: 'r',
    service,
    operation,
    signal: new AbortController().signal,
    source: { secure: true, tlsVersion: '1.3' },
    http: { method: 'POST', rawPath: '/', query: new URLSearchParams(), headers: SENT, origin: '', trailers: {} },
    reply: { headers: {} },
  } as ServiceCall
}

function inputOf(service: ServiceDefinition, operation: Operation): Record<string, unknown> {
  const { resources, actions } = reference[service.name]!
  const types = actions[operation.name]?.types?.split(' ') ?? []
  const known = [...types, ...Object.keys(resources)].flatMap((type) => templateOf(resources, type) ?? [])
  return sampleInput(operation, (member) => {
    if (/role/i.test(member)) return ROLE
    const template = templateOf(resources, member.replace(/arn$/i, '')) ?? known[0]
    return template === undefined ? '*' : exampleOf(template)
  })
}

function asked(service: ServiceDefinition, operation: Operation): readonly Question[] {
  const input = inputOf(service, operation)
  const call = callOf(service.name, operation.name)
  if (service.name === 's3')
    return s3Questions(operation.name, input, call, { existing: { key: 'value' }, now: new Date() })
  return questionsOf(service.authorization ?? { prefix: service.name, rules: {} }, call, input)
}

/** By its rule, or of every request. `s3:RequestObjectTag/<key>` is told by any key. */
function isTold(key: string, context: ContextFacts, resource: string): boolean {
  const name = key.toLowerCase()
  if (name.endsWith('/<key>')) return Object.keys(context).some((one) => one.startsWith(name.slice(0, -5)))
  const tags = { principal: () => ({}), resource: () => ({}) }
  const question = { action: '', resource, via: 's3.amazonaws.com' }
  const everywhere = requestContext(callOf('', ''), question, { account: '000000000000', tags, now: new Date(0) })
  return name in context || everywhere.get(name) !== undefined
}

async function faultsOf(service: ServiceDefinition): Promise<string[]> {
  const { actions } = reference[service.name]!
  const faults: string[] = []
  for (const name of Object.keys(await service.handlers())) {
    const where = `${service.name}:${name}`
    const questions = asked(service, loadModel(service.name).operations.get(name)!)
    if (questions.length === 0 && !(where in FREE)) faults.push(`${where} asks for nothing`)
    const own = NAMED_OTHERWISE[where] ?? where
    if (questions.length > 0 && service.name !== 's3' && !questions.some(({ action }) => action === own))
      faults.push(`${where} asks for ${questions.map(({ action }) => action)}`)
    for (const { action, resource, context = {} } of questions) {
      const [prefix = '', verb = ''] = action.split(':')
      const known = prefix === service.name ? actions[verb] : reference[prefix]?.actions[verb]
      if (!known) {
        if (!(action in NAMED_OTHERWISE)) faults.push(`${where} asks for ${action}, which is no action`)
        continue
      }
      const types = known.types?.split(' ') ?? []
      if (resource === '*') {
        if (types.some((type) => type.endsWith('*')) && !(where in UNNAMED))
          faults.push(`${where} asks ${action} of everything, not of ${known.types}`)
      } else if (
        !(where in UNNAMED) &&
        !types.some((type) => patternOf(templateOf(reference[prefix]!.resources, type) ?? '').test(resource))
      )
        faults.push(`${where} asks ${action} of ${resource}, not of ${known.types ?? 'everything'}`)
      for (const key of known.keys?.split(' ') ?? [])
        if (!isTold(key, context, resource) && !(key in UNTOLD) && !(`${where} ${key}` in UNTOLD))
          faults.push(`${where} does not tell ${key}`)
    }
  }
  return faults
}

/** What an input says in members that are called roles: `RoleArn`, `ExecutionRole`. Some say it by its name. */
function rolesIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return /role(?:arn)?$/i.test(name) ? [value.slice(value.lastIndexOf('/') + 1)] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([member, inner]) => rolesIn(inner, Array.isArray(value) ? name : member))
}

for (const service of composedServices())
  test(`${service.name}: who has a service act as a role is asked whether they may pass it on`, async () => {
    for (const name of Object.keys(await service.handlers())) {
      const operation = loadModel(service.name).operations.get(name)!
      if (`${service.name}:${name}` in FREE) continue
      const passed = asked(service, operation).flatMap(({ action, resource }) =>
        action === 'iam:PassRole' ? [resource.slice(resource.lastIndexOf('/') + 1)] : [],
      )
      for (const role of rolesIn(inputOf(service, operation)))
        assert.ok(passed.includes(role), `${service.name}:${name} takes ${role}`)
    }
  })

for (const service of composedServices())
  test(`${service.name}: actions, resources and condition keys are those of the reference`, async () => {
    assert.deepEqual(await faultsOf(service), [])
  })
