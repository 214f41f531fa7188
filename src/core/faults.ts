/** The kinds of expected failure. Each service says once what AWS calls them (`faults` in its `service.ts`). */
export type FaultKind =
  | 'not-found'
  | 'already-exists'
  | 'invalid'
  | 'denied'
  | 'conflict'
  | 'precondition'
  | 'limit'
  | 'not-empty'
  | 'not-ready'
  | 'too-large'
  | 'storage-full'
  | 'unsupported'

/**
 * An expected failure, with AWS's message text. Anything else thrown is a bug: it is logged with its stack and
 * answered as the protocol's internal error. `noun` names what failed ("bucket", "table"), so that a door can tell
 * `NoSuchBucket` from `NoSuchKey`; `detail` carries the members of AWS's error structure, if it has any.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly kind: FaultKind
  readonly noun: string
  readonly detail: Readonly<Record<string, unknown>>

  constructor(kind: FaultKind, noun: string, message: string, detail: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.kind = kind
    this.noun = noun
    this.detail = detail
  }
}
