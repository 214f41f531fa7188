/** How to reach databases: Glue's connections, as they are kept, and what their properties say. */
import type { Scope } from '../catalog/catalog.ts'
import type { Keys } from '../keys/keys.ts'
import type { StateStore, TlsDemand } from '../ports.ts'
import { type Collection, collection } from '../resources/collection.ts'
import { tlsChecks } from './tls-demand.ts'

/** What of a stored connection others than Glue look at. */
export interface Connection {
  readonly descriptor: {
    readonly Name: string
    readonly ConnectionType?: string
    readonly ConnectionProperties?: Properties
    readonly AuthenticationConfiguration?: { readonly SecretArn?: string }
  }
}

export type Properties = Readonly<Record<string, string | undefined>>

export const connectionsOf = <T extends Connection>(state: StateStore, { account, region }: Scope): Collection<T> =>
  collection<T>(state, `glue/connections/${account}/${region}`, {
    noun: 'connection',
    missing: (name) => `Connection ${name} not found.`,
    exists: (name) => `Connection ${name} already exists.`,
  })

export interface ConnectionAddress {
  /** The word of a JDBC address: `postgresql`, `mysql`, `mariadb`, `sqlite`. */
  readonly word: string
  readonly host: string
  readonly port: number
  /** Of a file database, its path. */
  readonly database: string
  /** Absent where TLS is not demanded. */
  readonly tls?: TlsDemand['checks']
}

/** Before the name of a property that tells a password: it is kept sealed by Glue's own key. No property of AWS's begins so. */
const SEALED = 'SEALED_'
const PARAMETER = /(\bpassword=)[^&;]*/i
const USER = /(:\/\/[^/@:]*:)[^/@]*@/

/** By its name, or in the address that it is. */
export const tellsPassword = (name: string, value = ''): boolean =>
  !name.startsWith('ENCRYPTED_') && (name.endsWith('PASSWORD') || PARAMETER.test(value) || USER.test(value))

/** No password is left in the open. */
export const sealed = (properties: Properties, seal: (password: string) => string): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) =>
      tellsPassword(name, value) ? [`${SEALED}${name}`, seal(value!)] : [name, value],
    ),
  )

/** Of those that are told in the open. */
export const withoutPasswords = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      name.endsWith('PASSWORD') ? [] : [[name, value?.replace(PARAMETER, '$1').replace(USER, '$1@')]],
    ),
  )

/** As they were given, where no key is told. */
export const unsealed = (properties: Properties, scope: Scope, keys: Keys): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) =>
      name.startsWith(SEALED) ? [name.slice(SEALED.length), opened(value!, scope, keys)] : [name, value],
    ),
  )

const opened = (sealed: string, scope: Scope, keys: Keys, permit?: KeyLeave): string => {
  const { key, plaintext } = keys.decrypt(scope, Buffer.from(sealed, 'base64'), {})
  permit?.(key.arn)
  return plaintext.toString('utf8')
}

/** Throws where whoever it is opened for may not open what a key, by its ARN, has closed. */
export type KeyLeave = (key: string) => void

/**
 * With the password in the open, whose other form a data catalog keeps that returns it encrypted. Throws Fault where its
 * key does not open it.
 */
export function openProperties(properties: Properties, scope: Scope, keys: Keys, permit?: KeyLeave): Properties {
  const { ENCRYPTED_PASSWORD: encrypted, ...open } = unsealed(properties, scope, keys)
  if (encrypted === undefined) return open
  return { ...open, PASSWORD: opened(encrypted, scope, keys, permit) }
}

const JDBC = /^jdbc:([a-z0-9]+):\/\/(\[[^\]]+\]|[^:/?]+)(?::(\d{1,5}))?\/([^?;]*)(?:\?(.*))?/
const FILE = /^jdbc:(sqlite):(?:file:)?([^?]+)/
/** Types of connection, and the word of a JDBC address that each stands for. */
const OWN_TYPES: ReadonlyMap<string, string> = new Map([
  ['POSTGRESQL', 'postgresql'],
  ['MYSQL', 'mysql'],
])
const PORTS: Readonly<Record<string, number>> = { postgresql: 5432, mysql: 3306, mariadb: 3306 }

export const isDatabaseType = (type: string | undefined): boolean => type === 'JDBC' || OWN_TYPES.has(type ?? '')

/** Undefined where the properties name no address. Throws Fault for words about TLS that are none. */
export function addressOf(type: string | undefined, properties: Properties): ConnectionAddress | undefined {
  const url = properties.JDBC_CONNECTION_URL ?? ''
  const [, file, path] = FILE.exec(url) ?? []
  if (file !== undefined) return { word: file, host: '', port: 0, database: path! }
  const [, word, host, port, database, parameters] = JDBC.exec(url) ?? []
  if (word !== undefined) return address({ word, host: host!, port, database, parameters }, properties)
  // Connections of a type of their own name host, port and database apart.
  const { HOST, PORT, DATABASE, JDBC_PARAMS } = properties
  if (HOST === undefined) return undefined
  const own = OWN_TYPES.get(type ?? '') ?? ''
  return address({ word: own, host: HOST, port: PORT, database: DATABASE, parameters: JDBC_PARAMS }, properties)
}

interface Parts {
  readonly word: string
  readonly host: string
  readonly port: string | undefined
  readonly database: string | undefined
  readonly parameters: string | undefined
}

function address(parts: Parts, properties: Properties): ConnectionAddress | undefined {
  const { word, host, port, database = '', parameters = '' } = parts
  const name = unescaped(database)
  if (name === undefined) return undefined
  const tls = tlsChecks(word, parameters, properties)
  const place = { word, host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? PORTS[word] ?? 0), database: name }
  return { ...place, ...(tls && { tls }) }
}

/** Undefined where a percent sign escapes nothing. */
function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
