/** TLS to a database as it is demanded. */
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import type { TlsDemand } from '../core/ports.ts'

/** Certificates are always of the host that was named, be that an address of numbers. */
export const tlsOptions = ({ checks, authorities }: TlsDemand, host: string): ConnectionOptions => ({
  rejectUnauthorized: checks !== 'encryption',
  checkServerIdentity: checks === 'host' ? (_, certificate) => checkServerIdentity(host, certificate) : () => undefined,
  // An address of numbers is no name of a server (RFC 6066).
  ...(isIP(host) === 0 && { servername: host }),
  ...(authorities !== undefined && { ca: authorities }),
})
