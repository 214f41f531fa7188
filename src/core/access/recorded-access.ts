/** What somebody would be asked by policies on the way, all of it: each question passes, and what is decided of it is noted. */
import type { Decision } from '../policies/evaluation.ts'
import type { Access, Question } from './access.ts'

export interface AskedQuestion {
  readonly question: Question
  readonly decision: Decision
}

export interface RecordedAccess extends Access {
  readonly asked: readonly AskedQuestion[]
}

export function recordedAccess(access: Access): RecordedAccess {
  const asked: AskedQuestion[] = []
  const note = (...[caller, question]: Parameters<Access['decide']>): void => {
    asked.push({ question, decision: access.decide(caller, question) })
  }
  return {
    ...access,
    asked,
    isAlone: () => false,
    isUnbound: () => false,
    check: note,
    allows(caller, question) {
      note(caller, question)
      return true
    },
    decide(caller, question) {
      note(caller, question)
      return { allowed: true }
    },
  }
}
