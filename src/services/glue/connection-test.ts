import { addressOf, isDatabaseType } from '../../core/federation/connections.ts'
import type { DatabaseLogin, DatabaseLogins } from '../../core/ports.ts'
import { AwsError } from '../../protocol/service.ts'

type Properties = Readonly<Record<string, string | undefined>>

/** `credentials`: who logs in, where it comes to that. Resolves when the database has let us in. Throws InvalidInputException with what it said. */
export async function testConnection(
  logins: DatabaseLogins,
  type: string | undefined,
  properties: Properties,
  credentials: () => Pick<DatabaseLogin, 'user' | 'password'>,
  signal: AbortSignal,
): Promise<void> {
  if (!isDatabaseType(type)) throw invalid(`Connections of type ${type} cannot be tested.`)
  const address = addressOf(type, properties)
  if (!address) throw invalid('The connection has no JDBC address.')
  const { word, ...place } = address
  const logIn = Object.hasOwn(logins, word) ? logins[word] : undefined
  if (!logIn) throw invalid(`Connections to ${word} cannot be tested.`)
  const login = { ...place, ...credentials() }
  try {
    await logIn(login, signal)
  } catch (error) {
    throw invalid(`Unable to connect to ${login.host}:${login.port}: ${(error as Error).message}`)
  }
}

const invalid = (message: string): AwsError => new AwsError('InvalidInputException', message)
