/**
 * Views as Iceberg keeps them: versions of a query, each in the dialects of several engines.
 * https://iceberg.apache.org/view-spec/
 */
import { isDeepStrictEqual } from 'node:util'
import { invalidArguments, invalidMetadata, unsupported } from './iceberg-error.ts'
import { withoutProperties } from './properties.ts'
import { checkSchema, type Schema } from './schema.ts'
import { sameSchema } from './specs.ts'

export interface ViewRepresentation {
  readonly type: string
  readonly sql?: string
  readonly dialect?: string
}

export interface ViewVersion {
  readonly 'version-id': number
  readonly 'schema-id': number
  readonly 'timestamp-ms': number
  readonly summary?: Readonly<Record<string, string>>
  readonly representations: readonly ViewRepresentation[]
  readonly 'default-catalog'?: string
  readonly 'default-namespace': readonly string[]
}

export interface ViewMetadata {
  readonly 'view-uuid': string
  readonly 'format-version': 1
  readonly location: string
  readonly 'current-version-id': number
  readonly versions: readonly ViewVersion[]
  readonly 'version-log': readonly { readonly 'timestamp-ms': number; readonly 'version-id': number }[]
  readonly schemas: readonly Schema[]
  readonly properties?: Readonly<Record<string, string>>
}

/** An id of -1 means the one that was added last. */
export type ViewUpdate =
  | { readonly action: 'assign-uuid'; readonly uuid: string }
  | { readonly action: 'upgrade-format-version'; readonly 'format-version': number }
  | { readonly action: 'add-schema'; readonly schema: Schema }
  | { readonly action: 'set-location'; readonly location: string }
  | { readonly action: 'set-properties'; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: 'remove-properties'; readonly removals: readonly string[] }
  | { readonly action: 'add-view-version'; readonly 'view-version': ViewVersion }
  | { readonly action: 'set-current-view-version'; readonly 'view-version-id': number }

/** `value`: the parsed file. Throws IcebergError. */
export function viewMetadata(value: unknown): ViewMetadata {
  const json = (typeof value === 'object' && value !== null ? value : {}) as Partial<ViewMetadata>
  const { schemas, versions, location } = json
  if (!Array.isArray(schemas) || !Array.isArray(versions) || typeof location !== 'string')
    throw invalidMetadata('it is no metadata of a view')
  schemas.forEach(checkSchema)
  const found = json as ViewMetadata
  currentVersion(found)
  return found
}

export function currentVersion(metadata: ViewMetadata): ViewVersion {
  const id = metadata['current-version-id']
  const version = metadata.versions.find((one) => one['version-id'] === id)
  if (!version) throw invalidMetadata(`Cannot find current version ${id} in view versions`)
  return version
}

export function schemaOfVersion(metadata: ViewMetadata, version: ViewVersion): Schema {
  const schema = metadata.schemas.find((one) => one['schema-id'] === version['schema-id'])
  if (!schema) throw invalidMetadata(`Cannot find schema ${version['schema-id']} of the view`)
  return schema
}

/** Of a view that is not there yet. */
const NO_VIEW: ViewMetadata = {
  'view-uuid': '',
  'format-version': 1,
  location: '',
  'current-version-id': -1,
  versions: [],
  'version-log': [],
  schemas: [],
  properties: {},
}

export interface NewView {
  readonly uuid: string
  readonly location: string
  readonly schema: Schema
  readonly version: ViewVersion
  readonly properties: Readonly<Record<string, string>>
}

export const newView = ({ uuid, location, schema, version, properties }: NewView): ViewMetadata =>
  updatedView(NO_VIEW, [
    { action: 'assign-uuid', uuid },
    { action: 'set-location', location },
    { action: 'set-properties', updates: properties },
    { action: 'add-schema', schema },
    { action: 'add-view-version', 'view-version': { ...version, 'schema-id': LAST } },
    { action: 'set-current-view-version', 'view-version-id': LAST },
  ])

const LAST = -1
const KEPT_VERSIONS = 10

interface Added {
  schema?: number
  version?: number
}

/** Throws IcebergError where one does not fit. */
export function updatedView(metadata: ViewMetadata, updates: readonly ViewUpdate[]): ViewMetadata {
  const added: Added = {}
  let changed = metadata
  for (const update of updates) changed = { ...changed, ...changes(changed, update, added) }
  requireDialects(metadata, changed)
  const most = Number(changed.properties?.['version.history.num-entries'] ?? KEPT_VERSIONS)
  const newest = changed.versions.toSorted((a, b) => b['version-id'] - a['version-id']).slice(0, Math.max(1, most))
  const kept = changed.versions.filter(
    (one) => newest.includes(one) || one['version-id'] === changed['current-version-id'],
  )
  const log = changed['version-log']
  const gap = log.findLastIndex((entry) => !kept.some((one) => one['version-id'] === entry['version-id']))
  return { ...changed, versions: kept, 'version-log': log.slice(gap + 1) }
}

