import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope } from '../../core/catalog/catalog.ts'
import { requireUsable } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'

const SPACE = 'glue/encryption-settings'
/** Of a catalog that nobody has set up. */
const NONE: Sdk.DataCatalogEncryptionSettings = {
  EncryptionAtRest: { CatalogEncryptionMode: 'DISABLED' },
  ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: false },
}

export const passwordEncryption = (
  { state }: Pick<Lake, 'state'>,
  { account, region }: Scope,
): Sdk.ConnectionPasswordEncryption | undefined =>
  state.get<Sdk.DataCatalogEncryptionSettings>(SPACE, `${account}/${region}`)?.doc.ConnectionPasswordEncryption

export function encryptionSettings({ state, keys }: Lake): Handlers<typeof Sdk> {
  return {
    GetDataCatalogEncryptionSettings(input, call) {
      const { account, region } = scopeOf(call, input.CatalogId)
      const found = state.get<Sdk.DataCatalogEncryptionSettings>(SPACE, `${account}/${region}`)?.doc
      return { DataCatalogEncryptionSettings: { ...NONE, ...found } }
    },

    async PutDataCatalogEncryptionSettings(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const { account, region } = scope
      const settings = input.DataCatalogEncryptionSettings
      const { ReturnConnectionPasswordEncrypted, AwsKmsKeyId } = settings.ConnectionPasswordEncryption ?? {}
      if (ReturnConnectionPasswordEncrypted && !AwsKmsKeyId)
        throw new AwsError('InvalidInputException', 'AwsKmsKeyId is required to encrypt passwords of connections.')
      for (const key of [AwsKmsKeyId, settings.EncryptionAtRest?.SseAwsKmsKeyId])
        if (key) requireUsable(await keys.need(scope, key))
      await state.transaction((tx) => void tx.put(SPACE, `${account}/${region}`, settings))
      return {}
    },
  }
}
