/** Lists of KMS are paged by markers, which are opaque to clients. */
import { cursorIn, tokenOf } from '../../core/resources/page-tokens.ts'
import { AwsError } from '../../protocol/service.ts'

interface Page {
  readonly Limit?: number
  readonly Marker?: string
}

const DEFAULT_LIMIT = 100

/** `read`: items after a name, in the order of names. */
export function pageOf<T>(
  { Limit = DEFAULT_LIMIT, Marker }: Page,
  read: (range: { readonly after?: string; readonly limit: number }) => readonly T[],
  nameOf: (item: T) => string,
): { readonly items: readonly T[]; readonly Truncated: boolean; readonly NextMarker?: string } {
  const after = Marker === undefined ? undefined : nameIn(Marker)
  const found = read({ ...(after !== undefined && { after }), limit: Limit + 1 })
  const items = found.slice(0, Limit)
  if (found.length <= Limit) return { items, Truncated: false }
  return { items, Truncated: true, NextMarker: tokenOf(nameOf(items.at(-1)!)) }
}

function nameIn(marker: string): string {
  const name = cursorIn(marker)
  if (name !== undefined) return name
  throw new AwsError('InvalidMarkerException', 'Could not deserialize marker')
}

/** Of a list that is at hand. */
export const pageOfAll = <T>(page: Page, all: readonly T[], nameOf: (item: T) => string) =>
  pageOf(
    page,
    ({ after, limit }) => {
      const start = after === undefined ? 0 : all.findIndex((one) => nameOf(one) === after) + 1
      return all.slice(start, start + limit)
    },
    nameOf,
  )
