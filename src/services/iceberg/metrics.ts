/** What engines report of their scans and commits: the newest of each table are kept, to be asked for on a path of our own. */
import type { Scope } from '../../core/catalog/catalog.ts'
import { exactJsonText, parseExactJson } from '../../core/exact-json.ts'
import type { Lake } from '../../core/lake.ts'
import { icebergTable } from '../../core/queries/iceberg/requested-commits.ts'
import type { CatalogEndpoint } from '../../protocol/rest-catalog.ts'
import { inCatalog, namedTable, textIn } from './catalog-context.ts'

const KEPT_REPORTS = 100

interface KeptReports {
  /** The newest first. */
  readonly reports: readonly { readonly at: string; readonly text: string }[]
}

const spaceOf = ({ account, region }: Scope): string => `iceberg/metrics/${account}/${region}`

export function metrics(lake: Lake): CatalogEndpoint[] {
  const address = 'POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/metrics'
  return [
    {
      name: 'reportMetrics',
      address,
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { database, name } = namedTable(request)
          const table = icebergTable(database, name, context)
          textIn(request.body, 'report-type')
          const key = `${table.database}.${table.descriptor.Name}`
          // As text: its ids have 64 bits.
          const kept = { at: lake.clock.now().toISOString(), text: exactJsonText(request.body)! }
          await lake.state.transaction((tx) => {
            const before = tx.get<KeptReports>(spaceOf(context.scope), key)?.doc.reports ?? []
            tx.put(spaceOf(context.scope), key, { reports: [kept, ...before].slice(0, KEPT_REPORTS) })
          })
          return {}
        }),
    },
    {
      // Not of the specification, which only takes them.
      name: 'listMetrics',
      address: address.replace('POST', 'GET'),
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { database, name } = namedTable(request)
          const table = icebergTable(database, name, context)
          const key = `${table.database}.${table.descriptor.Name}`
          const kept = lake.state.get<KeptReports>(spaceOf(context.scope), key)?.doc.reports ?? []
          return { body: { reports: kept.map(({ at, text }) => ({ at, report: parseExactJson(text) })) } }
        }),
    },
  ]
}
