/** What policies say of questions, in words: for whoever wants to know why. */

import type { DecidingStatement, ExplainedPolicy } from '../permissions/explanation.ts'
import { POLICY_NAMES } from '../policies/denial-text.ts'
import type { AskedQuestion } from './recorded-access.ts'
import { RESOURCE_POLICY } from './resource-sides.ts'

/** Those that are decided by one statement are told as one, in the order in which they were first asked. */
export function explainedPolicies(asked: readonly AskedQuestion[]): ExplainedPolicy[] {
  const alike = Map.groupBy(
    asked,
    ({ question, decision }) => `${question.action} ${decision.allowed} ${words({ question, decision })}`,
  )
  return Array.from(alike.values(), (all) => {
    const [first] = all as [AskedQuestion]
    const { question, decision } = first
    return {
      action: question.action,
      resources: toldResources(all.map((one) => one.question.resource)),
      allowed: decision.allowed,
      because: words(first),
      ...decidedBy(first),
    }
  })
}

const OBJECT = /^arn:[^:]*:s3:::[^/]+\//

/** Of objects there may be any number. */
function toldResources(resources: readonly string[]): string[] {
  const told = new Set(resources.filter((one) => !OBJECT.test(one)))
  const objects = [...new Set(resources.filter((one) => OBJECT.test(one)))]
  if (objects.length > 0) told.add(objects.length === 1 ? objects[0]! : `${commonFolder(objects)}*`)
  return [...told]
}

function commonFolder([first = '', ...others]: readonly string[]): string {
  let end = first.length
  for (const other of others) while (!other.startsWith(first.slice(0, end))) end--
  return first.slice(0, first.lastIndexOf('/', end) + 1)
}

function decidedBy({ question, decision }: AskedQuestion): Pick<ExplainedPolicy, 'statement' | 'missing'> {
  if (!decision.allowed && !decision.explicit) return { missing: decision.missing }
  if (!decision.by) return {}
  const { role, policy, statement } = decision.by
  const { sid } = statement.statement
  const told: DecidingStatement = {
    role,
    policy: policy.arn ?? (policy.name === RESOURCE_POLICY ? holderOf(question.resource) : policy.name),
    number: statement.index + 1,
  }
  return { statement: sid === undefined ? told : { ...told, sid } }
}

/** What of a resource, or around it, has a policy. */
function holderOf(resource: string): string {
  if (OBJECT.test(resource)) return resource.slice(0, resource.indexOf('/'))
  const [, service] = /^arn:[^:]*:([^:]*)/.exec(resource) ?? []
  return service === 'glue' ? resource.replace(/^((?:[^:]*:){5}).*$/, '$1catalog') : resource
}

function words(asked: AskedQuestion): string {
  const { decision } = asked
  const { statement, missing } = decidedBy(asked)
  if (missing !== undefined) return `no ${POLICY_NAMES[missing]} allows it`
  if (!statement) return 'the account’s root may do everything'
  const which = statement.sid ?? `number ${statement.number}`
  return `the statement ${which} of the ${POLICY_NAMES[statement.role]} ${statement.policy} ${decision.allowed ? 'allows' : 'denies'} it`
}
