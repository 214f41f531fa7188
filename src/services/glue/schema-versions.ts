import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateReader } from '../../core/ports.ts'
import { askDefinitionFault } from '../../core/schemas/asked-definitions.ts'
import { jsonPatch } from '../../core/schemas/json-patch.ts'
import { requireSchema, requireVersionById, schemaArn, versionMissing } from '../../core/schemas/registry-state.ts'
import {
  deleteVersions,
  type FoundVersion,
  listVersions,
  registerVersion,
  requireVersion,
  versionOf,
} from '../../core/schemas/schema-versions.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { DEFAULT_PAGE } from './registries.ts'
import { schemaName, versionNumber } from './schemas.ts'
import { scopeOf } from './scope.ts'

/** What CheckSchemaVersionValidity says at most. */
const MOST_ERROR_TEXT = 5000
const MOST_DELETED = 100_000

export function schemaVersions(lake: Lake): Handlers<typeof Sdk> {
  return {
    async RegisterSchemaVersion(input, call) {
      const scope = scopeOf(call, undefined)
      const { version } = await registerVersion(lake, scope, schemaName(scope, input.SchemaId), input.SchemaDefinition)
      return { SchemaVersionId: version.id, VersionNumber: version.number, Status: version.status }
    },

    GetSchemaVersion(input, call) {
      const scope = scopeOf(call, undefined)
      const { schema, version } = askedVersion(lake.state, scope, input)
      return {
        SchemaVersionId: version.id,
        SchemaDefinition: version.definition,
        DataFormat: schema.format,
        SchemaArn: schemaArn(scope, schema),
        VersionNumber: version.number,
        Status: version.status,
        CreatedTime: version.createdAt,
      }
    },

    async GetSchemaByDefinition(input, call) {
      const scope = scopeOf(call, undefined)
      const schema = requireSchema(lake.state, scope, schemaName(scope, input.SchemaId))
      const sound = (await askDefinitionFault(schema.format, input.SchemaDefinition)) === undefined
      const version = sound ? versionOf(lake.state, scope, schema, input.SchemaDefinition) : undefined
      if (!version) throw versionMissing()
      return {
        SchemaVersionId: version.id,
        SchemaArn: schemaArn(scope, schema),
        DataFormat: schema.format,
        Status: version.status,
        CreatedTime: version.createdAt,
      }
    },

    ListSchemaVersions(input, call) {
      const scope = scopeOf(call, undefined)
      const name = schemaName(scope, input.SchemaId)
      const { items, NextToken } = pageOf(
        input.MaxResults ?? DEFAULT_PAGE,
        input.NextToken,
        (page) => listVersions(lake, scope, name, page),
        ({ key }) => key,
      )
      const Schemas = items.map(({ version }) => ({
        SchemaArn: schemaArn(scope, name),
        SchemaVersionId: version.id,
        VersionNumber: version.number,
        Status: version.status,
        CreatedTime: version.createdAt,
      }))
      return { Schemas, NextToken }
    },

    async DeleteSchemaVersions(input, call) {
      const scope = scopeOf(call, undefined)
      const missing = await deleteVersions(lake, scope, schemaName(scope, input.SchemaId), numbersIn(input.Versions))
      const ErrorDetails = { ErrorCode: 'EntityNotFoundException', ErrorMessage: versionMissing().message }
      return { SchemaVersionErrors: missing.map((VersionNumber) => ({ VersionNumber, ErrorDetails })) }
    },

    async CheckSchemaVersionValidity(input) {
      const fault = await askDefinitionFault(input.DataFormat, input.SchemaDefinition)
      return fault === undefined ? { Valid: true } : { Valid: false, Error: fault.slice(0, MOST_ERROR_TEXT) }
    },

    GetSchemaVersionsDiff(input, call) {
      const scope = scopeOf(call, undefined)
      const name = schemaName(scope, input.SchemaId)
      const [first, second] = [input.FirstSchemaVersionNumber, input.SecondSchemaVersionNumber].map((number) => {
        const { schema, version } = requireVersion(lake.state, scope, name, versionNumber(number))
        return schema.format === 'PROTOBUF' ? version.definition : (JSON.parse(version.definition) as unknown)
      })
      return { Diff: JSON.stringify(jsonPatch(first, second)) }
    },
  }
}

interface AskedVersion {
  readonly SchemaId?: { readonly SchemaArn?: string; readonly SchemaName?: string; readonly RegistryName?: string }
  readonly SchemaVersionId?: string
  readonly SchemaVersionNumber?: { readonly LatestVersion?: boolean; readonly VersionNumber?: number }
}

/** "Either this (SchemaVersionId) or the SchemaId wrapper has to be provided." */
export function askedVersion(state: StateReader, scope: Scope, asked: AskedVersion): FoundVersion {
  const { SchemaId, SchemaVersionId, SchemaVersionNumber } = asked
  if (SchemaVersionId !== undefined) {
    if (SchemaId || SchemaVersionNumber)
      throw new AwsError(
        'InvalidInputException',
        'No other input parameters can be specified when fetching by SchemaVersionId.',
      )
    return requireVersionById(state, scope, SchemaVersionId)
  }
  if (!SchemaId || !SchemaVersionNumber)
    throw new AwsError(
      'InvalidInputException',
      'One of (SchemaId and SchemaVersionNumber) or SchemaVersionId has to be provided.',
    )
  return requireVersion(state, scope, schemaName(scope, SchemaId), versionNumber(SchemaVersionNumber))
}

/** "A single version number, 5", or "a range, 5-8". */
function numbersIn(versions: string): number[] {
  const [, first = '', last = first] = /^([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?$/.exec(versions) ?? []
  const count = Number(last) - Number(first) + 1
  if (first === '' || count < 1 || count > MOST_DELETED)
    throw new Fault('invalid', 'schema version', `Invalid versions: ${versions}`)
  return Array.from({ length: count }, (_, i) => Number(first) + i)
}
