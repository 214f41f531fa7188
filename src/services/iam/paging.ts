/** Lists of IAM are paged by markers, which are opaque to clients. */
import { AwsError } from '../../protocol/service.ts'

export interface Page {
  readonly Marker?: string
  readonly MaxItems?: number
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html, MaxItems. */
const DEFAULT_ITEMS = 100

export function pageOf<T>(
  { Marker, MaxItems = DEFAULT_ITEMS }: Page,
  all: Pick<readonly T[], 'length' | 'slice'>,
): { readonly items: T[]; readonly IsTruncated: boolean; readonly Marker?: string } {
  const start = Marker === undefined ? 0 : startOf(Marker)
  const end = start + MaxItems
  const items = all.slice(start, end)
  if (end >= all.length) return { items, IsTruncated: false }
  return { items, IsTruncated: true, Marker: Buffer.from(`at ${end}`).toString('base64') }
}

function startOf(marker: string): number {
  const [, at] = /^at (\d{1,9})$/.exec(Buffer.from(marker, 'base64').toString('latin1')) ?? []
  if (at === undefined) throw new AwsError('ValidationError', `Invalid Marker: ${marker}`)
  return Number(at)
}
