import type * as Sdk from '@aws-sdk/client-athena'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { page } from './paging.ts'
import { scopeKey } from './scope.ts'

type Tagged = 'workgroup' | 'datacatalog' | 'capacity-reservation'

const SPACE = 'athena/tags'

/** The tags of one resource, by its key in the tag space. */
export function tagsOf(lake: Lake, call: Pick<ServiceCall, 'account' | 'region'>, kind: Tagged, name: string) {
  const key = `${scopeKey(call)}/${kind}/${name}`
  return {
    read: (): Readonly<Record<string, string>> => lake.state.get<Record<string, string>>(SPACE, key)?.doc ?? {},
    write(tx: StateTransaction, tags: readonly Sdk.Tag[]): void {
      if (tags.length > 0) tx.put(SPACE, key, Object.fromEntries(tags.map((tag) => [tag.Key!, tag.Value ?? ''])))
    },
    change: (change: (tags: Record<string, string>) => Record<string, string>) =>
      lake.state.transaction(
        (tx) => void tx.put(SPACE, key, change(tx.get<Record<string, string>>(SPACE, key)?.doc ?? {})),
      ),
  }
}

function resource(lake: Lake, call: ServiceCall, arn: string) {
  const [, kind, name] =
    /^arn:aws[^:]*:athena:[^:]*:[^:]*:(workgroup|datacatalog|capacity-reservation)\/(.+)$/.exec(arn) ?? []
  if (kind === undefined || name === undefined)
    throw new Fault('not-found', 'resource', `Resource ${arn} was not found`)
  return tagsOf(lake, call, kind as Tagged, name)
}

export const tagHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async TagResource(input, call) {
    const added = Object.fromEntries(input.Tags.map((tag) => [tag.Key ?? '', tag.Value ?? '']))
    await resource(lake, call, input.ResourceARN).change((tags) => ({ ...tags, ...added }))
    return {}
  },
  async UntagResource(input, call) {
    const gone = new Set(input.TagKeys)
    await resource(lake, call, input.ResourceARN).change((tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))),
    )
    return {}
  },
  ListTagsForResource(input, call) {
    const all = Object.entries(resource(lake, call, input.ResourceARN).read()).sort(([a], [b]) => (a < b ? -1 : 1))
    const { items, NextToken } = page(
      input,
      75,
      ({ after, limit }) => all.filter(([key]) => after === undefined || key > after).slice(0, limit),
      ([key]) => key,
    )
    return { Tags: items.map(([Key, Value]) => ({ Key, Value })), NextToken }
  },
})
