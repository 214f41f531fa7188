import { AwsError } from '../../protocol/service.ts'

/** A page of a list that is short enough to be made whole; `MaxResults` from 1 to `most`. */
export function pageOf<T>(
  items: readonly T[],
  { most, size = most, token }: { readonly most: number; readonly size?: number; readonly token?: string },
): { readonly items: readonly T[]; readonly next?: string } {
  if (size < 1 || size > most)
    throw new AwsError('InvalidMaxResultsException', `Max results must be between 1 and ${most}.`)
  const start = token === undefined ? 0 : numberIn(token)
  const end = start + size
  return { items: items.slice(start, end), ...(end < items.length && { next: tokenOfNumber(end) }) }
}

export const tokenOfNumber = (number: number): string => Buffer.from(`at/${number}`).toString('base64url')

export function numberIn(token: string): number {
  const match = /^at\/(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))
  if (!match) throw new AwsError('InvalidNextTokenException', 'Invalid NextToken.')
  return Number(match[1])
}