function changes(metadata: ViewMetadata, update: ViewUpdate, added: Added): Partial<ViewMetadata> {
  switch (update.action) {
    case 'assign-uuid':
      if (metadata['view-uuid'] !== '' && metadata['view-uuid'] !== update.uuid)
        throw invalidMetadata('Cannot reassign uuid')
      return { 'view-uuid': update.uuid }
    case 'upgrade-format-version':
      if (update['format-version'] === 1) return {}
      throw unsupported(`Cannot upgrade view to format version v${update['format-version']} (supported: v1)`)
    case 'set-location':
      return { location: update.location }
    case 'set-properties':
      return { properties: { ...metadata.properties, ...update.updates } }
    case 'remove-properties':
      return { properties: withoutProperties(metadata.properties, update.removals) }
    case 'add-schema':
      return addSchema(metadata, update.schema, added)
    case 'add-view-version':
      return addVersion(metadata, update['view-version'], added)
    case 'set-current-view-version':
      return setCurrent(metadata, update['view-version-id'], added)
  }
}

function addSchema(metadata: ViewMetadata, schema: Schema, added: Added): Partial<ViewMetadata> {
  const known = metadata.schemas.find((one) => sameSchema(one, schema))
  added.schema = known?.['schema-id'] ?? Math.max(-1, ...metadata.schemas.map((one) => one['schema-id'] ?? 0)) + 1
  return known ? {} : { schemas: [...metadata.schemas, { ...schema, 'schema-id': added.schema }] }
}

/** A version that says the same as one before is that one. */
function addVersion(metadata: ViewMetadata, version: ViewVersion, added: Added): Partial<ViewMetadata> {
  const schemaId = version['schema-id'] === LAST ? added.schema : version['schema-id']
  if (!metadata.schemas.some((one) => one['schema-id'] === schemaId))
    throw invalidMetadata(`Cannot add version with unknown schema: ${schemaId}`)
  const dialects = version.representations.map((one) => one.dialect?.toLowerCase())
  const twice = dialects.find((dialect, i) => dialects.indexOf(dialect) < i)
  if (twice !== undefined)
    throw invalidArguments(`Invalid view version: Cannot add multiple queries for dialect ${twice}`)
  const wanted = { ...version, 'schema-id': schemaId! }
  const said = ({ 'version-id': _, 'timestamp-ms': __, ...rest }: ViewVersion) => rest
  const known = metadata.versions.find((one) => isDeepStrictEqual(said(one), said(wanted)))
  added.version = known?.['version-id'] ?? Math.max(0, ...metadata.versions.map((one) => one['version-id'])) + 1
  return known ? {} : { versions: [...metadata.versions, { ...wanted, 'version-id': added.version }] }
}

function setCurrent(metadata: ViewMetadata, id: number, added: Added): Partial<ViewMetadata> {
  const wanted = id === LAST ? added.version : id
  const version = metadata.versions.find((one) => one['version-id'] === wanted)
  if (!version) throw invalidMetadata(`Cannot set current version to unknown version: ${wanted}`)
  if (metadata['current-version-id'] === wanted) return {}
  const entry = { 'timestamp-ms': version['timestamp-ms'], 'version-id': version['version-id'] }
  return { 'current-version-id': version['version-id'], 'version-log': [...metadata['version-log'], entry] }
}

/** An engine that could read the view must not lose it unawares: `replace.drop-dialect.allowed` of the Java library. */
function requireDialects(before: ViewMetadata, after: ViewMetadata): void {
  if (before['current-version-id'] === -1 || after.properties?.['replace.drop-dialect.allowed'] === 'true') return
  const dialects = (metadata: ViewMetadata): string[] =>
    currentVersion(metadata).representations.flatMap(({ dialect }) => dialect?.toLowerCase() ?? [])
  const [had, has] = [dialects(before), dialects(after)]
  if (had.every((dialect) => has.includes(dialect))) return
  throw invalidMetadata(
    `Cannot replace view due to loss of view dialects (replace.drop-dialect.allowed=false):\nPrevious dialects: [${had.join(', ')}]\nNew dialects: [${has.join(', ')}]`,
  )
}
