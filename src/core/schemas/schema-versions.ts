import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { askCompatibilityFault, askDefinitionFault } from './asked-definitions.ts'
import { definitionHash, type SchemaFormat } from './definition.ts'
import type { Rooms } from './registry.ts'
import {
  definitionKey,
  findVersion,
  requireSchema,
  type Schema,
  type SchemaName,
  type SchemaVersion,
  schemaKey,
  space,
  versionKey,
  versionMissing,
  versionsPrefix,
} from './registry-state.ts'

/** "You can have up to 10000 schema versions per AWS Region for this account", "up to 10 key-value pairs per SchemaVersion". */
const MOST_VERSIONS = 10_000
const MOST_METADATA = 10

export interface FoundVersion {
  readonly schema: Schema
  readonly version: SchemaVersion
}

/** Throws invalid. */
export async function requireDefinition(format: SchemaFormat, definition: string): Promise<void> {
  const fault = await askDefinitionFault(format, definition)
  if (fault !== undefined)
    throw new Fault('invalid', 'schema', `Schema definition of ${format} data format is invalid: ${fault}`)
}

/** The next version of the schema, which is written too. Throws `Fault('limit', 'schema version')`. */
export function putVersion(
  tx: StateTransaction,
  scope: Scope,
  schema: Schema,
  definition: string,
  status: SchemaVersion['status'],
  now: string,
): FoundVersion {
  if (tx.count(space('version-ids', scope)) >= MOST_VERSIONS)
    throw new Fault(
      'limit',
      'schema version',
      `More schema versions cannot be created. The maximum limit of ${MOST_VERSIONS} has been reached.`,
    )
  const number = schema.next
  const version: SchemaVersion = { id: randomUUID(), number, definition, status, createdAt: now, metadata: [] }
  const changed: Schema = { ...schema, next: number + 1, ...(status === 'AVAILABLE' && { latest: number }) }
  tx.put(space('versions', scope), versionKey(schema, number), version)
  tx.put(space('version-ids', scope), version.id, { registry: schema.registry, name: schema.name, number })
  if (status === 'AVAILABLE')
    tx.put(space('definitions', scope), definitionKey(schema, definitionHash(schema.format, definition)), number)
  tx.put(space('schemas', scope), schemaKey(schema), changed)
  return { schema: changed, version }
}

/** The version that has the definition already, or a new one: one that has failed where it does not follow the others. */
export async function registerVersion(
  { state, clock }: Rooms,
  scope: Scope,
  name: SchemaName,
  definition: string,
): Promise<FoundVersion> {
  for (;;) {
    const schema = requireSchema(state, scope, name)
    await requireDefinition(schema.format, definition)
    const earlier = availableFrom(state, scope, schema).map((version) => version.definition)
    const fault = await askCompatibilityFault(schema.format, schema.compatibility, definition, earlier)
    const registered = await state.transaction((tx) => {
      const existing = versionOf(tx, scope, schema, definition)
      if (existing) return { schema, version: existing }
      // Who has changed it meanwhile has changed what the definition is to follow.
      if (!isDeepStrictEqual(requireSchema(tx, scope, name), schema)) return undefined
      if (schema.compatibility === 'DISABLED')
        throw new Fault(
          'invalid',
          'schema version',
          `Compatibility DISABLED does not allow versioning. SchemaId: SchemaId(registryName=${name.registry}, schemaName=${name.name})`,
        )
      const status = fault === undefined ? 'AVAILABLE' : 'FAILURE'
      return putVersion(tx, scope, schema, definition, status, clock.now().toISOString())
    })
    if (registered) return registered
  }
}

/** Those from the checkpoint on. */
function availableFrom(state: StateReader, scope: Scope, schema: Schema): SchemaVersion[] {
  const prefix = versionsPrefix(schema)
  const found = state.list<SchemaVersion>(space('versions', scope), { prefix, limit: schema.next })
  return found
    .map(({ doc }) => doc)
    .filter(({ number, status }) => status === 'AVAILABLE' && (number >= schema.checkpoint || number === schema.latest))
}

/** The version of this definition, be it spelled otherwise. */
export function versionOf(
  state: StateReader,
  scope: Scope,
  schema: Schema,
  definition: string,
): SchemaVersion | undefined {
  const key = definitionKey(schema, definitionHash(schema.format, definition))
  const number = state.get<number>(space('definitions', scope), key)?.doc
  return number === undefined ? undefined : findVersion(state, scope, schema, number)
}

