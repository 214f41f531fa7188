import type * as Sdk from '@aws-sdk/client-glue'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'

const SPACE = 'glue/encryption-settings'
/** Of a catalog that nobody has set up. */
const NONE: Sdk.DataCatalogEncryptionSettings = {
  EncryptionAtRest: { CatalogEncryptionMode: 'DISABLED' },
  ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: false },
}

export function encryptionSettings({ state }: Lake): Handlers<typeof Sdk> {
  return {
    GetDataCatalogEncryptionSettings(input, call) {
      const { account, region } = scopeOf(call, input.CatalogId)
      const found = state.get<Sdk.DataCatalogEncryptionSettings>(SPACE, `${account}/${region}`)?.doc
      return { DataCatalogEncryptionSettings: { ...NONE, ...found } }
    },

    async PutDataCatalogEncryptionSettings(input, call) {
      const { account, region } = scopeOf(call, input.CatalogId)
      const settings = input.DataCatalogEncryptionSettings
      // Without a key service there is nobody who could read such a password again.
      if (settings.ConnectionPasswordEncryption?.ReturnConnectionPasswordEncrypted)
        throw new AwsError('InvalidInputException', 'ReturnConnectionPasswordEncrypted is not supported.')
      await state.transaction((tx) => void tx.put(SPACE, `${account}/${region}`, settings))
      return {}
    },
  }
}
