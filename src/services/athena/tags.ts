import type * as Sdk from '@aws-sdk/client-athena'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import { addTags, eraseTags, removeTags, tagPairs, tagRecord, tagsOf } from '../../core/resources/tags.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { page } from './paging.ts'
import type { Scope } from './spaces.ts'

export type Tagged = 'workgroup' | 'datacatalog' | 'capacity-reservation'

const arnOf = ({ account, region }: Scope, kind: Tagged, name: string): string =>
  `arn:aws:athena:${region}:${account}:${kind}/${name}`

/** For the transaction that makes a resource. */
export const tagNew = (tx: StateTransaction, scope: Scope, kind: Tagged, name: string, tags: readonly Sdk.Tag[]) =>
  addTags(tx, arnOf(scope, kind, name), tagRecord(tags))

/** For the transaction that deletes one. */
export const untagGone = (tx: StateTransaction, scope: Scope, kind: Tagged, name: string) =>
  eraseTags(tx, arnOf(scope, kind, name))

/** `exists` knows the resources that can be tagged. */
export const tagHandlers = (
  lake: Lake,
  exists: (call: ServiceCall, kind: Tagged, name: string) => boolean,
): Handlers<typeof Sdk> => {
  const known = (call: ServiceCall, arn: string): string => {
    const [, kind, name] =
      /^arn:aws[^:]*:athena:[^:]*:[^:]*:(workgroup|datacatalog|capacity-reservation)\/(.+)$/.exec(arn) ?? []
    if (name === undefined || arn !== arnOf(call, kind as Tagged, name) || !exists(call, kind as Tagged, name))
      throw new Fault('not-found', 'resource', `Resource ${arn} was not found`)
    return arn
  }
  return {
    async TagResource(input, call) {
      const arn = known(call, input.ResourceARN)
      await lake.state.transaction((tx) => addTags(tx, arn, tagRecord(input.Tags)))
      return {}
    },
    async UntagResource(input, call) {
      const arn = known(call, input.ResourceARN)
      await lake.state.transaction((tx) => removeTags(tx, arn, input.TagKeys))
      return {}
    },
    ListTagsForResource(input, call) {
      const tags = tagPairs(tagsOf(lake.state, known(call, input.ResourceARN)))
      const all = tags.sort((a, b) => (a.Key < b.Key ? -1 : 1))
      const { items, NextToken } = page(
        input,
        75,
        ({ after, limit }) => all.filter(({ Key }) => after === undefined || Key > after).slice(0, limit),
        ({ Key }) => Key,
      )
      return { Tags: [...items], NextToken }
    },
  }
}
