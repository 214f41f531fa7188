/**
 * Forwarding: what a service does on its caller's behalf is asked of the caller's policies, as AWS does it by forward access
 * sessions (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html). The rooms that the work
 * enters ask as they are entered (`forwarded-lake`), so that there is no way past. Knows no service and no SQL.
 */
import type { Access, Caller, Question } from '../access/access.ts'
import { Fault } from '../faults.ts'
import { type KeyUse, keyQuestion } from './forwarded-keys.ts'

/** The noun of its faults: the caller may not. */
export const FORWARDED = 'forwarded action'

/** Of one piece of work for one caller. What has been decided is not asked again, since the work is of one moment. */
export interface Forwarding {
  readonly caller: Caller
  allows(question: Question): boolean
  /** Throws `Fault('denied', FORWARDED)` in the words of AWS; `detail.action` says what it was. */
  require(question: Question): void
  /** As `require`, of one use of a key of many: where no policy looks at what each is for, one is asked for all of them. */
  requireKey(use: KeyUse): void
  /** Of one object of many: where policies tell none of a folder's from another, one is asked for all of them. */
  allowsObject(action: string, bucket: string, key: string): boolean
  /** Of every object of a folder; its key ends in `/`. Not where policies tell some of them from others. */
  allowsFolder(action: string, bucket: string, folder: string): boolean
}

/** Hears once of each key that is used, and how, be it in vain. */
export type NoteKeyUse = (use: KeyUse, refusal: string | undefined) => void

/** Of an owner, whom nobody asks. */
export function ownForwarding(caller: Caller, note: NoteKeyUse): Forwarding {
  const used = new Set<string>()
  return {
    caller,
    allows: () => true,
    require: () => undefined,
    allowsFolder: () => true,
    allowsObject: () => true,
    requireKey(use) {
      const every = everyUse(use)
      if (!used.has(every)) note(use, undefined)
      used.add(every)
    },
  }
}

const everyUse = ({ service, action, key, context }: KeyUse): string =>
  `${service} ${action} ${key} ${Object.keys(context)}`

/** `via`: in whose name it is asked, `athena.amazonaws.com`; absent where the caller is thought to ask in person. */
export function forwardingFor(
  access: Access,
  caller: Caller,
  via: string | undefined,
  note: NoteKeyUse = () => undefined,
): Forwarding {
  const decided = new Map<string, true | string>()
  const alike = new Map<string, boolean>()
  const asked = (question: Question): Question => (via === undefined ? question : { ...question, via })

  const decide = (key: string, question: Question): true | string => {
    const known = decided.get(key)
    if (known !== undefined) return known
    let outcome: true | string = true
    try {
      access.check(caller, asked(question))
    } catch (error) {
      if (!(error instanceof Fault && error.kind === 'denied')) throw error
      outcome = error.message
    }
    decided.set(key, outcome)
    return outcome
  }
  const keyOf = ({ action, resource, context }: Question): string =>
    context === undefined ? `${action} ${resource}` : `${action} ${resource} ${JSON.stringify(context)}`

  const settle = ({ action }: Question, outcome: true | string): void => {
    if (outcome !== true) throw new Fault('denied', FORWARDED, outcome, { action })
  }
  /** Uses of keys of which policies look at what they are for. */
  const looked = new Set<string>()

  const isAlike = (action: string, start: string): boolean => {
    const key = `${action} ${start}`
    const known = alike.get(key) ?? access.isAlike(caller, asked({ action, resource: start }))
    alike.set(key, known)
    return known
  }
  /** The widest folder in which all are decided alike; undefined where the object has to be asked for itself. */
  const folderOf = (action: string, root: string, key: string): string | undefined => {
    for (let end = 0; ; ) {
      const start = root + key.slice(0, end)
      if (isAlike(action, start)) return start
      const slash = key.indexOf('/', end)
      if (slash < 0) return undefined
      end = slash + 1
    }
  }

  return {
    caller,
    allows: (question) => decide(keyOf(question), question) === true,
    require: (question) => settle(question, decide(keyOf(question), question)),
    requireKey(use) {
      const every = everyUse(use)
      const question = keyQuestion(use, caller, () => looked.add(every))
      const one = `${every} ${JSON.stringify(use.context)}`
      const isKnown = decided.has(every) || decided.has(one)
      const outcome = decided.get(every) ?? decide(one, question)
      if (!isKnown) note(use, outcome === true ? undefined : outcome)
      // Deciding goes the same way for all until it looks: where it has not looked it never will.
      if (!looked.has(every)) decided.set(every, outcome)
      settle(question, outcome)
    },
    allowsFolder(action, bucket, folder) {
      const resource = `arn:aws:s3:::${bucket}/${folder}`
      return isAlike(action, resource) && decide(`${action} ${resource}`, { action, resource }) === true
    },
    allowsObject(action, bucket, key) {
      const root = `arn:aws:s3:::${bucket}/`
      const resource = root + key
      const of = folderOf(action, root, key) ?? resource
      return decide(`${action} ${of}`, { action, resource }) === true
    },
  }
}
