import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateReader } from '../../core/ports.ts'
import type { SchemaVersion } from '../../core/schemas/registry-state.ts'
import { schemaArn } from '../../core/schemas/registry-state.ts'
import { type FoundVersion, putMetadata, removeMetadata } from '../../core/schemas/schema-versions.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { askedVersion } from './schema-versions.ts'
import { scopeOf } from './scope.ts'

export function schemaMetadata(lake: Lake): Handlers<typeof Sdk> {
  return {
    async PutSchemaVersionMetadata(input, call) {
      const scope = scopeOf(call, undefined)
      const pair = pairOf(input.MetadataKeyValue)
      const find = (state: StateReader) => askedVersion(state, scope, input)
      return changed(await putMetadata(lake, scope, find, pair), pair, scope)
    },

    async RemoveSchemaVersionMetadata(input, call) {
      const scope = scopeOf(call, undefined)
      const pair = pairOf(input.MetadataKeyValue)
      const find = (state: StateReader) => askedVersion(state, scope, input)
      return changed(await removeMetadata(lake, scope, find, pair), pair, scope)
    },

    /** All at once: there are ten at most. */
    QuerySchemaVersionMetadata(input, call) {
      const { version } = askedVersion(lake.state, scopeOf(call, undefined), input)
      const wanted = input.MetadataList
      const found = version.metadata.filter(
        ({ key, value }) =>
          !wanted?.length ||
          wanted.some(({ MetadataKey = key, MetadataValue = value }) => MetadataKey === key && MetadataValue === value),
      )
      return { MetadataInfoMap: infoMap(found), SchemaVersionId: version.id }
    },
  }
}

type Pair = { readonly key: string; readonly value: string }

function pairOf({
  MetadataKey,
  MetadataValue,
}: {
  readonly MetadataKey?: string
  readonly MetadataValue?: string
}): Pair {
  if (MetadataKey === undefined || MetadataValue === undefined)
    throw new AwsError('InvalidInputException', 'MetadataKey and MetadataValue are required.')
  return { key: MetadataKey, value: MetadataValue }
}

const changed = ({ schema, version }: FoundVersion, { key, value }: Pair, scope: Scope) => ({
  SchemaArn: schemaArn(scope, schema),
  SchemaName: schema.name,
  RegistryName: schema.registry,
  LatestVersion: schema.latest === version.number,
  VersionNumber: version.number,
  SchemaVersionId: version.id,
  MetadataKey: key,
  MetadataValue: value,
})

/** The newest value of a key comes first, the others are listed with it. */
function infoMap(metadata: SchemaVersion['metadata']): Record<string, Sdk.MetadataInfo> {
  const byKey = Map.groupBy(metadata.toReversed(), ({ key }) => key)
  return Object.fromEntries(
    [...byKey].map(([key, entries]) => {
      const [newest, ...others] = entries.map(({ value, createdAt }) => ({
        MetadataValue: value,
        CreatedTime: createdAt,
      }))
      return [key, { ...newest, ...(others.length > 0 && { OtherMetadataValueList: others }) }]
    }),
  )
}
