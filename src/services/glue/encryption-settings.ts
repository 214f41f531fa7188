import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import {
  encryptionSettings as catalogSettings,
  GLUE_KEY,
  keyScope,
  putEncryptionSettings,
} from '../../core/catalog/catalog-encryption.ts'
import { requireUsable } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'

/** Of a catalog that nobody has set up. */
const NONE: Sdk.DataCatalogEncryptionSettings = {
  EncryptionAtRest: { CatalogEncryptionMode: 'DISABLED' },
  ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: false },
}

export const passwordEncryption = (
  { state }: Pick<Lake, 'state'>,
  scope: Scope,
): Sdk.ConnectionPasswordEncryption | undefined =>
  catalogSettings<Sdk.DataCatalogEncryptionSettings>(state, scope)?.ConnectionPasswordEncryption

export function encryptionSettings({ state, keys }: Lake): Handlers<typeof Sdk> {
  return {
    GetDataCatalogEncryptionSettings(input, call) {
      const found = catalogSettings<Sdk.DataCatalogEncryptionSettings>(state, scopeOf(call, input.CatalogId))
      return { DataCatalogEncryptionSettings: { ...NONE, ...found } }
    },

    async PutDataCatalogEncryptionSettings(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const settings = input.DataCatalogEncryptionSettings
      const { ReturnConnectionPasswordEncrypted, AwsKmsKeyId } = settings.ConnectionPasswordEncryption ?? {}
      if (ReturnConnectionPasswordEncrypted && !AwsKmsKeyId)
        throw new AwsError('InvalidInputException', 'AwsKmsKeyId is required to encrypt passwords of connections.')
      for (const named of [AwsKmsKeyId, catalogKey(settings)]) {
        if (!named) continue
        const key = await keys.need(keyScope(scope), named)
        requireUsable(key)
        // "AWS Glue supports only symmetric customer managed keys": glue dg, encrypt-glue-data-catalog.
        if (key.spec !== 'SYMMETRIC_DEFAULT')
          throw new AwsError('InvalidInputException', 'AWS Glue supports only symmetric customer managed keys.')
      }
      await state.transaction((tx) => putEncryptionSettings(tx, scope, settings))
      return {}
    },
  }
}

/** Of what is to be encrypted at rest, if anything is. */
function catalogKey({ EncryptionAtRest }: Sdk.DataCatalogEncryptionSettings): string | undefined {
  const { CatalogEncryptionMode = 'DISABLED', SseAwsKmsKeyId } = EncryptionAtRest ?? {}
  return SseAwsKmsKeyId ?? (CatalogEncryptionMode === 'DISABLED' ? undefined : GLUE_KEY)
}
