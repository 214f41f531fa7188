import { AwsError } from '../../protocol/service.ts'

/** Cursors of the catalog hold characters that a token must not. */
export function tokenOf(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : Buffer.from(cursor).toString('base64url')
}

export function cursorOf(token: string | undefined): string | undefined {
  if (!token) return undefined
  const cursor = Buffer.from(token, 'base64url').toString()
  if (tokenOf(cursor) !== token) throw new AwsError('InvalidInputException', 'Invalid NextToken.')
  return cursor
}

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
