/**
 * How clients reach a table's files: where S3 is, and, for who asks for it, keys that open this table's folder and no other, or
 * the address at which single requests are signed. docs: lake-formation dg, credential-vending; and the specification,
 * "X-Iceberg-Access-Delegation".
 */

import { withinSession } from '../../core/access/credentials.ts'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { asFolder } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { type FilePermits, S3_PATH } from '../../core/forwarding/forwarded-files.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import { lakeUri } from '../../core/objects/addresses.ts'
import { readMetadata } from '../../core/queries/iceberg/metadata-file.ts'
import { icebergTable, mayChange } from '../../core/queries/iceberg/requested-commits.ts'
import type { TableMetadata } from '../../formats/iceberg/metadata.ts'
import type { CatalogEndpoint, CatalogRequest } from '../../protocol/rest-catalog.ts'
import { signedS3Headers } from '../../protocol/sigv4-signing.ts'
import { tellAccess } from './access-events.ts'
import { mayWriteData } from './authorization.ts'
import { GLUE_PRINCIPAL, inCatalog, namedTable, type TableIdentifier, textIn } from './catalog-context.ts'
import { catalogScope } from './catalog-scope.ts'
import { badRequest } from './faults.ts'

type Config = Readonly<Record<string, string>>

export interface StorageAccess {
  readonly config: Config
  readonly 'storage-credentials'?: readonly StorageCredential[]
}

interface StorageCredential {
  readonly prefix: string
  readonly config: Config
}

interface Vending {
  readonly sessions: Sessions
  readonly clock: Lake['clock']
  /** The keys change nothing. */
  readonly readsOnly?: true | undefined
  /** Of a caller whose policies are asked: no key opens more than they do. */
  readonly permits?: FilePermits | undefined
  /** Hears of the key that is given. */
  readonly given: (accessKeyId: string, readsOnly: boolean) => void
}

/** What keys to a table's files are made of, for who may change its rows or who may not. */
export function vending(lake: Lake, sessions: Sessions, request: CatalogRequest, of: TableIdentifier): Vending {
  const { principal } = request.call
  const where = catalogScope(request, lake)
  const { scope } = where
  const name = { database: of.database, table: of.name }
  const writes = mayChange({ rooms: lake, principal, scope }, name) && mayWriteData(lake, request, of, where)
  return {
    sessions,
    clock: lake.clock,
    readsOnly: writes ? undefined : true,
    permits: where.tableBucket ? undefined : permitsFor(lake, request, of, scope),
    given: (accessKeyId, readsOnly) => tellAccess(lake, request, of, { columns: [], accessKeyId, readsOnly }),
  }
}

function permitsFor(
  lake: Lake,
  { call }: CatalogRequest,
  { database, name }: TableIdentifier,
  scope: Scope,
): FilePermits | undefined {
  const { forwarded } = forwardedLake(lake, call, GLUE_PRINCIPAL)
  const table = forwarded && lake.catalog.tables.find(scope, database, name)
  if (table) forwarded.met(scope, table)
  return forwarded?.permits
}

/** The longest that AWS's own are good for. */
const VENDED_MS = 12 * 3600 * 1000

/** Of this server, whatever else a client knows of S3. */
export const storageConfig = ({ origin, call }: CatalogRequest): Config => ({
  's3.endpoint': origin,
  's3.path-style-access': 'true',
  's3.region': call.region,
  'client.region': call.region,
})

/** Data and metadata may lie elsewhere than the table. */
export function tableFolders({ location, properties = {} }: TableMetadata): string[] {
  const more = [properties['write.data.path'], properties['write.metadata.path']]
  return [location, ...more.flatMap((folder) => (folder && !folder.startsWith(`${location}/`) ? [folder] : []))]
}

/** `locations`: folders of the table, which `tablePath` addresses. */
export function storageAccess(
  request: CatalogRequest,
  locations: readonly string[],
  rooms: Vending,
  tablePath: string,
): StorageAccess {
  const config = storageConfig(request)
  const credentials = askedCredentials(request, locations, rooms)
  if (credentials) return { config: { ...config, ...credentials[0]?.config }, 'storage-credentials': credentials }
  if (!delegations(request).has('remote-signing')) return { config }
  return {
    config: {
      ...config,
      's3.remote-signing-enabled': 'true',
      's3.signer': 'S3V4RestSigner',
      's3.signer.uri': `${request.origin}/iceberg`,
      's3.signer.endpoint': `${tablePath}/sign`,
      token: rooms.sessions.issueBearer(request.call.principal, expiry(request, rooms)),
    },
  }
}

