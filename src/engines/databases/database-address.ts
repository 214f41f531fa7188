/** Where a database server is, who logs in to it, and how much of it is to be certified. */

import { Fault } from '../../core/faults.ts'
import { type ConnectorHost, type SourceDefinition, SourceError } from '../../core/federation/connector.ts'
import { authoritiesIn } from '../../core/federation/tls-demand.ts'
import type { TlsDemand } from '../../core/ports.ts'

export interface DatabaseAddress {
  readonly properties: Readonly<Record<string, string>>
  /** Absent where it is not demanded. */
  readonly tls?: TlsDemand
}

const READ_MS = 10_000

/** The authorities of a connection are read anew for each session, as the file is now. Rejects with SourceError. */
export async function databaseAddress({ properties }: SourceDefinition, host: ConnectorHost): Promise<DatabaseAddress> {
  const { tls, authorities: uri, authoritiesUnchecked } = properties
  if (tls === undefined) return { properties }
  const checks = tls as TlsDemand['checks']
  if (uri === undefined) return { properties, tls: { checks } }
  const bytes = await host.readObject(uri, AbortSignal.timeout(READ_MS))
  return { properties, tls: { checks, authorities: told(bytes, uri, authoritiesUnchecked === 'true') } }
}

function told(bytes: Uint8Array, uri: string, isUnchecked: boolean): string {
  try {
    return authoritiesIn(bytes, { uri, isUnchecked })
  } catch (error) {
    throw error instanceof Fault ? new SourceError(error.message) : error
  }
}
