/**
 * What a call needs to be allowed: for every operation of a service its action, and the resources that it touches. The
 * tables lie beside the handlers; the names are those of the Service Authorization Reference:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import type { Access, Question } from '../core/access/access.ts'
import { Fault } from '../core/faults.ts'
import { authError } from './auth-faults.ts'
import type { WireName } from './schema.ts'
import type { ServiceCall, ServiceDefinition } from './service.ts'
import { tagFacts } from './tag-facts.ts'

/** A resource by its ARN, or a question of its own; `resource` is asked for the operation's own action. */
export type Claim = string | (Pick<Question, 'resource'> & Partial<Question>)

/** Every claim has to be allowed. None: the operation is everyone's. */
export type Rule<Input> = (input: Input, call: ServiceCall) => Claim | readonly Claim[]

export interface Authorization {
  /** `glue`, before the names of actions. */
  readonly prefix: string
  readonly rules: Readonly<Record<string, Rule<never>>>
  /** Throws where the keys themselves are of a kind that no policy lets call this. */
  readonly admit?: (call: ServiceCall) => void
}

/** What an operation without a rule needs: its own action on everything. */
const EVERYTHING: Rule<never> = () => '*'

/** Everything that a call of this operation asks of its caller's rights. */
export function questionsOf(authorization: Authorization, call: ServiceCall, input: unknown): Question[] {
  const { prefix, rules } = authorization
  const rule = Object.hasOwn(rules, call.operation) ? rules[call.operation]! : EVERYTHING
  const action = `${prefix}:${call.operation}`
  const claims = rule(input as never, call)
  const tags = tagFacts(input)
  return (isList(claims) ? claims : [claims]).map((claim) => {
    const question = typeof claim === 'string' ? { action, resource: claim } : { action, ...claim }
    return tags ? { ...question, context: { ...tags, ...question.context } } : question
  })
}

/** Of another account: there nobody is a root. */
function isAbroad({ resource }: Question, account: string): boolean {
  const owner = resource.split(':', 5)[4]
  return owner !== undefined && owner !== '' && owner !== account && owner !== 'aws'
}

const isList = (claims: Claim | readonly Claim[]): claims is readonly Claim[] => Array.isArray(claims)

/** Asks before a handler is called, but of services that judge their callers themselves. */
export function authorizer(access: Access, services: ReadonlyMap<string, ServiceDefinition>) {
  return (call: ServiceCall, wire: WireName, input: unknown): void => {
    const service = services.get(call.service)
    if (!service || service.anonymous) return
    if (call.principal.kind === 'anonymous') return
    const authorization = service.authorization ?? { prefix: call.service, rules: {} }
    try {
      authorization.admit?.(call)
      const isUnbound = access.isUnbound(call.principal)
      for (const question of questionsOf(authorization, call, input))
        if (!isUnbound || isAbroad(question, call.principal.account)) access.check(call, question)
    } catch (error) {
      throw error instanceof Fault && error.kind === 'denied' ? authError(error, wire) : error
    }
  }
}
