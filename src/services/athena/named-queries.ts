import { createHash } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-athena'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateReader } from '../../core/ports.ts'
import { collection } from '../../core/resources/collection.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { page } from './paging.ts'
import { requestToken } from './request-token.ts'
import { namedQueriesOf, namedQuerySpace, type Scope } from './spaces.ts'
import { findWorkGroup, PRIMARY } from './work-groups.ts'

interface NamedQuery {
  readonly name: string
  readonly description?: string
  readonly database: string
  readonly query: string
  readonly workGroup: string
}

export const workGroupOfNamedQuery = (state: StateReader, scope: Scope, id: string): string | undefined =>
  state.get<NamedQuery>(namedQuerySpace(scope), id)?.doc.workGroup

const described = (id: string, query: NamedQuery): Sdk.NamedQuery => ({
  NamedQueryId: id,
  Name: query.name,
  Description: query.description,
  Database: query.database,
  QueryString: query.query,
  WorkGroup: query.workGroup,
})

/** A token always makes the same id, so that a retry finds what it made before. */
function idOf(token: string): string {
  const digits = createHash('sha256').update(token).digest('hex')
  return [0, 8, 12, 16, 20].map((at, i, all) => digits.slice(at, all[i + 1] ?? 32)).join('-')
}

export const namedQueryHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const stored = (call: ServiceCall) =>
    collection<NamedQuery>(lake.state, namedQuerySpace(call), {
      noun: 'named-query',
      missing: (id) => `NamedQuery ${id} was not found`,
      exists: (id) => `NamedQuery ${id} exists`,
    })
  return {
    async CreateNamedQuery(input, call) {
      const workGroup = input.WorkGroup ?? PRIMARY
      findWorkGroup(lake, call, workGroup)
      const id = idOf(requestToken(input.ClientRequestToken))
      const query: NamedQuery = {
        name: input.Name,
        description: input.Description,
        database: input.Database,
        query: input.QueryString,
        workGroup,
      }
      try {
        await stored(call).create(id, query, (tx) => void tx.put(namedQueriesOf(call, workGroup), id, true))
      } catch (error) {
        if (!(error instanceof Fault && error.kind === 'already-exists')) throw error
        if (JSON.stringify(stored(call).get(id)) !== JSON.stringify(query))
          throw invalidRequest('Idempotent parameters do not match', 'IDEMPOTENT_PARAMETER_MISMATCH')
      }
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
            : [{ NamedQueryId: id, ErrorCode: 'INVALID_INPUT', ErrorMessage: `NamedQuery ${id} was not found` }],
        ),
      }
    },
    ListNamedQueries(input, call) {
      const workGroup = input.WorkGroup ?? PRIMARY
      findWorkGroup(lake, call, workGroup)
      const { items, NextToken } = page(
        input,
        50,
        (range) => lake.state.keys(namedQueriesOf(call, workGroup), range),
        (id) => id,
      )
      return { NamedQueryIds: [...items], NextToken }
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
      const id = input.NamedQueryId!
      const { workGroup } = stored(call).get(id)
      await stored(call).delete(id, (tx) => void tx.delete(namedQueriesOf(call, workGroup), id))
      return {}
    },
  }
}
