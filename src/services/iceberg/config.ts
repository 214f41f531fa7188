import type { Lake } from '../../core/lake.ts'
import type { CatalogEndpoint } from '../../protocol/rest-catalog.ts'
import { catalogScope, prefixOf } from './catalog-scope.ts'
import { storageConfig } from './storage-access.ts'

/** `addresses`: all that the catalog serves; clients ask for nothing else. */
export const config = (lake: Lake, addresses: readonly string[]): CatalogEndpoint => ({
  name: 'getConfig',
  address: 'GET /v1/config',
  answer(request) {
    const prefix = prefixOf(request.query.get('warehouse') ?? undefined, request)
    // Whoever asks for a catalog that is not there hears it now.
    catalogScope({ ...request, prefix: prefix.split('/').map(decodeURIComponent).join('/') }, lake)
    return { body: { defaults: storageConfig(request), overrides: { prefix }, endpoints: addresses } }
  },
})
