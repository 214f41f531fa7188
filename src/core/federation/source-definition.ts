/** From what a data catalog says to the source that a connector is made from. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import { forwardedSecrets, requireFunction, requireSecret } from '../forwarding/forwarded-functions.ts'
import type { Forwarded } from '../forwarding/forwarded-lake.ts'
import type { Keys } from '../keys/keys.ts'
import type { StateStore, TlsDemand } from '../ports.ts'
import type { Secrets } from '../secrets/secrets.ts'
import {
  addressOf,
  type Connection,
  connectionsOf,
  openProperties,
  type Properties,
  tellsPassword,
} from './connections.ts'
import type { SourceDefinition } from './connector.ts'
import { authorityFile } from './tls-demand.ts'

/** A data catalog as it was registered. */
export interface RegisteredCatalog {
  readonly name: string
  readonly type: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** What a definition is made out of. */
export interface SourceRooms {
  readonly state: StateStore
  readonly secrets: Secrets
  readonly keys: Keys
  /** Of a caller whose policies are asked. */
  readonly forwarded?: Forwarded
}

type Descriptor = Omit<Connection['descriptor'], 'Name'>

/** Throws Fault where it does not make a source. */
export function sourceDefinition(
  { name, type, parameters = {} }: RegisteredCatalog,
  scope: Scope,
  rooms: SourceRooms,
): SourceDefinition {
  const of = { catalog: name, account: scope.account }
  if (type === 'LAMBDA') {
    for (const [key, reference] of Object.entries(parameters))
      if (FUNCTIONS.has(key)) requireFunction(rooms.forwarded, scope, reference)
    return { kind: 'lambda', properties: parameters, ...of }
  }
  const descriptor = connectionDescriptor(parameters, scope, rooms.state)
  const { kind, properties } = databaseSource(descriptor, scope, rooms)
  return { kind, properties, ...of }
}

/** How a data catalog of type LAMBDA names its functions: docs, athena api, CreateDataCatalog. */
const FUNCTIONS: ReadonlySet<string> = new Set(['function', 'metadata-function', 'record-function'])

const ARN = /^arn:aws[a-z-]*:glue:[^:]*:\d{12}:connection\/(.+)$/

/** docs: athena api, CreateDataCatalog: an existing connection, or what a new one would be told. */
function connectionDescriptor(
  parameters: Readonly<Record<string, string>>,
  scope: Scope,
  state: StateStore,
): Descriptor {
  const { 'connection-arn': arn, 'connection-type': type, 'connection-properties': text } = parameters
  if (arn !== undefined) {
    const [, name] = ARN.exec(arn) ?? []
    if (name === undefined) throw invalid(`connection-arn is not the ARN of a Glue connection: ${arn}`)
    return connectionsOf<Connection>(state, scope).get(name).descriptor
  }
  if (type === undefined || text === undefined)
    throw invalid('A data catalog of type FEDERATED needs connection-arn, or connection-type and connection-properties')
  const told = propertiesOf(text, 'connection-properties')
  const properties = Object.fromEntries(Object.entries(told).map(([key, value]) => [key.toUpperCase(), value]))
  return {
    ConnectionType: type,
    ConnectionProperties: properties,
    AuthenticationConfiguration: { SecretArn: told.SecretArn },
  }
}

/** Parameters of a data catalog are kept, and told, as they are: passwords are for connections, which seal them, and for secrets. */
export function refuseOpenPassword({ 'connection-properties': text }: Readonly<Record<string, string>>): void {
  if (text === undefined) return
  const told = Object.entries(propertiesOf(text, 'connection-properties'))
  if (told.some(([name, value]) => /password/i.test(name) || tellsPassword(name, value)))
    throw invalid(
      'connection-properties hold no password: name a secret by SecretArn, or a connection by connection-arn',
    )
}

function databaseSource(
  { ConnectionType: type, ConnectionProperties: kept = {}, AuthenticationConfiguration }: Descriptor,
  scope: Scope,
  { keys, ...rooms }: SourceRooms,
): Pick<SourceDefinition, 'kind' | 'properties'> {
  const properties = openProperties(kept, scope, keys, (key) =>
    rooms.forwarded?.forwarding.requireKey({ action: 'Decrypt', key, context: {}, service: 'glue' }),
  )
  const found = addressOf(type, properties)
  if (!found) throw invalid(`The connection, of type ${type}, has no address of a database`)
  const { word, host, port, database, tls } = found
  if (word === 'sqlite') return { kind: 'sqlite', properties: { path: database } }
  const login = loginOf(properties, AuthenticationConfiguration?.SecretArn, scope, rooms)
  return {
    kind: word,
    properties: { host, port: String(port), database, ...login, ...(tls && tlsProperties(tls, properties, rooms)) },
  }
}

/** A caller must be allowed to read the authorities that the source is to trust. */
function tlsProperties(
  tls: TlsDemand['checks'],
  properties: Properties,
  { forwarded }: Pick<SourceRooms, 'forwarded'>,
): SourceDefinition['properties'] {
  const file = authorityFile(properties)
  if (!file) return { tls }
  forwarded?.permits.require('GetObject', file.uri)
  return { tls, authorities: file.uri, ...(file.isUnchecked && { authoritiesUnchecked: 'true' }) }
}

/** Who logs in: what the connection says, or its secret, which a caller must be allowed to read. Throws Fault where it is nobody. */
export function loginOf(
  properties: Readonly<Record<string, string | undefined>>,
  secretArn: string | undefined,
  scope: Scope,
  { secrets, forwarded }: Pick<SourceRooms, 'secrets' | 'forwarded'>,
): { readonly user: string; readonly password: string } {
  const secretId = properties.SECRET_ID ?? secretArn
  if (secretId !== undefined) requireSecret(forwarded, secrets.get(scope, secretId).arn)
  const asked = forwardedSecrets(secrets, forwarded)
  const secret = secretId === undefined ? {} : propertiesOf(asked.current(scope, secretId), `The secret ${secretId}`)
  const user = properties.USERNAME ?? secret.username
  const password = properties.PASSWORD ?? secret.password
  if (user === undefined || password === undefined)
    throw invalid('The connection needs USERNAME and PASSWORD, or a secret that holds username and password')
  return { user, password }
}

/** The plain values of a JSON object; what was told is not repeated where it is wrong. */
function propertiesOf(text: string, what: string): Record<string, string | undefined> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, one]) => (isPlain(one) ? [[key, String(one)]] : [])),
      )
  } catch {
    // Said below.
  }
  throw invalid(`${what} is not a JSON object`)
}

const isPlain = (value: unknown): boolean => value !== null && typeof value !== 'object'

const invalid = (message: string): Fault => new Fault('invalid', 'data-catalog', message)
