/** What policies say of a question, in words: for whoever wants to know why. */

import type { ExplainedPolicy } from '../permissions/explanation.ts'
import { POLICY_NAMES } from '../policies/denial-text.ts'
import type { Decision } from '../policies/evaluation.ts'
import type { Access, Caller, Question } from './access.ts'

export function explainPolicy(access: Access, caller: Caller, question: Question): ExplainedPolicy {
  const { action, resource } = question
  const decision = access.decide(caller, question)
  return { action, resource, allowed: decision.allowed, because: words(decision) }
}

function words(decision: Decision): string {
  if (!decision.allowed && !decision.explicit) return `no ${POLICY_NAMES[decision.missing]} allows it`
  if (!decision.by) return 'the account’s root may do everything'
  const { role, policy, statement } = decision.by
  const which = statement.statement.sid ?? `number ${statement.index + 1}`
  return `the statement ${which} of the ${POLICY_NAMES[role]} ${policy.arn ?? policy.name} ${decision.allowed ? 'allows' : 'denies'} it`
}
