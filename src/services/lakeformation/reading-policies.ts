/** What policies are asked of somebody who reads a table by Athena: all that planning it asks, whatever is answered. */
import { randomUUID } from 'node:crypto'
import { rootPrincipal } from '../../core/access/credentials.ts'
import { explainedPolicies } from '../../core/access/policy-words.ts'
import { recordedAccess } from '../../core/access/recorded-access.ts'
import type { Call, Principal } from '../../core/call.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Events } from '../../core/events/events.ts'
import { registeredSources } from '../../core/federation/registered-sources.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import type { ExplainedPolicy } from '../../core/permissions/explanation.ts'
import type { TableName } from '../../core/permissions/resource.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { withRunContext } from '../../core/queries/run-context.ts'

export interface Reading {
  readonly principal: Principal
  /** Whose table it is. */
  readonly owner: string
  readonly call: Pick<Call, 'account' | 'region' | 'signal'>
}

export interface ReadTable extends TableName {
  readonly scope: Scope
  /** Of a data source, its name. */
  readonly catalog?: string | undefined
}

/** `failure`: why nobody can read it, whatever policies say. */
export async function readingPolicies(
  lake: Lake,
  limits: EngineLimits,
  { principal, owner, call }: Reading,
  { scope, catalog, database, table }: ReadTable,
): Promise<{ readonly policies: readonly ExplainedPolicy[]; readonly failure?: string }> {
  const access = recordedAccess(lake.access)
  const reader = forwardedLake(
    { ...lake, access, events: unwritten(lake.events) },
    { principal, region: call.region },
    'athena.amazonaws.com',
  )
  const target = {
    scope: { account: scope.account, region: scope.region },
    database,
    // Policies are asked of the one, and of what Lake Formation gives the whole is looked at.
    principal: rootPrincipal(owner, ''),
    ...(catalog !== undefined && { catalog, sourceCatalogs: registeredSources(reader, call) }),
  }
  const options = { id: randomUUID(), limits, signal: call.signal }
  const [{ parseQuery }, { planQuery }] = await Promise.all([
    import('../../sql/statement.ts'),
    import('../../core/queries/statements/query.ts'),
  ])
  let failure: string | undefined
  try {
    const query = parseQuery(`SELECT * FROM ${quoted(database)}.${quoted(table)}`)
    await withRunContext(reader, target, options, (context) => planQuery(query, context))
  } catch (error) {
    const { failureOf, isExpected } = await import('../../core/queries/failure.ts')
    if (!isExpected(error)) throw error
    failure = failureOf(error).message
  }
  const policies = explainedPolicies(access.asked)
  return failure === undefined ? { policies } : { policies, failure }
}

/** Nothing is done, and so there is nothing to write down. */
const unwritten = (events: Events): Events => ({
  ...events,
  journal: Object.assign(Object.create(events.journal), { append: () => undefined }),
})

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
