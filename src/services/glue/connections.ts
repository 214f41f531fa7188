import type * as Sdk from '@aws-sdk/client-glue'
import type { Caller } from '../../core/access/access.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { GLUE_KEY } from '../../core/catalog/catalog-encryption.ts'
import { Fault } from '../../core/faults.ts'
import {
  connectionsOf,
  openProperties,
  type Properties,
  sealed,
  tellsPassword,
  unsealed,
  withoutPasswords,
} from '../../core/federation/connections.ts'
import { loginOf } from '../../core/federation/source-definition.ts'
import { useKey } from '../../core/forwarding/forwarded-keys.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import type { DatabaseLogins, StateStore } from '../../core/ports.ts'
import type { Collection } from '../../core/resources/collection.ts'
import { addTags, eraseTags } from '../../core/resources/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { testConnection } from './connection-test.ts'
import { passwordEncryption } from './encryption-settings.ts'
import { errorDetail } from './faults.ts'
import { pageOf } from './paging.ts'
import { scopeOf } from './scope.ts'

/** What a caller said, field for field, and what we say of it. */
interface StoredConnection {
  readonly descriptor: Omit<Sdk.Connection, 'CreationTime' | 'LastUpdatedTime'> & { readonly Name: string }
  /** ISO 8601. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly updatedBy: string
}

const stored = (state: StateStore, scope: Scope): Collection<StoredConnection> =>
  connectionsOf<StoredConnection>(state, scope)

const connectionArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:glue:${region}:${account}:connection/${name}`

/** Throws not-found. */
export const requireConnection = (state: StateStore, scope: Scope, name: string): StoredConnection =>
  stored(state, scope).get(name)

export function connections(lake: Lake, logins: DatabaseLogins): Handlers<typeof Sdk> {
  const { state, clock, keys } = lake
  const now = () => clock.now().toISOString()
  const telling =
    (scope: Scope, hidesPassword = false) =>
    (properties: Properties) => {
      const open = unsealed(properties, scope, keys)
      return hidesPassword ? withoutPasswords(open) : open
    }
  const remove = (scope: Scope, name: string) =>
    stored(state, scope).delete(name, (tx) => eraseTags(tx, connectionArn(scope, name)))

  return {
    async CreateConnection({ CatalogId, ConnectionInput: input, Tags = {} }, call) {
      const scope = scopeOf(call, CatalogId)
      const times = { createdAt: now(), updatedAt: now(), updatedBy: call.principal.arn }
      const descriptor = await encrypted(described(input), scope, lake, call)
      await stored(state, scope).create(input.Name, { descriptor, ...times }, (tx) =>
        addTags(tx, connectionArn(scope, input.Name), Tags),
      )
      return { CreateConnectionStatus: 'READY' }
    },

    GetConnection(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const found = requireConnection(state, scope, input.Name)
      return { Connection: glueConnection(found, telling(scope, input.HidePassword)) }
    },

    GetConnections({ CatalogId, Filter: filter, HidePassword, MaxResults = 100, NextToken: token }, call) {
      const scope = scopeOf(call, CatalogId)
      const all = stored(state, scope)
      const wanted = ({ doc: { descriptor } }: { doc: StoredConnection }): boolean =>
        (filter?.ConnectionType === undefined || filter.ConnectionType === descriptor.ConnectionType) &&
        (filter?.MatchCriteria ?? []).every((criterion) => descriptor.MatchCriteria?.includes(criterion))
      // Of an account there are some hundreds: they are looked through before they are paged.
      const { items, NextToken } = pageOf(
        MaxResults,
        token,
        ({ after, limit }) => all.list({ after, limit: MOST_CONNECTIONS }).filter(wanted).slice(0, limit),
        ({ key }) => key,
      )
      const told = telling(scope, HidePassword)
      return { ConnectionList: items.map(({ doc }) => glueConnection(doc, told)), NextToken }
    },

    async UpdateConnection({ CatalogId, Name, ConnectionInput: input }, call) {
      if (input.Name !== Name) throw new Fault('invalid', 'connection', 'A connection cannot be renamed.')
      const scope = scopeOf(call, CatalogId)
      const descriptor = await encrypted(described(input), scope, lake, call)
      await stored(state, scope).update(Name, ({ createdAt }) => ({
        descriptor,
        createdAt,
        updatedAt: now(),
        updatedBy: call.principal.arn,
      }))
      return {}
    },

    async DeleteConnection(input, call) {
      await remove(scopeOf(call, input.CatalogId), input.ConnectionName)
      return {}
    },

    async BatchDeleteConnection(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const Succeeded: string[] = []
      const Errors: Record<string, Sdk.ErrorDetail> = {}
      for (const name of input.ConnectionNameList)
        try {
          await remove(scope, name)
          Succeeded.push(name)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          Errors[name] = errorDetail(error)
        }
      return { Succeeded, Errors }
    },

    async TestConnection(input, call) {
      const { ConnectionName: name, TestConnectionInput: given } = input
      const scope = scopeOf(call, input.CatalogId)
      if ((name === undefined) === (given === undefined))
        throw new Fault('invalid', 'connection', 'One of ConnectionName and TestConnectionInput is required.')
      const asked = given ?? requireConnection(state, scope, name!).descriptor
      const { ConnectionType, ConnectionProperties = {}, AuthenticationConfiguration } = asked
      const opened = openProperties(ConnectionProperties, scope, keys, (key) =>
        useKey(lake, call, { action: 'Decrypt', key, context: {}, service: 'glue' }, () => undefined),
      )
      const own = forwardedLake(lake, call)
      const credentials = () => loginOf(opened, AuthenticationConfiguration?.SecretArn, scope, own)
      await testConnection(logins, ConnectionType, opened, { credentials, files: own.files }, call.signal)
      return {}
    },
  }
}

const MOST_CONNECTIONS = 10_000

/** What is asked of the moment, and secrets that no answer holds, are not kept. */
function described(
  input: Omit<Sdk.ConnectionInput, 'Name'> & { readonly Name: string },
): StoredConnection['descriptor'] {
  const { ValidateCredentials: _, ValidateForComputeEnvironments: __, AuthenticationConfiguration, ...kept } = input
  if (!AuthenticationConfiguration) return kept
  const { AuthenticationType, SecretArn } = AuthenticationConfiguration
  return { ...kept, AuthenticationConfiguration: { AuthenticationType, SecretArn } }
}

/**
 * Passwords are never kept in the open. Once the data catalog asks for it, they are told under a key too (docs: glue
 * webapi, ConnectionPasswordEncryption).
 */
async function encrypted(
  descriptor: StoredConnection['descriptor'],
  scope: Scope,
  lake: Lake,
  call: Caller,
): Promise<StoredConnection['descriptor']> {
  const { ReturnConnectionPasswordEncrypted, AwsKmsKeyId } = passwordEncryption(lake, scope) ?? {}
  const { ConnectionProperties: given } = descriptor
  if (!given || !Object.entries(given).some(([name, value]) => tellsPassword(name, value))) return descriptor
  const { PASSWORD, ...others } = given
  const told = ReturnConnectionPasswordEncrypted === true && AwsKmsKeyId !== undefined && PASSWORD !== undefined
  const own = await sealer(lake, scope, GLUE_KEY)
  if (!told) return { ...descriptor, ConnectionProperties: sealed(given, own.seal) as Record<string, string> }
  const { key, seal } = await sealer(lake, scope, AwsKmsKeyId)
  // "The caller of CreateConnection and UpdateConnection needs at least kms:Encrypt permission" (API_ConnectionPasswordEncryption).
  useKey(lake, call, { action: 'Encrypt', key, context: {}, service: 'glue' }, () => undefined)
  const ConnectionProperties = { ...sealed(others, own.seal), ENCRYPTED_PASSWORD: seal(PASSWORD) }
  return { ...descriptor, ConnectionProperties: ConnectionProperties as Record<string, string> }
}

/** `key`: its ARN. */
async function sealer(
  { keys }: Lake,
  scope: Scope,
  name: string,
): Promise<{ readonly key: string; readonly seal: (text: string) => string }> {
  const key = await keys.encrypting(scope, await keys.need(scope, name))
  return { key: key.arn, seal: (text) => keys.encrypt(key, Buffer.from(text), {}).toString('base64') }
}

function glueConnection(
  { descriptor, createdAt, updatedAt, updatedBy }: StoredConnection,
  told: (properties: Properties) => Properties,
): Sdk.Connection {
  const { ConnectionProperties: kept } = descriptor
  return {
    ...descriptor,
    ...(kept && { ConnectionProperties: told(kept) as Record<string, string> }),
    CreationTime: new Date(createdAt),
    LastUpdatedTime: new Date(updatedAt),
    LastUpdatedBy: updatedBy,
    Status: 'READY',
    ConnectionSchemaVersion: 1,
  }
}
