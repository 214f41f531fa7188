import { Fault } from '../../core/faults.ts'
import { cursorIn, tokenOf } from '../../core/resources/page-tokens.ts'

const MOST = 1000

/**
 * A page of what `read` lists. Who names no token knows of no pages, and gets everything: so the specification has it
 * ("pagination is optional"), and clients of its first years do.
 */
export function pageOf<T>(
  query: URLSearchParams,
  read: (page: { after: string | undefined; limit: number }) => readonly T[],
  cursor: (item: T) => string,
): { readonly items: T[]; readonly next: string | undefined } {
  const token = query.get('pageToken')
  const size = query.get('pageSize')
  if (token === null && size === null) return { items: everything(read, cursor), next: undefined }
  const limit = size === null ? MOST : Number(size)
  if (!Number.isInteger(limit) || limit < 1) throw new Fault('invalid', 'page', `Invalid page size: ${size}`)
  const after = token ? cursorIn(token) : undefined
  if (token && after === undefined) throw new Fault('invalid', 'page', `Invalid page token: ${token}`)
  const found = read({ after, limit: Math.min(limit, MOST) + 1 })
  const items = found.slice(0, Math.min(limit, MOST))
  const more = found.length > items.length
  return { items, next: more ? tokenOf(cursor(items.at(-1)!)) : undefined }
}

function everything<T>(
  read: (page: { after: string | undefined; limit: number }) => readonly T[],
  cursor: (item: T) => string,
): T[] {
  const items: T[] = []
  for (;;) {
    const last = items.at(-1)
    const found = read({ after: last && cursor(last), limit: MOST })
    items.push(...found)
    if (found.length < MOST) return items
  }
}
