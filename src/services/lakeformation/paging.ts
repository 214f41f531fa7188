import { Fault } from '../../core/faults.ts'
import { cursorIn, tokenOf as pageToken } from '../../core/resources/page-tokens.ts'

export const tokenOf = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : pageToken(cursor)

export function cursorOf(token: string | undefined): string | undefined {
  if (!token) return undefined
  const cursor = cursorIn(token)
  if (cursor === undefined) throw new Fault('invalid', 'token', 'Invalid NextToken.')
  return cursor
}

/** A page of what `read` lists, and the token of the next when there is one: it is asked for one more than is shown. */
export function pageOf<T>(
  { MaxResults = 100, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
  read: (page: { after?: string; limit: number }) => T[],
  nameOf: (item: T) => string,
): { items: T[]; NextToken?: string } {
  const after = cursorOf(NextToken)
  const found = read({ limit: MaxResults + 1, ...(after !== undefined && { after }) })
  if (found.length <= MaxResults) return { items: found }
  const items = found.slice(0, MaxResults)
  return { items, NextToken: tokenOf(nameOf(items.at(-1)!)) }
}
