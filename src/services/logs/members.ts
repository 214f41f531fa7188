import type { Scope } from '../../core/catalog/catalog.ts'
import { FilterPatternError } from '../../core/logs/filter-pattern.ts'
import { cursorIn } from '../../core/resources/page-tokens.ts'
import { AwsError } from '../../protocol/service.ts'

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message)

export const groupArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`

/** A group by its name, or by an ARN that may end in `:*`. */
export function groupNameOf(given: { readonly logGroupName?: string; readonly logGroupIdentifier?: string }): string {
  const { logGroupName, logGroupIdentifier } = given
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined))
    throw invalid('Exactly one of logGroupName and logGroupIdentifier must be specified.')
  return nameIn(logGroupName ?? logGroupIdentifier!)
}

export const nameIn = (identifier: string): string =>
  /^arn:aws:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(identifier)?.[1] ?? identifier

/** Where a record lies that a pointer names; undefined for what is no pointer of ours. */
export function placeOf(pointer: string): { group: string; stream: string; id: string } | undefined {
  try {
    const [group, stream, id]: unknown[] = JSON.parse(Buffer.from(pointer, 'base64url').toString())
    if ([group, stream, id].every((part) => typeof part === 'string')) return { group, stream, id } as never
  } catch {}
  return undefined
}

export const pointerTo = (place: string): string => Buffer.from(place).toString('base64url')

/** The last name of the page before. */
export function nameOfToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined
  const name = cursorIn(token)
  if (name === undefined) throw invalid('The specified nextToken is invalid.')
  return name
}

/** A pattern that is none is the caller's fault. */
export function asFault<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof FilterPatternError) throw invalid(error.message)
    throw error
  }
}
