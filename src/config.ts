/** Settings: the only reader of the environment and of the command line's options. */
import { availableParallelism, totalmem } from 'node:os'

export interface Settings {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Where the server keeps everything; `undefined` keeps it in memory and forgets it. */
  readonly dataDirectory: string | undefined
  /** Paths of PEM files. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
  /** `open` accepts any key as root, on loopback only. */
  readonly auth: 'verify' | 'open'
  readonly rootKey: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Anyone can make requests in the root's name, as far as keys are concerned. */
  readonly keyIsPublic: boolean
  readonly region: string
  readonly account: string
  readonly allowReset: boolean
  /** Names under which a bucket may stand as the first label: `bucket.localhost`. */
  readonly hostnames: readonly string[]
  readonly engine: { readonly workers: number; readonly memoryBytes: number }
  /** Hive's metastore, where one is wanted. */
  readonly metastore?: {
    /** 0: any free one. */
    readonly port: number
    /** Where databases lie that say nothing of their own. */
    readonly warehouse: string
    /** The ARN of the role or user that everybody is there, since the protocol names nobody it could prove; without it the root. */
    readonly principal?: string
  }
  /** Where the SQLite files lie that data catalogs may name; without it they may name none. */
  readonly sqliteDirectory?: string
  /** Where functions of Lambda answer: URLs by the functions' names. */
  readonly functions?: Readonly<Record<string, string>>
  /** A file of the keys of OpenID Connect providers: a JSON Web Key Set for each issuer. */
  readonly oidcKeys?: string
}

/** Published, and therefore good on loopback only. */
const developmentKey = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Half of the machine for all workers together, as DuckDB itself would take four fifths for one. */
function defaultEngine(): Settings['engine'] {
  const workers = Math.max(2, availableParallelism())
  return { workers, memoryBytes: Math.floor(totalmem() / 2 / workers) }
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** Fills in what is not given. Throws SettingsError for what is not safe or makes no sense. */
export function completeSettings(given: Partial<Omit<Settings, 'keyIsPublic'>> = {}): Settings {
  const rootKey = given.rootKey ?? developmentKey
  const settings: Settings = {
    host: given.host ?? '127.0.0.1',
    port: given.port ?? 4566,
    dataDirectory: 'dataDirectory' in given ? given.dataDirectory : '.lentic',
    tls: given.tls,
    auth: given.auth ?? 'verify',
    rootKey,
    keyIsPublic: given.auth === 'open' || rootKey.secretAccessKey === developmentKey.secretAccessKey,
    region: given.region ?? 'us-east-1',
    account: given.account ?? '000000000000',
    allowReset: given.allowReset ?? false,
    hostnames: given.hostnames ?? ['localhost'],
    engine: given.engine ?? defaultEngine(),
    metastore: given.metastore,
    sqliteDirectory: given.sqliteDirectory,
    functions: given.functions,
    oidcKeys: given.oidcKeys,
  }
  check(settings)
  return settings
}

function check({ host, port, auth, rootKey, account, region, engine, metastore }: Settings): void {
  for (const one of [port, metastore?.port ?? 0])
    if (!Number.isInteger(one) || one < 0 || one > 65_535) throw new SettingsError(`Not a port: ${one}`)
  if (metastore?.principal !== undefined && PRINCIPAL.exec(metastore.principal)?.[1] !== account)
    throw new SettingsError(`Not the ARN of a role or a user of the account ${account}: ${metastore.principal}`)
  if (metastore && !/^[a-z][a-z0-9]*:\/\/?[^/]/.test(metastore.warehouse))
    throw new SettingsError(`A warehouse is a folder like s3a://bucket/folder, not '${metastore.warehouse}'`)
  if (!/^\d{12}$/.test(account)) throw new SettingsError(`An account has twelve digits: ${account}`)
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) throw new SettingsError(`Not a region: ${region}`)
  if (!Number.isInteger(engine.workers) || engine.workers < 1)
    throw new SettingsError(`The engine needs at least one worker, not ${engine.workers}`)
  if (!(engine.memoryBytes >= 1 << 26)) throw new SettingsError('The engine needs at least 64 MiB a worker')
  if (rootKey.accessKeyId === '' || rootKey.secretAccessKey === '') throw new SettingsError('The root key is empty')
  if (isLoopback(host)) return
  if (metastore)
    throw new SettingsError(
      `Hive's metastore protocol knows no keys, and whoever reaches it may change every table: it is refused on ${host}`,
    )
  if (auth === 'open')
    throw new SettingsError(
      `LENTIC_AUTH=open accepts every key as root: it is refused on ${host}, which others can reach`,
    )
  if (rootKey.secretAccessKey === developmentKey.secretAccessKey)
    throw new SettingsError(
      `The development key is known to everyone: to listen on ${host}, set LENTIC_ROOT_ACCESS_KEY_ID and LENTIC_ROOT_SECRET_ACCESS_KEY`,
    )
}

const PRINCIPAL = /^arn:aws[a-z-]*:iam::(\d{12}):(?:role|user)\/\S+$/

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

type Environment = Readonly<Record<string, string | undefined>>

