import { cursorIn, tokenOf as pageToken } from '../../core/resources/page-tokens.ts'
import { AwsError } from '../../protocol/service.ts'

export const tokenOf = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : pageToken(cursor)

export function cursorOf(token: string | undefined): string | undefined {
  if (!token) return undefined
  const cursor = cursorIn(token)
  if (cursor === undefined) throw badToken()
  return cursor
}

/** Of a list that has one page: of another nobody has been given a token. */
export function requireFirstPage({ NextToken }: { readonly NextToken?: string }): void {
  if (NextToken) throw badToken()
}

const badToken = () => new AwsError('InvalidInputException', 'Invalid NextToken.')

/** A page of what `read` lists, and the token of the next when there is one: it is asked for one more than is shown. */
export function pageOf<T>(
  limit: number,
  token: string | undefined,
  read: (page: { after: string | undefined; limit: number }) => readonly T[],
  cursor: (item: T) => string,
): { items: T[]; NextToken: string | undefined } {
  const found = read({ after: cursorOf(token), limit: limit + 1 })
  const items = found.slice(0, limit)
  return { items, NextToken: found.length > limit ? tokenOf(cursor(items.at(-1)!)) : undefined }
}
