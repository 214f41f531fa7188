/** Views of the catalog, kept as Iceberg's own are. AWS serves none of these; other catalogs do. */
import { randomUUID } from 'node:crypto'
import type { Lake } from '../../core/lake.ts'
import { isIcebergView } from '../../core/queries/iceberg/iceberg-table.ts'
import {
  type CommittedView,
  commitView,
  createView,
  icebergView,
  readView,
  readViewAt,
  registerView,
} from '../../core/queries/iceberg/iceberg-views.ts'
import { requirePlace } from '../../core/queries/iceberg/metadata-places.ts'
import { checkSchema } from '../../formats/iceberg/schema.ts'
import { checkedViewRequirements, checkedViewUpdates, checkedViewVersion } from '../../formats/iceberg/update-checks.ts'
import { newView } from '../../formats/iceberg/view-metadata.ts'
import type { CatalogAnswer, CatalogEndpoint } from '../../protocol/rest-catalog.ts'
import { identifierIn, inCatalog, moved, namedTable, placeOf, requireFree, textIn } from './catalog-context.ts'
import { namespaceName, texts } from './namespaces.ts'
import { listed } from './tables.ts'

const answered = ({ metadata, location }: CommittedView): CatalogAnswer => ({
  body: { 'metadata-location': location, metadata },
})

export function views(lake: Lake): CatalogEndpoint[] {
  return [
    {
      name: 'listViews',
      address: 'GET /v1/{prefix}/namespaces/{namespace}/views',
      answer: (request) => listed(request, lake, isIcebergView),
    },
    {
      name: 'createView',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/views',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { labels, body } = request
          const name = { database: namespaceName(labels.namespace!), name: textIn(body, 'name') }
          requireFree('View', name, context)
          const { location } = await placeOf(name, body.location, request, lake)
          requirePlace(location, context)
          const metadata = newView({
            uuid: randomUUID(),
            location,
            schema: checkSchema(body.schema),
            version: checkedViewVersion(body['view-version']),
            properties: texts(body.properties, 'properties'),
          })
          return answered(await createView(name, metadata, context))
        }),
    },
    {
      name: 'loadView',
      address: 'GET /v1/{prefix}/namespaces/{namespace}/views/{view}',
      answer: (request) =>
        inCatalog(lake, request, async (context) =>
          answered(await readView(icebergView(namedTable(request), context), context)),
        ),
    },
    {
      name: 'viewExists',
      address: 'HEAD /v1/{prefix}/namespaces/{namespace}/views/{view}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          icebergView(namedTable(request), context)
          return {}
        }),
    },
    {
      name: 'replaceView',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/views/{view}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { requirements, updates } = request.body
          const uuid = checkedViewRequirements(requirements)
          const checked = checkedViewUpdates(updates)
          for (const update of checked) if (update.action === 'set-location') requirePlace(update.location, context)
          return answered(await commitView(namedTable(request), uuid, checked, context))
        }),
    },
    {
      name: 'dropView',
      address: 'DELETE /v1/{prefix}/namespaces/{namespace}/views/{view}',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const view = icebergView(namedTable(request), context)
          await lake.catalog.tables.delete(context.scope, view.database, view.descriptor.Name)
          return {}
        }),
    },
    {
      name: 'renameView',
      address: 'POST /v1/{prefix}/views/rename',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const source = identifierIn(request.body.source, 'source')
          icebergView(source, context)
          await moved(source, identifierIn(request.body.destination, 'destination'), context)
          return {}
        }),
    },
    {
      name: 'registerView',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/register-view',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const name = { database: namespaceName(request.labels.namespace!), name: textIn(request.body, 'name') }
          const location = textIn(request.body, 'metadata-location')
          requireFree('View', name, context)
          requirePlace(location, context)
          const view = await readViewAt(location, `${name.database}.${name.name}`, context)
          await registerView(name, view, context)
          return answered(view)
        }),
    },
  ]
}