/** `--data DIR --port N --host H --memory`, and the `LENTIC_` variables; an option goes before a variable. */
export function readSettings(argv: readonly string[], env: Environment): Settings {
  const options = readOptions(argv)
  const text = (option: string, variable: string) => options.get(option) ?? emptyAsAbsent(env[variable])
  const number = (option: string, variable: string) => {
    const value = text(option, variable)
    return value === undefined ? undefined : Number(value)
  }
  const workers = number('workers', 'LENTIC_ENGINE_WORKERS')
  const memory = text('engine-memory', 'LENTIC_ENGINE_MEMORY')
  const metastorePort = number('metastore-port', 'LENTIC_METASTORE_PORT')
  const principal = text('metastore-principal', 'LENTIC_METASTORE_PRINCIPAL')
  const warehouse = text('metastore-warehouse', 'LENTIC_METASTORE_WAREHOUSE') ?? defaultWarehouse
  const engine = defaultEngine()
  return completeSettings({
    host: text('host', 'LENTIC_HOST'),
    port: number('port', 'LENTIC_PORT'),
    ...(options.has('memory')
      ? { dataDirectory: undefined }
      : { dataDirectory: text('data', 'LENTIC_DATA') ?? '.lentic' }),
    tls: tlsFiles(text('tls-cert', 'LENTIC_TLS_CERT'), text('tls-key', 'LENTIC_TLS_KEY')),
    auth: authMode(emptyAsAbsent(env.LENTIC_AUTH)),
    rootKey: rootKey(emptyAsAbsent(env.LENTIC_ROOT_ACCESS_KEY_ID), emptyAsAbsent(env.LENTIC_ROOT_SECRET_ACCESS_KEY)),
    region: text('region', 'LENTIC_REGION'),
    account: text('account', 'LENTIC_ACCOUNT'),
    allowReset: env.LENTIC_ALLOW_RESET === '1',
    hostnames: ['localhost', ...(emptyAsAbsent(env.LENTIC_HOSTNAMES)?.toLowerCase().split(',') ?? [])],
    engine: {
      workers: workers ?? engine.workers,
      memoryBytes: memory === undefined ? engine.memoryBytes : parseSize(memory),
    },
    metastore:
      metastorePort === undefined
        ? undefined
        : { port: metastorePort, warehouse, ...(principal !== undefined && { principal }) },
    sqliteDirectory: text('sqlite-directory', 'LENTIC_SQLITE_DIRECTORY'),
    functions: parseFunctions(text('function', 'LENTIC_FUNCTIONS')),
    oidcKeys: text('oidc-keys', 'LENTIC_OIDC_KEYS'),
  })
}

/** Stock clients of Hive know S3 by this name of Hadoop's. */
const defaultWarehouse = 's3a://warehouse'

const valued = new Set([
  ...['data', 'port', 'host', 'tls-cert', 'tls-key', 'region', 'account', 'workers', 'engine-memory'],
  ...['metastore-port', 'metastore-warehouse', 'metastore-principal', 'sqlite-directory', 'function', 'oidc-keys'],
])

function readOptions(argv: readonly string[]): Map<string, string> {
  const options = new Map<string, string>()
  for (let index = 0; index < argv.length; index++) {
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[index]!) ?? []
    if (name === 'memory') options.set(name, '')
    else if (!valued.has(name)) throw new SettingsError(`Unknown option: ${argv[index]}`)
    else {
      const value = inline ?? argv[++index]
      if (value === undefined || value === '') throw new SettingsError(`--${name} needs a value`)
      // One that may be given again is a list, as it is in its variable.
      options.set(name, name === 'function' && options.has(name) ? `${options.get(name)},${value}` : value)
    }
  }
  return options
}

const emptyAsAbsent = (value: string | undefined) => (value === '' ? undefined : value)

/** `items=http://127.0.0.1:9001,orders=https://...`. */
function parseFunctions(text: string | undefined): Settings['functions'] {
  if (text === undefined) return undefined
  const entries = text.split(',').map((one) => {
    const [, name, url] = /^\s*([\w-]+)=(\S+)\s*$/.exec(one) ?? []
    if (name === undefined || !/^https?:$/.test(URL.parse(url!)?.protocol ?? ''))
      throw new SettingsError(`A function is told as name=http://host:port, not '${one}'`)
    return [name, url!] as const
  })
  return Object.fromEntries(entries)
}

function tlsFiles(certFile: string | undefined, keyFile: string | undefined): Settings['tls'] {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile === undefined || keyFile === undefined)
    throw new SettingsError('TLS needs both a certificate (LENTIC_TLS_CERT) and its key (LENTIC_TLS_KEY)')
  return { certFile, keyFile }
}

function authMode(value: string | undefined): Settings['auth'] | undefined {
  if (value === undefined || value === 'verify' || value === 'open') return value
  throw new SettingsError(`LENTIC_AUTH is 'verify' or 'open', not '${value}'`)
}

function rootKey(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
): Settings['rootKey'] | undefined {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new SettingsError('Set both LENTIC_ROOT_ACCESS_KEY_ID and LENTIC_ROOT_SECRET_ACCESS_KEY, or neither')
  return { accessKeyId, secretAccessKey }
}

/** `512MB`, `4GiB`, `4g`: powers of 1024 throughout. */
function parseSize(text: string): number {
  const [, amount, unit = ''] = /^(\d+)\s*(?:([kmgt])i?b?|b)?$/i.exec(text) ?? []
  if (amount === undefined) throw new SettingsError(`Not a size: ${text}`)
  return Number(amount) * 1024 ** ('kmgt'.indexOf(unit.toLowerCase() || '-') + 1)
}
