/**
 * May they: one question, asked of every call and of what it does on its caller's behalf. Policies decide; whether what is
 * asked for exists is not looked at, but for what its own policy says.
 */
import type { Call, Principal } from '../call.ts'
import { Fault } from '../faults.ts'
import type { AccessRequest } from '../policies/compilation.ts'
import { denialText } from '../policies/denial-text.ts'
import { type Decision, decide, decidesAlike, type ResourceSide } from '../policies/evaluation.ts'
import type { RequestContext } from '../policies/patterns.ts'
import type { Clock } from '../ports.ts'
import { askerOf, type Policies } from './bounds.ts'
import { rootPrincipal } from './credentials.ts'
import { type ContextFacts, requestContext } from './request-context.ts'

/** Who asks, and where: a call, or what is left of one in a run. */
export type Caller = Pick<Call, 'principal' | 'region'> & Partial<Pick<Call, 'source'>>

export interface Question {
  /** `s3:GetObject`. */
  readonly action: string
  /** An ARN, or `*`. */
  readonly resource: string
  /** What only this action knows: `s3:prefix`. Names in lower case. */
  readonly context?: ContextFacts
  /** Asked by a service on its caller's behalf: `athena.amazonaws.com`. */
  readonly via?: string
}

export interface Access {
  decide(caller: Caller, question: Question): Decision
  /** What policies may ask of it, where the resource's side is the asker's own to know. */
  contextOf(caller: Caller, question: Question, account: string): RequestContext
  allows(caller: Caller, question: Question): boolean
  /** Whether what is decided of the resource is decided of all whose ARNs start with its own. */
  isAlike(caller: Caller, question: Question): boolean
  /** The root of an account without service control policies: nobody has to be asked what it may do there. */
  isUnbound(principal: Principal): boolean
  /** The same of an operator who is alone in the server: nobody has to be asked what it may do anywhere. */
  isAlone(principal: Principal): boolean
  /** Whether IAM knows who that is: of others there are no policies to ask. */
  isKnown(principal: Principal): boolean
  /** Throws `Fault('denied', 'policy')` in the words of AWS. */
  check(caller: Caller, question: Question): void
}

export interface KnownSide extends ResourceSide {
  readonly tags?: Readonly<Record<string, string>>
  /** What else conditions may ask of the resource, whoever asks for it. Names in lower case. */
  readonly facts?: ReadonlyMap<string, () => readonly string[]>
}

export interface ResourceSides {
  /** Who owns it, and its own policy. `principal`: of whose account it is where nothing else tells. */
  of(question: Question, caller: Caller): KnownSide
}

export function openAccess(rooms: {
  readonly policies: Policies
  readonly resources: ResourceSides
  readonly clock: Clock
  /** Whether there is no account beside this one. */
  readonly isAlone: (account: string) => boolean
}): Access {
  const { policies, resources, clock } = rooms
  const ask = (caller: Caller, question: Question): { request: AccessRequest; decision: Decision } => {
    const { principal } = caller
    const side = resources.of(question, caller)
    const tags = { principal: () => policies.tagsOf(principal), resource: () => side.tags ?? {} }
    const { account, facts } = side
    const context = requestContext(caller, question, { account, facts, tags, now: clock.now() })
    const { action, resource } = question
    const request = { action, resource, asker: askerOf(principal), context }
    return { request, decision: decide(request, policies.boundsOf(principal), side) }
  }
  const isUnbound = ({ kind, account }: Principal) =>
    kind === 'root' && policies.boundsOf(rootPrincipal(account, '')).control === undefined
  return {
    decide: (caller, question) => ask(caller, question).decision,
    isUnbound,
    isKnown: policies.isKnown,
    isAlone: (principal) => isUnbound(principal) && rooms.isAlone(principal.account),
    contextOf(caller, question, account) {
      const tags = { principal: () => policies.tagsOf(caller.principal), resource: () => ({}) }
      return requestContext(caller, question, { account, tags, now: clock.now() })
    },
    isAlike: (caller, question) =>
      decidesAlike(
        question.action,
        question.resource,
        policies.boundsOf(caller.principal),
        resources.of(question, caller),
      ),
    allows: (caller, question) => ask(caller, question).decision.allowed,
    check(caller, question) {
      const { request, decision } = ask(caller, question)
      if (!decision.allowed)
        throw new Fault('denied', 'policy', denialText(request, decision, question.action.startsWith('s3:')))
    },
  }
}
