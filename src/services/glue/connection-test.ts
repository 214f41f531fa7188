import type { DatabaseLogin, DatabaseLogins } from '../../core/ports.ts'
import { AwsError } from '../../protocol/service.ts'

type Properties = Readonly<Record<string, string | undefined>>

const JDBC = /^jdbc:([a-z0-9]+):\/\/(\[[^\]]+\]|[^:/?]+)(?::(\d{1,5}))?\/([^?;]*)/
/** Types of connection, and the word of a JDBC address that each stands for. */
const OWN_TYPES: ReadonlyMap<string, string> = new Map([
  ['POSTGRESQL', 'postgresql'],
  ['MYSQL', 'mysql'],
])
const PORTS: Readonly<Record<string, number>> = { postgresql: 5432, mysql: 3306, mariadb: 3306 }

/** Resolves when the database has let us in. Throws InvalidInputException with what it said. */
export async function testConnection(
  logins: DatabaseLogins,
  type: string | undefined,
  properties: Properties,
  signal: AbortSignal,
): Promise<void> {
  const { word, login } = requireLogin(type, properties)
  const logIn = Object.hasOwn(logins, word) ? logins[word] : undefined
  if (!logIn) throw invalid(`Connections to ${word} cannot be tested.`)
  try {
    await logIn(login, signal)
  } catch (error) {
    throw invalid(`Unable to connect to ${login.host}:${login.port}: ${(error as Error).message}`)
  }
}

function requireLogin(type: string | undefined, properties: Properties): { word: string; login: DatabaseLogin } {
  const [, word, host, port, database] = JDBC.exec(properties.JDBC_CONNECTION_URL ?? '') ?? []
  if (type !== 'JDBC' && !OWN_TYPES.has(type ?? '')) throw invalid(`Connections of type ${type} cannot be tested.`)
  const address = word !== undefined && host !== undefined ? { word, host, port, database } : parts(type, properties)
  if (!address) throw invalid('The connection has no JDBC address.')
  const { USERNAME: user, PASSWORD: password } = properties
  if (user === undefined || password === undefined) throw invalid('USERNAME and PASSWORD are required.')
  return {
    word: address.word,
    login: {
      host: address.host.replace(/^\[|\]$/g, ''),
      port: Number(address.port ?? PORTS[address.word] ?? 0),
      database: decodeURIComponent(address.database ?? ''),
      user,
      password,
      tls: properties.JDBC_ENFORCE_SSL?.toLowerCase() === 'true',
    },
  }
}

/** Connections of a type of their own name host, port and database apart. */
function parts(type: string | undefined, { HOST: host, PORT: port, DATABASE: database }: Properties) {
  return host === undefined ? undefined : { word: OWN_TYPES.get(type ?? '') ?? '', host, port, database }
}

const invalid = (message: string): AwsError => new AwsError('InvalidInputException', message)
