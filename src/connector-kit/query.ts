/** A query as its author's functions see it. */
import type { ArrowSchema } from '../formats/arrow/types.ts'
import type { Constraints } from '../formats/federation/constraints.ts'
import type { Identity, TableName } from '../formats/federation/messages.ts'
import type { Caller, Query } from './definition.ts'
import { ownQuery } from './own-queries.ts'
import { filterOf } from './wanted.ts'

interface QueryRequest {
  readonly identity: Identity
  readonly queryId: string
  readonly catalogName: string
  readonly tableName: TableName
  readonly constraints: Constraints
}

export function queryOf(request: QueryRequest, { fields }: ArrowSchema): Query {
  const { identity, tableName, constraints } = request
  const { where } = filterOf(constraints, {})
  const own = ownQuery(constraints.queryPassthroughArguments)
  const caller: Caller = { arn: identity.arn, account: identity.account, tags: identity.tags, groups: identity.groups }
  return {
    id: request.queryId,
    catalog: request.catalogName,
    schema: tableName.schemaName,
    table: tableName.tableName,
    columns: [...new Set([...fields.map(({ name }) => name), ...Object.keys(where)])],
    where,
    ...(constraints.limit >= 0 && { limit: constraints.limit }),
    ...(own && { own }),
    caller,
  }
}
