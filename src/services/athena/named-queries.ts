import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import { collection } from '../../core/resources/collection.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { page } from './paging.ts'
import { scopeKey } from './scope.ts'
import { findWorkGroup, PRIMARY } from './work-groups.ts'

interface NamedQuery {
  readonly name: string
  readonly description?: string
  readonly database: string
  readonly query: string
  readonly workGroup: string
}

const described = (id: string, query: NamedQuery): Sdk.NamedQuery => ({
  NamedQueryId: id,
  Name: query.name,
  Description: query.description,
  Database: query.database,
  QueryString: query.query,
  WorkGroup: query.workGroup,
})

export const namedQueryHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const stored = (call: ServiceCall) =>
    collection<NamedQuery>(lake.state, `athena/named-queries/${scopeKey(call)}`, {
      noun: 'named-query',
      missing: (id) => `Named query ${id} is not found.`,
      exists: (id) => `Named query ${id} exists.`,
    })
  return {
    async CreateNamedQuery(input, call) {
      const workGroup = input.WorkGroup ?? PRIMARY
      findWorkGroup(lake, call, workGroup)
      // The token makes a retry the same query: its id is derived from nothing else that a retry could change.
      const id = input.ClientRequestToken ?? randomUUID()
      const query = {
        name: input.Name,
        description: input.Description,
        database: input.Database,
        query: input.QueryString,
        workGroup,
      }
      if (!stored(call).find(id)) await stored(call).create(id, query)
      return { NamedQueryId: id }
    },
    GetNamedQuery: (input, call) => ({
      NamedQuery: described(input.NamedQueryId, stored(call).get(input.NamedQueryId)),
    }),
    BatchGetNamedQuery(input, call) {
      const all = input.NamedQueryIds.map((id) => ({ id, query: stored(call).find(id) }))
      return {
        NamedQueries: all.flatMap(({ id, query }) => (query ? [described(id, query)] : [])),
        UnprocessedNamedQueryIds: all.flatMap(({ id, query }) =>
          query
            ? []
            : [{ NamedQueryId: id, ErrorCode: 'INVALID_INPUT', ErrorMessage: `Named query ${id} is not found.` }],
        ),
      }
    },
    ListNamedQueries(input, call) {
      const workGroup = input.WorkGroup ?? PRIMARY
      findWorkGroup(lake, call, workGroup)
      const { items, NextToken } = page(
        input,
        50,
        (range) => inWorkGroup(range, (r) => stored(call).list(r), workGroup),
        (row) => row.key,
      )
      return { NamedQueryIds: items.map((row) => row.key), NextToken }
    },
    async UpdateNamedQuery(input, call) {
      await stored(call).update(input.NamedQueryId, (query) => ({
        ...query,
        name: input.Name,
        description: input.Description ?? query.description,
        query: input.QueryString,
      }))
      return {}
    },
    async DeleteNamedQuery(input, call) {
      await stored(call).delete(input.NamedQueryId!)
      return {}
    },
  }
}

/** As many of one work group as a page wants, reading on past those of the others. */
function inWorkGroup<R extends { readonly key: string; readonly doc: { readonly workGroup: string } }>(
  range: { readonly after?: string; readonly limit: number },
  list: (range: { after?: string; limit: number }) => readonly R[],
  workGroup: string,
): R[] {
  const found: R[] = []
  let after = range.after
  while (found.length < range.limit) {
    const rows = list({ after, limit: 200 })
    found.push(...rows.filter((row) => row.doc.workGroup === workGroup))
    after = rows.at(-1)?.key
    if (rows.length < 200) break
  }
  return found.slice(0, range.limit)
}