export function listVersions(
  { state }: Rooms,
  scope: Scope,
  name: SchemaName,
  page: { after?: string; limit: number },
): { readonly key: string; readonly version: SchemaVersion }[] {
  const prefix = versionsPrefix(requireSchema(state, scope, name))
  const found = state.list<SchemaVersion>(space('versions', scope), { prefix, ...page })
  return found.map(({ key, doc }) => ({ key, version: doc }))
}

/**
 * Of the numbers those that are there; answers the others. The first version goes with the schema only, and none goes
 * while one of them is the checkpoint.
 */
export async function deleteVersions(
  { state }: Rooms,
  scope: Scope,
  name: SchemaName,
  numbers: readonly number[],
): Promise<number[]> {
  return state.transaction((tx) => {
    const schema = requireSchema(tx, scope, name)
    if (numbers.includes(1)) throw new Fault('invalid', 'schema version', 'Cannot delete the first schema version.')
    if (numbers.includes(schema.checkpoint))
      throw new Fault('conflict', 'schema version', `Version ${schema.checkpoint} is the checkpoint of the schema.`)
    const missing = numbers.filter((number) => !deleteVersion(tx, scope, schema, number))
    const [last] = tx
      .list<SchemaVersion>(space('versions', scope), {
        prefix: versionsPrefix(schema),
        limit: schema.next,
        descending: true,
      })
      .filter(({ doc }) => doc.status === 'AVAILABLE')
    tx.put(space('schemas', scope), schemaKey(schema), { ...schema, latest: last!.doc.number })
    return missing
  })
}

function deleteVersion(tx: StateTransaction, scope: Scope, schema: Schema, number: number): boolean {
  const found = findVersion(tx, scope, schema, number)
  if (!found) return false
  const key = definitionKey(schema, definitionHash(schema.format, found.definition))
  if (tx.get<number>(space('definitions', scope), key)?.doc === number) tx.delete(space('definitions', scope), key)
  tx.delete(space('version-ids', scope), found.id)
  return tx.delete(space('versions', scope), versionKey(schema, number))
}

/** `find` names the version within the transaction. Throws already-exists and `Fault('limit', 'metadata')`. */
export async function putMetadata(
  { state, clock }: Rooms,
  scope: Scope,
  find: (state: StateReader) => FoundVersion,
  pair: { readonly key: string; readonly value: string },
): Promise<FoundVersion> {
  return state.transaction((tx) => {
    const { schema, version } = find(tx)
    if (version.metadata.some(({ key, value }) => key === pair.key && value === pair.value))
      throw new Fault(
        'already-exists',
        'metadata',
        `Resource already exist for schema version id: ${version.id}, metadata key: ${pair.key}, metadata value: ${pair.value}`,
      )
    if (version.metadata.length >= MOST_METADATA)
      throw new Fault('limit', 'metadata', `Your resource limits for Schema Version Metadata have been exceeded.`)
    const metadata = [...version.metadata, { ...pair, createdAt: clock.now().toISOString() }]
    tx.put(space('versions', scope), versionKey(schema, version.number), { ...version, metadata })
    return { schema, version: { ...version, metadata } }
  })
}

/** Throws not-found. */
export async function removeMetadata(
  { state }: Rooms,
  scope: Scope,
  find: (state: StateReader) => FoundVersion,
  pair: { readonly key: string; readonly value: string },
): Promise<FoundVersion> {
  return state.transaction((tx) => {
    const { schema, version } = find(tx)
    const metadata = version.metadata.filter(({ key, value }) => key !== pair.key || value !== pair.value)
    if (metadata.length === version.metadata.length)
      throw new Fault(
        'not-found',
        'metadata',
        `Resource is not found for schema version id: ${version.id}, metadata key: ${pair.key}, metadata value: ${pair.value}`,
      )
    tx.put(space('versions', scope), versionKey(schema, version.number), { ...version, metadata })
    return { schema, version: { ...version, metadata } }
  })
}

/** A version by its number, or the latest. Throws not-found. */
export function requireVersion(
  state: StateReader,
  scope: Scope,
  name: SchemaName,
  number: number | 'latest',
): FoundVersion {
  const schema = requireSchema(state, scope, name)
  const version = findVersion(state, scope, schema, number === 'latest' ? schema.latest : number)
  if (!version) throw versionMissing()
  return { schema, version }
}
