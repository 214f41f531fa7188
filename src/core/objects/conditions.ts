/** What a caller makes a read or a write depend on (RFC 9110 §13.2.2 gives the order). */
import { Fault } from '../faults.ts'
import type { StateReader } from '../ports.ts'
import type { StoredObject } from './object.ts'
import { current } from './versions.ts'

interface ReadCondition {
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
  readonly ifModifiedSince?: Date
  readonly ifUnmodifiedSince?: Date
}

export interface WriteCondition {
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
}

type Outcome =
  | { readonly holds: true }
  | { readonly holds: false; readonly failed: string; readonly notModified: boolean }

const failed = (name: string, notModified = false): Outcome => ({ holds: false, failed: name, notModified })

/**
 * `If-Match` that holds overrules `If-Unmodified-Since`, and `If-None-Match` that holds overrules `If-Modified-Since`
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html). Dates have whole seconds.
 */
export function readOutcome(object: StoredObject, condition: ReadCondition): Outcome {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = condition
  const modified = Math.floor(object.modifiedAtMs / 1000)
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return failed('If-Match')
  } else if (ifUnmodifiedSince && modified > seconds(ifUnmodifiedSince)) return failed('If-Unmodified-Since')
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, object.etag)) return failed('If-None-Match', true)
  } else if (ifModifiedSince && modified <= seconds(ifModifiedSince)) return failed('If-Modified-Since', true)
  return { holds: true }
}

/** Throws `precondition`; `detail.notModified` says that a read may be answered with the copy the client has. */
export function checkRead(object: StoredObject, condition: ReadCondition): void {
  const outcome = readOutcome(object, condition)
  if (outcome.holds) return
  throw precondition(
    outcome.failed,
    outcome.notModified ? { notModified: true, etag: object.etag, modifiedAtMs: object.modifiedAtMs } : {},
  )
}

/** Throws `precondition`, or `not-found` where `If-Match` meets no object. */
export function checkWrite(reader: StateReader, bucket: string, key: string, condition: WriteCondition): void {
  const { ifMatch, ifNoneMatch } = condition
  if (ifMatch === undefined && ifNoneMatch === undefined) return
  const object = current(reader, bucket, key)
  if (ifNoneMatch !== undefined && object && matches(ifNoneMatch, object.etag)) throw precondition('If-None-Match')
  if (ifMatch === undefined) return
  if (!object) throw new Fault('not-found', 'key', 'The specified key does not exist.', { Key: key })
  if (!matches(ifMatch, object.etag)) throw precondition('If-Match')
}

export const precondition = (condition: string, detail: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('precondition', 'key', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
    ...detail,
  })

/** A list of tags, quoted or not, weak or not, or `*`. */
function matches(header: string, etag: string): boolean {
  return header
    .split(',')
    .map((tag) =>
      tag
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .some((tag) => tag === '*' || tag === etag)
}
