/**
 * Places of the lake that are registered: whoever makes a table or a database in one needs a right to it (lake-formation
 * dg, access-control-underlying-data).
 */

import type { Scope } from '../catalog/catalog.ts'
import { withoutEndSlashes } from '../catalog/folder-names.ts'
import { lakeUri } from '../objects/addresses.ts'
import type { StateReader } from '../ports.ts'
import { insufficient } from './insufficient.ts'
import type { Permissions } from './permissions.ts'
import { permissionSpace } from './spaces.ts'

/** As Lake Formation describes one, but for its times. */
export interface RegisteredLocation {
  readonly arn: string
  readonly roleArn?: string
  readonly withFederation?: boolean
  readonly hybridAccess?: boolean
  readonly withPrivilegedAccess?: boolean
  readonly expectedOwner?: string
  /** ISO 8601. */
  readonly updatedAt: string
}

/** `arn:aws:s3:::bucket/folder` of `s3://bucket/folder/`; undefined for what is no place of S3's. */
export function arnOfPlace(location: string): string | undefined {
  const [, path] = /^s3:\/\/([^/].*)$/s.exec(lakeUri(location)) ?? []
  return path === undefined ? undefined : `arn:aws:s3:::${withoutEndSlashes(path)}`
}

export const isWithin = (arn: string, place: string): boolean => {
  const root = withoutEndSlashes(place)
  return arn === root || arn.startsWith(`${root}/`)
}

/** The one that the place lies in; of several the innermost. */
export function registeredAt(state: StateReader, scope: Scope, arn: string): RegisteredLocation | undefined {
  const space = permissionSpace('locations', scope)
  for (let place = arn; place.includes(':::'); ) {
    const found = state.get<RegisteredLocation>(space, place)
    if (found) return found.doc
    const end = place.lastIndexOf('/')
    if (end < 0) return undefined
    place = place.slice(0, end)
  }
  return undefined
}

/** Throws where the place is registered and the principal has no right to it. */
export function mayTakeLocation(permissions: Permissions, scope: Scope, location: string | undefined): void {
  const { principal } = scope
  const arn = location === undefined ? undefined : arnOfPlace(location)
  if (!principal || arn === undefined || permissions.isUnlimited(principal, scope)) return
  if (!permissions.registered(scope, arn)) return
  const { rights } = permissions.compiled(principal, scope)
  if (rights.administers) return
  const isGranted = rights.locations.some(({ resource }) => resource.kind === 'location' && isWithin(arn, resource.arn))
  if (!isGranted) throw insufficient('DATA_LOCATION_ACCESS', location!)
}
