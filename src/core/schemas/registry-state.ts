/** How the registry names things, and where in the state store they are. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { StateReader } from '../ports.ts'
import type { Compatibility, SchemaFormat } from './definition.ts'

export interface Registry {
  readonly name: string
  readonly description?: string
  /** ISO 8601, as all times here. */
  readonly createdAt: string
  readonly updatedAt: string
}

export interface Schema {
  /** What its versions hang on. */
  readonly id: string
  readonly registry: string
  readonly name: string
  readonly format: SchemaFormat
  readonly compatibility: Compatibility
  readonly description?: string
  /** The version from which on compatibility is asked for. */
  readonly checkpoint: number
  readonly latest: number
  readonly next: number
  readonly createdAt: string
  readonly updatedAt: string
}

export interface SchemaVersion {
  readonly id: string
  readonly number: number
  readonly definition: string
  /** A version that does not follow the others by the mode of the schema is kept, and has failed. */
  readonly status: 'AVAILABLE' | 'FAILURE'
  readonly createdAt: string
  readonly metadata: readonly { readonly key: string; readonly value: string; readonly createdAt: string }[]
}

/** A schema by its name, or one of its versions by id. */
export interface SchemaName {
  readonly registry: string
  readonly name: string
}

export const DEFAULT_REGISTRY = 'default-registry'
const SEPARATOR = '\0'

type Kind = 'registries' | 'schemas' | 'versions' | 'version-ids' | 'definitions'
export const space = (kind: Kind, { account, region }: Scope): string => `schemas/${kind}/${account}/${region}`

export const schemaKey = ({ registry, name }: SchemaName): string => `${registry}${SEPARATOR}${name}`
export const registryPrefix = (registry: string): string => `${registry}${SEPARATOR}`
export const versionsPrefix = (schema: Schema): string => `${schema.id}${SEPARATOR}`
/** Padded, so that versions sort as numbers. */
export const versionKey = (schema: Schema, number: number): string =>
  versionsPrefix(schema) + String(number).padStart(8, '0')
export const definitionKey = (schema: Schema, hash: string): string => versionsPrefix(schema) + hash

export const registryArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:glue:${region}:${account}:registry/${name}`
export const schemaArn = ({ account, region }: Scope, { registry, name }: SchemaName): string =>
  `arn:aws:glue:${region}:${account}:schema/${registry}/${name}`

/** Throws not-found. */
export function requireRegistry(state: StateReader, scope: Scope, name: string): Registry {
  const found = state.get<Registry>(space('registries', scope), name)
  if (!found) throw new Fault('not-found', 'registry', `Registry is not found. RegistryName: ${name}`)
  return found.doc
}

/** Throws not-found in the words that AWS's serializers look for. */
export function requireSchema(state: StateReader, scope: Scope, name: SchemaName): Schema {
  const found = state.get<Schema>(space('schemas', scope), schemaKey(name))
  if (!found) throw new Fault('not-found', 'schema', 'Schema is not found.')
  return found.doc
}

export function findVersion(
  state: StateReader,
  scope: Scope,
  schema: Schema,
  number: number,
): SchemaVersion | undefined {
  return state.get<SchemaVersion>(space('versions', scope), versionKey(schema, number))?.doc
}

export const versionMissing = (): Fault => new Fault('not-found', 'schema version', 'Schema version is not found.')

/** A version by its id, with its schema. Throws not-found. */
export function requireVersionById(
  state: StateReader,
  scope: Scope,
  id: string,
): { readonly schema: Schema; readonly version: SchemaVersion } {
  const place = state.get<SchemaName & { readonly number: number }>(space('version-ids', scope), id)?.doc
  if (!place) throw versionMissing()
  const schema = requireSchema(state, scope, place)
  const version = findVersion(state, scope, schema, place.number)
  if (!version) throw versionMissing()
  return { schema, version }
}
