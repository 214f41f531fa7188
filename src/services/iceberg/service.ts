import type { Sessions } from '../../core/access/sessions.ts'
import { callersWork } from '../../core/forwarding/catalog-keys.ts'
import type { Lake } from '../../core/lake.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import type { CatalogDefinition, CatalogEndpoint } from '../../protocol/rest-catalog.ts'
import { authorized } from './authorization.ts'
import { config } from './config.ts'
import { catalogError } from './faults.ts'
import { metrics } from './metrics.ts'
import { namespaces } from './namespaces.ts'
import { PlannedScans } from './planned-scans.ts'
import { scanPlanning } from './scan-planning.ts'
import { storage } from './storage-access.ts'
import { tableCommits } from './table-commits.ts'
import { tableAnswers, tables } from './tables.ts'
import { views } from './views.ts'

/** The tables and views of Glue's catalog, as Iceberg's own protocol serves them. */
export function icebergCatalog(lake: Lake, sessions: Sessions, places: TablePlaces): CatalogDefinition {
  const scans = new PlannedScans(lake.clock)
  const endpointsOf = (lake: Lake): CatalogEndpoint[] => {
    const answers = tableAnswers(lake, sessions)
    return [
      ...namespaces(lake),
      ...tables(lake, answers, places),
      ...tableCommits(lake, answers),
      ...views(lake),
      ...storage(lake, sessions),
      ...scanPlanning(lake, sessions, scans),
      ...metrics(lake),
    ]
  }
  const { plain, by } = callersWork(lake, endpointsOf)
  const endpoints = plain.map(
    (endpoint, place): CatalogEndpoint => ({
      ...endpoint,
      answer: (request) => by(request.call)[place]!.answer(request),
    }),
  )
  const addresses = endpoints.map(({ address }) => address)
  const all = [config(lake, addresses), ...endpoints]
  return { endpoints: all.map((endpoint) => authorized(lake, endpoint)), translate: catalogError }
}
