/**
 * Keys of an encrypted catalog, as Glue uses them for whoever asks it: "the principal accessing the Data Catalog must have
 * permissions", or the role that the catalog names, "the calling principal no longer requires permissions to access the key".
 * https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html
 */
import type { Caller } from '../access/access.ts'
import type { Principal } from '../call.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type CatalogKeyPermit, encryptionSettings, keyScope, mayBeSealed } from '../catalog/catalog-encryption.ts'
import type { Lake } from '../lake.ts'
import { type KeyUseRooms, useKey } from './forwarded-keys.ts'

/** The catalog as a caller may open it. The lake's own where nothing is encrypted. */
export function keyedCatalog(lake: Lake, caller: Caller): Catalog {
  return mayBeSealed(lake.state) ? lake.catalogBy(permitOf(lake, caller)) : lake.catalog
}

/** What is made of a lake as it is, and, where anything is encrypted, of the lake as a caller may open it. */
export interface CallersWork<T> {
  readonly plain: T
  by(caller: Caller): T
}

export function callersWork<T>(lake: Lake, make: (lake: Lake) => T): CallersWork<T> {
  const plain = make(lake)
  const by = (caller: Caller): T =>
    mayBeSealed(lake.state) ? make({ ...lake, catalog: keyedCatalog(lake, caller) }) : plain
  return { plain, by }
}

/** Each key is used once for each kind of use: what it gives opens all of one piece of work. */
function permitOf(lake: KeyUseRooms & Pick<Lake, 'state'>, caller: Caller): CatalogKeyPermit {
  const used = new Set<string>()
  return (scope, use, check) => {
    const id = `${use.action} ${use.key} ${scope.account}`
    if (used.has(id)) return check()
    const role = encryptionSettings(lake.state, keyScope(scope))?.EncryptionAtRest?.CatalogEncryptionServiceRole
    const principal = role === undefined ? caller.principal : sessionOf(role, use.action)
    useKey(lake, { ...caller, principal }, { ...use, service: 'glue' }, check)
    used.add(id)
  }
}

/** Named as Glue names its sessions (the events on the page above). */
function sessionOf(role: string, action: 'Decrypt' | 'GenerateDataKey'): Principal {
  const [, account = '', name = ''] = /^arn:aws[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(role) ?? []
  const session = `V_00_GLUE_KMS_${action === 'Decrypt' ? 'DECRYPT' : 'GENERATE_DATA_KEY'}_${account}`
  const arn = `arn:aws:sts::${account}:assumed-role/${name}/${session}`
  return { kind: 'role', arn, entityArn: role, account, accessKeyId: '' }
}
