import { invalidRequest } from './faults.ts'

export interface PageInput {
  readonly NextToken?: string
  readonly MaxResults?: number
}

/** Tokens are opaque to clients: the name of the last item before the page. */
export function page<T>(
  input: PageInput,
  most: number,
  list: (range: { after?: string; limit: number }) => readonly T[],
  nameOf: (item: T) => string,
): { items: readonly T[]; NextToken?: string } {
  const limit = Math.min(input.MaxResults ?? most, most)
  const items = list({
    after: input.NextToken === undefined ? undefined : decodeToken(input.NextToken),
    limit: limit + 1,
  })
  if (items.length <= limit) return { items }
  return { items: items.slice(0, limit), NextToken: encodeToken(nameOf(items[limit - 1]!)) }
}

export const encodeToken = (text: string): string => Buffer.from(`t:${text}`).toString('base64')

export function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8')
  if (!text.startsWith('t:') || encodeToken(text.slice(2)) !== token) throw malformed(token)
  return text.slice(2)
}

/** Of a list that has one page: of another nobody has been given a token. */
export function requireFirstPage({ NextToken }: PageInput): void {
  if (NextToken !== undefined) throw malformed(NextToken)
}

const malformed = (token: string) => invalidRequest(`The nextPageToken is malformed: ${token}`)