const delegations = ({ headers }: CatalogRequest): ReadonlySet<string> =>
  new Set((headers['x-iceberg-access-delegation'] ?? '').split(',').map((one) => one.trim()))

/** Undefined where the client asks for none. */
export const askedCredentials = (
  request: CatalogRequest,
  locations: readonly string[],
  rooms: Vending,
): StorageCredential[] | undefined =>
  delegations(request).has('vended-credentials') ? vended(request, locations, rooms) : undefined

const expiry = ({ call }: CatalogRequest, { clock }: { readonly clock: Lake['clock'] }): Date =>
  withinSession(call.principal, new Date(clock.now().getTime() + VENDED_MS))

function vended(request: CatalogRequest, locations: readonly string[], rooms: Vending): StorageCredential[] {
  const confinedTo = locations.map((location) => asFolder(lakeUri(location)))
  const expiresAt = expiry(request, rooms)
  const { permits } = rooms
  for (const folder of confinedTo)
    if (permits && !permits.allowsFolder('GetObject', folder))
      throw new Fault('denied', S3_PATH, `Permission denied on S3 path: ${folder}`)
  const readsOnly =
    rooms.readsOnly || confinedTo.some((folder) => permits && !permits.allowsFolder('PutObject', folder))
  const session = rooms.sessions.issue(
    { ...request.call.principal, confinedTo, ...(readsOnly && { readsOnly }) },
    expiresAt,
  )
  rooms.given(session.accessKeyId, readsOnly)
  const config = {
    ...storageConfig(request),
    's3.access-key-id': session.accessKeyId,
    's3.secret-access-key': session.secretAccessKey,
    's3.session-token': session.sessionToken,
    's3.session-token-expires-at-ms': String(expiresAt.getTime()),
  }
  return locations.map((prefix) => ({ prefix, config }))
}

export function storage(lake: Lake, sessions: Sessions): CatalogEndpoint[] {
  const rooms = { sessions, clock: lake.clock }

  const sign = (request: CatalogRequest) => {
    const uri = textIn(request.body, 'uri')
    const method = textIn(request.body, 'method')
    const region = textIn(request.body, 'region')
    if (!URL.canParse(uri)) throw badRequest(`Not an address: ${uri}`)
    const session = sessions.issue(request.call.principal, expiry(request, rooms))
    const headers = headersIn(request.body.headers)
    const signed = signedS3Headers({ method, url: new URL(uri), headers, region }, session, lake.clock.now())
    return {
      body: { uri, headers: Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, [value]])) },
    }
  }

  return [
    {
      name: 'loadCredentials',
      address: 'GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/credentials',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { database, name } = namedTable(request)
          const metadata = await readMetadata(icebergTable(database, name, context), context)
          const access = vending(lake, sessions, request, { database, name })
          return { body: { 'storage-credentials': vended(request, tableFolders(metadata), access) } }
        }),
    },
    {
      name: 'signRequest',
      address: 'POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/sign',
      answer: (request) =>
        inCatalog(lake, request, async (context) => {
          const { database, name } = namedTable(request)
          const { location } = await readMetadata(icebergTable(database, name, context), context)
          const uri = textIn(request.body, 'uri')
          const folder = asFolder(lakeUri(location).slice('s3:/'.length))
          const path = URL.canParse(uri) ? decodeURIComponent(new URL(uri).pathname) : ''
          const listed = URL.canParse(uri) ? new URL(uri).searchParams.get('prefix') : null
          const asked = listed === null ? path : `${asFolder(path)}${listed}`
          const isRead = /^(get|head)$/i.test(textIn(request.body, 'method'))
          if (!isRead && vending(lake, sessions, request, { database, name }).readsOnly)
            throw new Fault('denied', 'table', `The table ${database}.${name} may only be read`)
          if (!`${asked}/`.startsWith(folder)) throw badRequest(`${uri} is no place of the table ${database}.${name}`)
          return sign(request)
        }),
    },
    { name: 'signS3Request', address: 'POST /v1/aws/s3/sign', answer: sign },
  ]
}

/** Each name has a list of values; of a name in two spellings the later counts. */
function headersIn(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(
    entries.map(([name, values]) => [name.toLowerCase(), Array.isArray(values) ? values.join(',') : String(values)]),
  )
}
