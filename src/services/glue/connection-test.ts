import { addressOf, isDatabaseType } from '../../core/federation/connections.ts'
import type { DatabaseLogin, DatabaseLogins } from '../../core/ports.ts'
import { AwsError } from '../../protocol/service.ts'

type Properties = Readonly<Record<string, string | undefined>>

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
  if (!isDatabaseType(type)) throw invalid(`Connections of type ${type} cannot be tested.`)
  const address = addressOf(type, properties)
  if (!address) throw invalid('The connection has no JDBC address.')
  const { USERNAME: user, PASSWORD: password } = properties
  if (user === undefined || password === undefined) throw invalid('USERNAME and PASSWORD are required.')
  const { word, ...place } = address
  return { word, login: { ...place, user, password } }
}

const invalid = (message: string): AwsError => new AwsError('InvalidInputException', message)
