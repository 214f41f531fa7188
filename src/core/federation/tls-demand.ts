/** What a connection demands of TLS, in the words of Glue and of JDBC drivers. */
import { X509Certificate } from 'node:crypto'
import { Fault } from '../faults.ts'
import { splitAddress } from '../objects/addresses.ts'
import type { TlsDemand } from '../ports.ts'

type Checks = TlsDemand['checks']

/** Of a connection, those that are about TLS. */
export type TlsProperties = {
  readonly [name in 'JDBC_ENFORCE_SSL' | 'CUSTOM_JDBC_CERT' | 'SKIP_CUSTOM_JDBC_CERT_VALIDATION']?: string | undefined
}

/** Where a connection's own authorities lie: docs, glue dg, connection-properties, "Custom JDBC certificate in S3". */
export interface AuthorityFile {
  readonly uri: string
  /** SKIP_CUSTOM_JDBC_CERT_VALIDATION. */
  readonly isUnchecked: boolean
}

/** `parameters`: those of a JDBC address, as they stand behind its `?`. Throws Fault for words that say neither yes nor no. */
export function tlsChecks(word: string, parameters: string, properties: TlsProperties): Checks | undefined {
  // "AWS Glue only connects over SSL with certificate and host name validation" (docs, glue dg, connection-properties).
  if (isTrue('JDBC_ENFORCE_SSL', properties.JDBC_ENFORCE_SSL)) return 'host'
  const told = new Map([...new URLSearchParams(parameters)].map(([name, value]) => [name.toLowerCase(), value]))
  const checks = checksOfDriver(word, told)
  const file = checks && FILES.find((name) => told.has(name))
  if (file) throw invalid(`${file} names a file, and there is none: tell the certificate by CUSTOM_JDBC_CERT`)
  return checks
}

/** Undefined where the connection trusts whom everybody trusts. Throws Fault for what is no address. */
export function authorityFile(properties: TlsProperties): AuthorityFile | undefined {
  const { CUSTOM_JDBC_CERT: uri = '', SKIP_CUSTOM_JDBC_CERT_VALIDATION: skips } = properties
  if (uri === '') return undefined
  if (!splitAddress(uri)?.key) throw invalid(`CUSTOM_JDBC_CERT is no address s3://bucket/key: ${uri}`)
  return { uri, isUnchecked: isTrue('SKIP_CUSTOM_JDBC_CERT_VALIDATION', skips) }
}

/** jdbc.postgresql.org and Connector/J of MySQL and MariaDB: sslmode, sslMode. */
const MODES: ReadonlyMap<string, Checks | undefined> = new Map([
  ...['disable', 'disabled', 'allow', 'prefer', 'preferred'].map((mode) => [mode, undefined] as const),
  ...['require', 'required', 'trust'].map((mode) => [mode, 'encryption'] as const),
  ...['verify-ca', 'verify_ca'].map((mode) => [mode, 'authority'] as const),
  ...['verify-full', 'verify_identity'].map((mode) => [mode, 'host'] as const),
])
const SWITCHES = ['ssl', 'usessl', 'requiressl']
/** Of the machine that a driver runs on. */
const FILES = [
  'sslrootcert',
  'sslcert',
  'sslkey',
  'serversslcert',
  'truststore',
  'keystore',
  'trustcertificatekeystoreurl',
  'clientcertificatekeystoreurl',
]

/** The mode counts where both are told, as it does with the drivers. */
function checksOfDriver(word: string, told: ReadonlyMap<string, string>): Checks | undefined {
  const mode = told.get('sslmode')?.toLowerCase()
  if (mode !== undefined) {
    if (!MODES.has(mode)) throw invalid(`sslmode=${mode} is no mode of TLS`)
    return MODES.get(mode)
  }
  const isOn = (name: string) => isTrue(name, told.get(name))
  if (!SWITCHES.some(isOn)) return undefined
  if (isOn('trustservercertificate') || told.get('sslfactory')?.endsWith('NonValidatingFactory')) return 'encryption'
  // Connector/J: useSSL alone asks for no certificate, and verifyServerCertificate for VERIFY_CA.
  if (word === 'mysql') return isOn('verifyservercertificate') ? 'authority' : 'encryption'
  return 'host'
}

/** A parameter without a value is switched on. */
function isTrue(name: string, told: string | undefined): boolean {
  const value = told?.toLowerCase()
  if (value === undefined || value === 'false') return false
  if (value === 'true' || (value === '' && SWITCHES.includes(name))) return true
  throw invalid(`${name} is true or false`)
}

const SIGNATURES = new Set(['sha256', 'sha384', 'sha512'].map((hash) => `${hash}withrsaencryption`))
const LEAST_BITS = 2048

/**
 * The text of a file of authorities. Throws Fault where it is none, or one that Glue refuses: "The only permitted signature
 * algorithms are SHA256withRSA, SHA384withRSA, or SHA512withRSA. For the subject public key algorithm, the key length must
 * be at least 2048" (docs, glue dg, connection-properties).
 */
export function authoritiesIn(bytes: Uint8Array, { uri, isUnchecked }: AuthorityFile): string {
  const text = Buffer.from(bytes).toString('latin1')
  const parts = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)
  if (!parts) throw invalid(`${uri} holds no certificate in PEM format`)
  for (const part of parts) if (!isUnchecked && !isPermitted(part, uri)) throw invalid(REFUSED(uri))
  return parts.join('\n')
}

const REFUSED = (uri: string): string =>
  `The certificate ${uri} is not signed by SHA256withRSA, SHA384withRSA or SHA512withRSA, or its key is no RSA key of at least ${LEAST_BITS} bits`

function isPermitted(pem: string, uri: string): boolean {
  try {
    const { signatureAlgorithm = '', publicKey } = new X509Certificate(pem)
    const bits = publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) : 0
    return SIGNATURES.has(signatureAlgorithm.toLowerCase()) && bits >= LEAST_BITS
  } catch {
    throw invalid(`${uri} holds a certificate that can not be read`)
  }
}

const invalid = (message: string): Fault => new Fault('invalid', 'connection', message)
