import type * as Sdk from '@aws-sdk/client-lakeformation'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { requireAdministrator } from '../../core/permissions/grantors.ts'
import { lakePrincipal } from '../../core/permissions/lake-principal.ts'
import {
  type DataLakeSettings,
  type DefaultPermissions,
  IAM_ALLOWED_PRINCIPALS,
  opensToIam,
  putSettings,
  settingsOf,
} from '../../core/permissions/settings.ts'
import type { Handlers } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'

export const settings = ({ state, permissions }: Lake): Handlers<typeof Sdk> => ({
  GetDataLakeSettings(input, call) {
    return { DataLakeSettings: settingsOf(state, scopeOf(call, input.CatalogId)) as Sdk.DataLakeSettings }
  },

  async PutDataLakeSettings(input, call) {
    const scope = scopeOf(call, input.CatalogId)
    requireAdministrator(permissions, scope)
    const given = input.DataLakeSettings as DataLakeSettings
    checkDefaults(given.CreateDatabaseDefaultPermissions)
    checkDefaults(given.CreateTableDefaultPermissions)
    await state.transaction((tx) => putSettings(tx, scope, given))
    return {}
  },

  GetDataLakePrincipal: (_input, { principal }) => ({ Identity: lakePrincipal(principal) }),
})

/** "Only the IAM_ALLOWED_PRINCIPALS group with ALL": API_DataLakeSettings. */
function checkDefaults(defaults: readonly DefaultPermissions[] = []): void {
  const wrong = defaults.some((one) => (one.Permissions ?? []).length > 0 && !opensToIam([one]))
  if (wrong)
    throw new Fault('invalid', 'settings', `Default permissions may only give ALL to ${IAM_ALLOWED_PRINCIPALS}.`)
}
