/**
 * The schema registry: registries, their schemas, and the versions of those, each with its metadata. Knows no wire and
 * no stream. Faults have AWS's texts: not-found, already-exists, invalid, limit, conflict.
 */
import { randomUUID } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateStore, StateTransaction, Versioned } from '../ports.ts'
import { addTags, eraseTags, type Tags } from '../resources/tags.ts'
import type { Compatibility, SchemaFormat } from './definition.ts'
import {
  DEFAULT_REGISTRY,
  findVersion,
  type Registry,
  registryArn,
  registryPrefix,
  requireRegistry,
  requireSchema,
  type Schema,
  type SchemaName,
  type SchemaVersion,
  schemaArn,
  schemaKey,
  space,
  versionMissing,
  versionsPrefix,
} from './registry-state.ts'
import { putVersion, requireDefinition } from './schema-versions.ts'

/** "You can have up to 100 registries per AWS Region for this account": glue dg, schema-registry. */
const MOST_REGISTRIES = 100
const PORTION = 500

export interface Rooms {
  readonly state: StateStore
  readonly clock: Clock
}

interface NewSchema extends SchemaName {
  readonly format: SchemaFormat
  readonly compatibility: Compatibility
  readonly description?: string
  readonly definition: string
  readonly tags?: Tags
}

export async function createRegistry(
  { state, clock }: Rooms,
  scope: Scope,
  { name, description, tags = {} }: { readonly name: string; readonly description?: string; readonly tags?: Tags },
): Promise<void> {
  await state.transaction((tx) => {
    if (tx.get(space('registries', scope), name))
      throw new Fault('already-exists', 'registry', `Registry already exists. RegistryName: ${name}`)
    putNewRegistry(tx, scope, clock, name, description)
    addTags(tx, registryArn(scope, name), tags)
  })
}

function putNewRegistry(tx: StateTransaction, scope: Scope, clock: Clock, name: string, description?: string): void {
  if (tx.count(space('registries', scope)) >= MOST_REGISTRIES)
    throw new Fault(
      'limit',
      'registry',
      `More registries cannot be created. The maximum limit of ${MOST_REGISTRIES} has been reached.`,
    )
  const now = clock.now().toISOString()
  tx.put(space('registries', scope), name, { name, description, createdAt: now, updatedAt: now } satisfies Registry)
}

export async function describeRegistry(
  { state, clock }: Rooms,
  scope: Scope,
  name: string,
  description: string,
): Promise<void> {
  await state.transaction((tx) => {
    const found = requireRegistry(tx, scope, name)
    tx.put(space('registries', scope), name, { ...found, description, updatedAt: clock.now().toISOString() })
  })
}

export const listRegistries = ({ state }: Rooms, scope: Scope, page: { after?: string; limit: number }): Registry[] =>
  state.list<Registry>(space('registries', scope), page).map(({ doc }) => doc)

/** With all its schemas. */
export async function deleteRegistry({ state }: Rooms, scope: Scope, name: string): Promise<void> {
  await state.transaction((tx) => {
    requireRegistry(tx, scope, name)
    for (;;) {
      const schemas = tx.list<Schema>(space('schemas', scope), { prefix: registryPrefix(name), limit: PORTION })
      for (const { doc } of schemas) eraseSchema(tx, scope, doc)
      if (schemas.length < PORTION) break
    }
    tx.delete(space('registries', scope), name)
    eraseTags(tx, registryArn(scope, name))
  })
}

/** With its first version. The default registry is made by the first schema that is put there. */
export async function createSchema(
  { state, clock }: Rooms,
  scope: Scope,
  wanted: NewSchema,
): Promise<{ readonly schema: Schema; readonly version: SchemaVersion }> {
  await requireDefinition(wanted.format, wanted.definition)
  return state.transaction((tx) => {
    const { registry, name, format, compatibility, description } = wanted
    if (registry === DEFAULT_REGISTRY && !tx.get(space('registries', scope), registry))
      putNewRegistry(tx, scope, clock, registry)
    requireRegistry(tx, scope, registry)
    if (tx.get(space('schemas', scope), schemaKey(wanted)))
      throw new Fault(
        'already-exists',
        'schema',
        `Schema already exists. SchemaName: ${name}, RegistryName: ${registry}`,
      )
    const now = clock.now().toISOString()
    const bare = {
      id: randomUUID(),
      registry,
      name,
      format,
      compatibility,
      description,
      createdAt: now,
      updatedAt: now,
    }
    addTags(tx, schemaArn(scope, wanted), wanted.tags ?? {})
    return putVersion(tx, scope, { ...bare, checkpoint: 1, latest: 0, next: 1 }, wanted.definition, 'AVAILABLE', now)
  })
}

/** A checkpoint is a version that is there. */
export async function updateSchema(
  { state, clock }: Rooms,
  scope: Scope,
  name: SchemaName,
  change: {
    readonly compatibility?: Compatibility
    readonly checkpoint?: number | 'latest'
    readonly description?: string
  },
): Promise<void> {
  await state.transaction((tx) => {
    const found = requireSchema(tx, scope, name)
    const checkpoint = change.checkpoint === 'latest' ? found.latest : (change.checkpoint ?? found.checkpoint)
    if (findVersion(tx, scope, found, checkpoint)?.status !== 'AVAILABLE') throw versionMissing()
    tx.put(space('schemas', scope), schemaKey(name), {
      ...found,
      checkpoint,
      compatibility: change.compatibility ?? found.compatibility,
      description: change.description ?? found.description,
      updatedAt: clock.now().toISOString(),
    } satisfies Schema)
  })
}

/** Of one registry, or of all. `after` is the key of the last one seen. */
export function listSchemas(
  { state }: Rooms,
  scope: Scope,
  registry: string | undefined,
  page: { after?: string; limit: number },
): Versioned<Schema>[] {
  if (registry !== undefined) requireRegistry(state, scope, registry)
  const prefix = registry === undefined ? '' : registryPrefix(registry)
  return state.list<Schema>(space('schemas', scope), { prefix, ...page })
}

export async function deleteSchema({ state }: Rooms, scope: Scope, name: SchemaName): Promise<void> {
  await state.transaction((tx) => eraseSchema(tx, scope, requireSchema(tx, scope, name)))
}

function eraseSchema(tx: StateTransaction, scope: Scope, schema: Schema): void {
  const prefix = versionsPrefix(schema)
  for (const { doc } of tx.list<SchemaVersion>(space('versions', scope), { prefix, limit: schema.next }))
    tx.delete(space('version-ids', scope), doc.id)
  for (const kind of ['versions', 'definitions'] as const) tx.deleteAll(space(kind, scope), prefix)
  tx.delete(space('schemas', scope), schemaKey(schema))
  eraseTags(tx, schemaArn(scope, schema))
}
