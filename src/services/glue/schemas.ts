import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { createSchema, deleteSchema, listSchemas, updateSchema } from '../../core/schemas/registry.ts'
import {
  DEFAULT_REGISTRY,
  registryArn,
  requireSchema,
  type Schema,
  type SchemaName,
  schemaArn,
} from '../../core/schemas/registry-state.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { DEFAULT_PAGE, registryName } from './registries.ts'
import { scopeOf } from './scope.ts'

export function schemas(lake: Lake): Handlers<typeof Sdk> {
  return {
    async CreateSchema(input, call) {
      const scope = scopeOf(call, undefined)
      if (input.SchemaDefinition === undefined)
        throw new AwsError('InvalidInputException', 'SchemaDefinition is required.')
      const { schema, version } = await createSchema(lake, scope, {
        registry: input.RegistryId ? registryName(scope, input.RegistryId) : DEFAULT_REGISTRY,
        name: input.SchemaName,
        format: input.DataFormat,
        compatibility: input.Compatibility ?? 'NONE',
        description: input.Description,
        definition: input.SchemaDefinition,
        tags: input.Tags,
      })
      const { CreatedTime: _, UpdatedTime: __, ...described } = schemaDetails(schema, scope)
      return { ...described, Tags: input.Tags, SchemaVersionId: version.id, SchemaVersionStatus: version.status }
    },

    GetSchema(input, call) {
      const scope = scopeOf(call, undefined)
      return schemaDetails(requireSchema(lake.state, scope, schemaName(scope, input.SchemaId)), scope)
    },

    async UpdateSchema(input, call) {
      const scope = scopeOf(call, undefined)
      const name = schemaName(scope, input.SchemaId)
      const { SchemaVersionNumber: number, Compatibility } = input
      // "If the value for Compatibility is provided, the VersionNumber (a checkpoint) is also required."
      if (number === undefined)
        throw new AwsError('InvalidInputException', 'One of VersionNumber or LatestVersion is required.')
      await updateSchema(lake, scope, name, {
        compatibility: Compatibility,
        checkpoint: versionNumber(number),
        description: input.Description,
      })
      return { SchemaArn: schemaArn(scope, name), SchemaName: name.name, RegistryName: name.registry }
    },

    ListSchemas(input, call) {
      const scope = scopeOf(call, undefined)
      const registry = input.RegistryId && registryName(scope, input.RegistryId)
      const { items, NextToken } = pageOf(
        input.MaxResults ?? DEFAULT_PAGE,
        input.NextToken,
        (page) => listSchemas(lake, scope, registry, page),
        ({ key }) => key,
      )
      return { Schemas: items.map(({ doc }) => schemaItem(doc, scope)), NextToken }
    },

    async DeleteSchema(input, call) {
      const scope = scopeOf(call, undefined)
      const name = schemaName(scope, input.SchemaId)
      await deleteSchema(lake, scope, name)
      return { SchemaArn: schemaArn(scope, name), SchemaName: name.name, Status: 'DELETING' }
    },
  }
}

/** "Either SchemaArn or SchemaName and RegistryName has to be provided"; without a registry it is the default one. */
export function schemaName(
  scope: Scope,
  id: { readonly SchemaArn?: string; readonly SchemaName?: string; readonly RegistryName?: string } | undefined,
): SchemaName {
  const { SchemaArn, SchemaName: name, RegistryName: registry = DEFAULT_REGISTRY } = id ?? {}
  if ((name === undefined) === (SchemaArn === undefined))
    throw new Fault(
      'invalid',
      'schema',
      'One of (registryName and schemaName) or schemaArn has to be provided, both cannot be provided.',
    )
  if (name !== undefined) return { registry, name }
  const prefix = schemaArn(scope, { registry: '', name: '' }).slice(0, -1)
  const [found, named] = SchemaArn!.startsWith(prefix) ? SchemaArn!.slice(prefix.length).split('/') : []
  if (found === undefined || named === undefined) throw new Fault('not-found', 'schema', 'Schema is not found.')
  return { registry: found, name: named }
}

/** One of the two has to be said. */
export function versionNumber({
  LatestVersion,
  VersionNumber,
}: {
  readonly LatestVersion?: boolean
  readonly VersionNumber?: number
}): number | 'latest' {
  if (VersionNumber !== undefined && !LatestVersion) return VersionNumber
  if (LatestVersion && VersionNumber === undefined) return 'latest'
  throw new Fault('invalid', 'schema version', 'One of version number or latest version is required.')
}

const schemaItem = (schema: Schema, scope: Scope): Sdk.SchemaListItem => ({
  RegistryName: schema.registry,
  SchemaName: schema.name,
  SchemaArn: schemaArn(scope, schema),
  Description: schema.description,
  SchemaStatus: 'AVAILABLE',
  CreatedTime: schema.createdAt,
  UpdatedTime: schema.updatedAt,
})

const schemaDetails = (schema: Schema, scope: Scope) => ({
  ...schemaItem(schema, scope),
  RegistryArn: registryArn(scope, schema.registry),
  DataFormat: schema.format,
  Compatibility: schema.compatibility,
  SchemaCheckpoint: schema.checkpoint,
  LatestSchemaVersion: schema.latest,
  NextSchemaVersion: schema.next,
})
