import { Fault } from '../../core/faults.ts'
import { addressOf, isDatabaseType, type Properties } from '../../core/federation/connections.ts'
import { authoritiesIn, authorityFile } from '../../core/federation/tls-demand.ts'
import type { Files } from '../../core/objects/files.ts'
import { wholeFile } from '../../core/objects/whole-file.ts'
import type { DatabaseLogin, DatabaseLogins, TlsDemand } from '../../core/ports.ts'
import { CorruptData } from '../../formats/corrupt-data.ts'
import { AwsError } from '../../protocol/service.ts'

/** What of a login is asked for where it comes to that. */
export interface LoginRooms {
  readonly credentials: () => Pick<DatabaseLogin, 'user' | 'password'>
  readonly files: Pick<Files, 'read' | 'stat'>
}

/** Resolves when the database has let us in. Throws InvalidInputException with what it said. */
export async function testConnection(
  logins: DatabaseLogins,
  type: string | undefined,
  properties: Properties,
  { credentials, files }: LoginRooms,
  signal: AbortSignal,
): Promise<void> {
  if (!isDatabaseType(type)) throw invalid(`Connections of type ${type} cannot be tested.`)
  const address = addressOf(type, properties)
  if (!address) throw invalid('The connection has no JDBC address.')
  const { word, tls: checks, ...place } = address
  const logIn = Object.hasOwn(logins, word) ? logins[word] : undefined
  if (!logIn) throw invalid(`Connections to ${word} cannot be tested.`)
  const login: DatabaseLogin = {
    ...place,
    ...credentials(),
    ...(checks && { tls: await tlsDemand(checks, properties, files) }),
  }
  try {
    await logIn(login, signal)
  } catch (error) {
    throw invalid(`Unable to connect to ${login.host}:${login.port}: ${(error as Error).message}`)
  }
}

async function tlsDemand(
  checks: TlsDemand['checks'],
  properties: Properties,
  files: LoginRooms['files'],
): Promise<TlsDemand> {
  const file = authorityFile(properties)
  if (!file) return { checks }
  return { checks, authorities: authoritiesIn(await authorityBytes(files, file.uri), file) }
}

async function authorityBytes(files: LoginRooms['files'], uri: string): Promise<Uint8Array> {
  try {
    return await wholeFile(files, uri, undefined, MOST_AUTHORITY_BYTES)
  } catch (error) {
    const isNone = error instanceof CorruptData || (error instanceof Fault && error.kind === 'not-found')
    throw isNone ? invalid(`${uri}: ${error.message}`) : error
  }
}

const MOST_AUTHORITY_BYTES = 1 << 20

const invalid = (message: string): AwsError => new AwsError('InvalidInputException', message)
