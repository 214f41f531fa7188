/** Commits: of one table, or of several at once. */
import type { Lake } from '../../core/lake.ts'
import type { CommitContext } from '../../core/queries/iceberg/commit-steps.ts'
import { requirePlace } from '../../core/queries/iceberg/metadata-places.ts'
import { commitRequested, type RequestedCommit } from '../../core/queries/iceberg/requested-commits.ts'
import { checkedRequirements, checkedUpdates } from '../../formats/iceberg/update-checks.ts'
import type { CatalogEndpoint, CatalogRequest } from '../../protocol/rest-catalog.ts'
import { identifierIn, inCatalog, namedTable, requireNamespace, type TableIdentifier } from './catalog-context.ts'
import { badRequest } from './faults.ts'
import type { TableAnswers } from './tables.ts'

export function tableCommits(lake: Lake, answers: TableAnswers): CatalogEndpoint[] {
  return [
    {
      name: 'updateTable',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/tables/{table}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const table = namedTable(request)
          const [committed] = await commitRequested([requestedCommit(request.body, table, context)], context)
          return answers(request, table, committed!)
        }),
    },
    {
      name: 'commitTransaction',
      address: 'POST /v1/{prefix}/transactions/commit',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const changes = request.body['table-changes']
          if (!Array.isArray(changes)) throw badRequest('Cannot parse table-changes: a list is expected')
          const commits = changes.map((change) => {
            const { identifier } = (change ?? {}) as { readonly identifier?: unknown }
            return requestedCommit(change ?? {}, identifierIn(identifier, 'identifier'), context)
          })
          const names = new Set(commits.map(({ database, name }) => `${database}.${name.toLowerCase()}`))
          if (names.size < commits.length) throw badRequest('A table can be changed only once in a transaction')
          await commitRequested(commits, context)
          return {}
        }),
    },
  ]
}

function requestedCommit(
  body: CatalogRequest['body'],
  table: TableIdentifier,
  context: CommitContext,
): RequestedCommit {
  const requirements = checkedRequirements(body.requirements)
  const updates = checkedUpdates(body.updates)
  if (requirements.some(({ type }) => type === 'assert-create')) requireNamespace(table.database, context)
  for (const update of updates) if (update.action === 'set-location') requirePlace(update.location, context)
  return { ...table, requirements, updates }
}
