/** The settings of a data lake, kept as Lake Formation spells them. */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import { noteChange, permissionSpace, topScope } from './spaces.ts'

/** Everyone whom IAM lets in. */
export const IAM_ALLOWED_PRINCIPALS = 'IAM_ALLOWED_PRINCIPALS'

export interface PrincipalName {
  readonly DataLakePrincipalIdentifier?: string
}

export interface DefaultPermissions {
  readonly Principal?: PrincipalName
  readonly Permissions?: readonly string[]
}

export interface DataLakeSettings {
  readonly DataLakeAdmins?: readonly PrincipalName[]
  readonly ReadOnlyAdmins?: readonly PrincipalName[]
  readonly CreateDatabaseDefaultPermissions?: readonly DefaultPermissions[]
  readonly CreateTableDefaultPermissions?: readonly DefaultPermissions[]
  readonly Parameters?: Readonly<Record<string, string>>
  readonly TrustedResourceOwners?: readonly string[]
  readonly AllowExternalDataFiltering?: boolean
  readonly AllowFullTableExternalDataAccess?: boolean
  readonly ExternalDataFilteringAllowList?: readonly PrincipalName[]
  readonly AuthorizedSessionTagValueList?: readonly string[]
}

const OPEN: readonly DefaultPermissions[] = [
  { Principal: { DataLakePrincipalIdentifier: IAM_ALLOWED_PRINCIPALS }, Permissions: ['ALL'] },
]

/** As they are until somebody changes them: whoever IAM lets in may do everything (lake-formation dg, change-settings). */
const FIRST: DataLakeSettings = {
  DataLakeAdmins: [],
  ReadOnlyAdmins: [],
  CreateDatabaseDefaultPermissions: OPEN,
  CreateTableDefaultPermissions: OPEN,
  Parameters: { CROSS_ACCOUNT_VERSION: '4', SET_CONTEXT: 'TRUE' },
  TrustedResourceOwners: [],
  AllowExternalDataFiltering: false,
  AllowFullTableExternalDataAccess: false,
  ExternalDataFilteringAllowList: [],
  AuthorizedSessionTagValueList: [],
}

/** Lists that are not put are empty from then on: that is how the defaults are removed. */
const NOTHING: DataLakeSettings = { ...FIRST, CreateDatabaseDefaultPermissions: [], CreateTableDefaultPermissions: [] }

/** Of the account: catalogs below its own have none of theirs. */
export const settingsOf = (state: StateReader, scope: Scope): DataLakeSettings =>
  state.get<DataLakeSettings>(permissionSpace('settings', topScope(scope)), '')?.doc ?? FIRST

export function putSettings(tx: StateTransaction, scope: Scope, settings: DataLakeSettings): void {
  tx.put(permissionSpace('settings', topScope(scope)), '', { ...NOTHING, ...settings })
  noteChange(tx, scope)
}

export const names = (principals: readonly PrincipalName[] = []): readonly string[] =>
  principals.flatMap(({ DataLakePrincipalIdentifier: name }) => name ?? [])

/** Whether what is made anew is open to everyone whom IAM lets in. */
export const opensToIam = (defaults: readonly DefaultPermissions[] = []): boolean =>
  defaults.some(
    ({ Principal, Permissions = [] }) =>
      Principal?.DataLakePrincipalIdentifier === IAM_ALLOWED_PRINCIPALS && Permissions.includes('ALL'),
  )
