/** Keys to the files of tables and places: for a while, for one folder, and no more than their holder may do. */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Scope, Table } from '../../core/catalog/catalog.ts'
import { lakeFolder, withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { engineSight, requireFullAccess } from '../../core/permissions/engine-contract.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import { arnOfPlace, isWithin } from '../../core/permissions/locations.ts'
import { ownerOf } from '../../core/permissions/shared-scopes.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { ofHouse, reachedScope, scopeOf } from './scope.ts'

const DEFAULT_SECONDS = 3600
const CHANGES: ReadonlySet<string> = new Set(['ALL', 'INSERT', 'DELETE', 'ALTER', 'DROP'])

type TableInput = Pick<
  Sdk.GetTemporaryGlueTableCredentialsRequest,
  'Permissions' | 'DurationSeconds' | 'SupportedPermissionTypes'
> & { readonly TableArn: string }

export function credentials(lake: Lake, sessions: Sessions): Handlers<typeof Sdk> {
  const { permissions, clock } = lake
  const issue = (
    call: ServiceCall,
    scope: Scope,
    folders: readonly string[],
    readsOnly: boolean,
    seconds = DEFAULT_SECONDS,
  ) => {
    const confinedTo = folders.map((folder) => lakeFolder(folder))
    const expiresAt = new Date(clock.now().getTime() + seconds * 1000)
    const confinedBy = ownerOf(scope)
    const principal = { ...call.principal, confinedTo, confinedBy, ...(readsOnly && { readsOnly: true as const }) }
    const { accessKeyId, secretAccessKey, sessionToken } = sessions.issue(principal, expiresAt)
    return {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiresAt,
    }
  }
  /** The table as the house has it, once the caller may have all that it asks for. */
  const admitted = (input: TableInput, call: ServiceCall) => {
    const { scope, database, name } = tableNamed(input.TableArn, call)
    const needed = input.Permissions?.filter((one) => one !== 'ALL') ?? []
    const seen = lake.catalog.tables.get(scope, database, name)
    const table = lake.catalog.tables.get(ofHouse(scope), seen.database, seen.descriptor.Name)
    const { visibility } = engineSight(permissions, call.principal, scope, table, {
      needed: needed.length > 0 ? needed : ['SELECT'],
      supported: input.SupportedPermissionTypes,
    })
    if (visibility.isLasting) requireFullAccess(permissions, call.principal, scope)
    const readsOnly = !(input.Permissions ?? []).some((one) => CHANGES.has(one))
    return { scope, table, readsOnly }
  }
  return {
    GetTemporaryGlueTableCredentials(input, call) {
      const { scope, table, readsOnly } = admitted(input, call)
      const location = requireRegistered(lake, scope, table.descriptor.StorageDescriptor?.Location)
      const path = input.S3Path ?? location
      if (!isWithin(arnOfPlace(path) ?? '', arnOfPlace(location)!))
        throw new Fault('invalid', 'path', `${path} is no place of the table.`)
      return { ...issue(call, scope, [path], readsOnly, input.DurationSeconds), VendedS3Path: [path] }
    },

    GetTemporaryGluePartitionCredentials(input, call) {
      const { scope, table, readsOnly } = admitted(input, call)
      const { database, descriptor } = table
      const values = input.Partition.Values
      const partition = lake.catalog.partitions.get(ofHouse(scope), database, descriptor.Name, values)
      const location = partition.descriptor.StorageDescriptor?.Location ?? folderOf(table, values)
      return issue(call, scope, [requireRegistered(lake, scope, location)], readsOnly, input.DurationSeconds)
    },

    GetTemporaryDataLocationCredentials(input, call) {
      const scope = scopeOf(call, undefined)
      const places = input.DataLocations ?? []
      if (places.length === 0) throw new Fault('invalid', 'location', 'A location must be given.')
      for (const place of places) {
        requireRegistered(lake, scope, place)
        requireLocation(lake, scope, place)
      }
      const CredentialsScope = input.CredentialsScope ?? 'READWRITE'
      const Credentials = issue(call, scope, places, CredentialsScope === 'READ', input.DurationSeconds)
      return { Credentials, AccessibleDataLocations: [...places], CredentialsScope }
    },
  }
}

function tableNamed(arn: string, call: ServiceCall) {
  const [, region, account, database, name] =
    /^arn:aws[^:]*:glue:([^:]*):(\d{12}):table\/([^/]+)\/([^/]+)$/.exec(arn) ?? []
  if (database === undefined || name === undefined || region !== call.region)
    throw new Fault('invalid', 'table', `Not the ARN of a table: ${arn}`)
  return { scope: reachedScope(call, account!), database, name }
}

/** Keys are given only for places that Lake Formation has been told of. */
function requireRegistered({ permissions }: Lake, scope: Scope, location: string | undefined): string {
  const arn = location === undefined ? undefined : arnOfPlace(location)
  if (location !== undefined && arn !== undefined && permissions.registered(scope, arn)) return location
  throw new Fault('invalid', 'location', `The location ${location ?? ''} is not registered with Lake Formation.`)
}

function requireLocation({ permissions }: Lake, scope: Scope, place: string): void {
  if (isAdministrator(permissions, scope)) return
  const { rights } = permissions.compiled(scope.principal!, scope)
  const arn = arnOfPlace(place)!
  if (!rights.locations.some(({ resource }) => resource.kind === 'location' && isWithin(arn, resource.arn)))
    throw insufficient('DATA_LOCATION_ACCESS', place)
}

const folderOf = ({ descriptor }: Table, values: readonly string[]): string => {
  const path = (descriptor.PartitionKeys ?? []).map(({ Name }, i) => `${Name}=${values[i]}`).join('/')
  return `${withoutEndSlashes(descriptor.StorageDescriptor?.Location ?? '')}/${path}/`
}
