/** The composition root: settings, storage, engine, rooms, services, socket. Nothing here outlives `stop`. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { completeSettings, type Settings } from './config.ts'
import { keyring, openKeyring, type RootKey } from './core/access/credentials.ts'
import { type IdentityRooms, openIdentityRooms } from './core/access/identity-rooms.ts'
import { ownedKeys } from './core/access/owned-keys.ts'
import { type Sessions, sealedSessions } from './core/access/sessions.ts'
import { systemClock } from './core/clock.ts'
import { daily } from './core/daily.ts'
import { openEvents } from './core/events/events.ts'
import { Fault } from './core/faults.ts'
import { type AccessKeys, openAccessKeys } from './core/identities/access-keys.ts'
import { identityUses } from './core/identities/uses.ts'
import { Keys } from './core/keys/keys.ts'
import type { Lake } from './core/lake.ts'
import { openMeasurements } from './core/measurements/measurements.ts'
import { createMetrics } from './core/metrics.ts'
import { measuredEngine } from './core/metrics-engine.ts'
import { keyedFiles } from './core/objects/keyed-files.ts'
import { expire } from './core/objects/lifecycle.ts'
import { closeObjects, type ObjectStore, objectStore, openObjects } from './core/objects/store.ts'
import { wholeFile } from './core/objects/whole-file.ts'
import { governedCatalogs } from './core/permissions/governed-catalogs.ts'
import { namedPrincipal } from './core/permissions/lake-principal.ts'
import type { Clock, SqlEngine } from './core/ports.ts'
import { KEY_BYTES, sealing } from './core/secrets/sealing.ts'
import { secretSeal } from './core/secrets/secret-seal.ts'
import { openSecrets } from './core/secrets/secrets.ts'
import { type TablePlaces, tablePlaces } from './core/table-buckets/table-buckets.ts'
import { type DataDirectory, emptyDirectory, openDirectory } from './data-directory.ts'
import { openDuckdbEngine } from './engines/duckdb/engine.ts'
import { openSourceReads } from './engines/federation/source-reads.ts'
import { logInToMysql } from './engines/mysql/login.ts'
import { logInToPostgres } from './engines/postgres/login.ts'
import { createAuthenticator } from './protocol/auth.ts'
import { authorizer } from './protocol/authorization.ts'
import { createDispatcher, type Dispatcher, type RequestOutcome } from './protocol/dispatch.ts'
import { modelMetadata, modelNames } from './protocol/model.ts'
import { callObserver, catalogObserver, ownObserver, requestCounter } from './protocol/observation.ts'
import { createOwnApi, type OwnApi } from './protocol/own-api.ts'
import { createRestCatalog } from './protocol/rest-catalog.ts'
import { catalogCallers } from './protocol/rest-catalog-callers.ts'
import { createRouter } from './protocol/route.ts'
import type { ServiceDefinition } from './protocol/service.ts'
import type { ThriftDispatcher } from './protocol/thrift/service.ts'
import { foreignPage, isFromForeignPage } from './server/foreign-page.ts'
import { listen } from './server/http.ts'
import { ownPaths, ownPrefix, readVersion } from './server/own-paths.ts'
import type { ThriftServer } from './server/thrift.ts'
import { readTls } from './server/tls-files.ts'
import { athena } from './services/athena/service.ts'
import { cloudTrail } from './services/cloudtrail/service.ts'
import { cloudWatch } from './services/cloudwatch/service.ts'
import { glue } from './services/glue/service.ts'
import { iam } from './services/iam/service.ts'
import { kms } from './services/kms/service.ts'
import { lakeFormation } from './services/lakeformation/service.ts'
import { logs } from './services/logs/service.ts'
import { s3 } from './services/s3/service.ts'
import { s3Tables } from './services/s3tables/service.ts'
import { secretsManager } from './services/secretsmanager/service.ts'
import { sts } from './services/sts/service.ts'
import { openFileBlobs } from './storage/blobs-fs.ts'
import { openMemoryBlobs } from './storage/blobs-memory.ts'
import { isNearlyFull } from './storage/disk-room.ts'
import { keyFile } from './storage/key-file.ts'
import { openMemoryState } from './storage/state-memory.ts'
import { openSqliteState } from './storage/state-sqlite.ts'

export interface StartOptions extends Partial<Settings> {
  /** Tests bring one they can turn. */
  readonly clock?: Clock
  /** Where bugs are told, a line each; standard error unless given. */
  readonly log?: (line: string) => void
}

export interface RunningServer {
  /** `http://127.0.0.1:4566`. */
  readonly endpoint: string
  readonly credentials: RootKey
  readonly region: string
  /** `thrift://127.0.0.1:9083`, where Hive's metastore is served. */
  readonly metastore?: string
  /** Ends running requests, keeps everything, leaves no handle open. */
  stop(): Promise<void>
}

/** Names inside a data directory. The lock stays when the rest is emptied. */
const stored = { state: 'state', blobs: 'blobs', engine: 'engine', sources: 'sources', key: 'secrets.key' }
const stopGraceMs = 2000

/** Throws SettingsError for settings that will not do, and Error where the address or the directory is taken. */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  // Whatever fails on the way up, what has been opened is closed again.
  await using opened = new AsyncDisposableStack()
  const settings = completeSettings(options)
  const clock = options.clock ?? systemClock
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`))
  const tls = settings.tls && (await readTls(settings.tls))
  const directory = await openDirectory(settings.dataDirectory)
  opened.defer(() => directory.release())
  const metrics = createMetrics()
  const temporaryDirectory = join(directory.path, stored.engine)
  const { functions } = settings
  const engine = measuredEngine(openDuckdbEngine({ ...settings.engine, temporaryDirectory, clock, functions }), metrics)
  opened.defer(() => engine.close())
  const house = await openRebuildable({ settings, clock, directory, engine, log, observe: requestCounter(metrics) })
  opened.defer(() => house.close())
  const own = ownPaths({
    version: readVersion(),
    startedAt: clock.now(),
    now: () => clock.now(),
    metrics,
    offered: async (request, name) =>
      settings.keyIsPublic && isFromForeignPage(request) ? foreignPage : house.own(request, name),
    reset: settings.allowReset ? () => house.rebuild() : undefined,
  })
  const server = await listen({
    host: settings.host,
    port: settings.port,
    tls,
    now: () => clock.now(),
    answer: async (request) => {
      if (request.rawPath.startsWith(ownPrefix)) return own(request)
      if (settings.keyIsPublic && isFromForeignPage(request)) return foreignPage
      return house.dispatch(request)
    },
    report: (error) => log(describe(error)),
  })
  opened.defer(() => server.close(stopGraceMs))
  const metastore = await openMetastore(settings, house, log)
  opened.defer(() => metastore?.close(stopGraceMs))
  const running = opened.move()
  const { host, region, rootKey: credentials } = settings
  const address = host.includes(':') ? `[${host}]` : host
  return {
    endpoint: `${tls ? 'https' : 'http'}://${address}:${server.port}`,
    metastore: metastore && `thrift://${address}:${metastore.port}`,
    credentials,
    region,
    stop: () => running.disposeAsync(),
  }
}

/** As much as Hive's own takes (hive.metastore.server.max.message.size), and as much as its clients take. */
const thriftLimits = { messageBytes: 100 << 20, answerBytes: 1 << 30 }

/** Loaded where it is wanted: most have no client of Hive. */
async function openMetastore(
  { host, metastore }: Settings,
  house: House,
  log: (line: string) => void,
): Promise<ThriftServer | undefined> {
  if (!metastore) return undefined
  const { listenThrift } = await import('./server/thrift.ts')
  return listenThrift({
    host,
    port: metastore.port,
    maxMessageBytes: thriftLimits.messageBytes,
    answer: (message, peer, signal) => house.metastore(message, peer, signal),
    report: (error) => log(describe(error)),
  })
}

interface HouseParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly directory: DataDirectory
  readonly engine: SqlEngine
  readonly log: (line: string) => void
  readonly observe: (outcome: RequestOutcome) => void
}

interface House {
  readonly dispatch: Dispatcher
  readonly own: OwnApi
  readonly metastore: ThriftDispatcher
  /** Waits for requests under way. */
  close(): Promise<void>
}

/** A house that can be emptied: requests that come meanwhile wait for the new one. */
async function openRebuildable(parts: HouseParts): Promise<House & { rebuild(): Promise<void> }> {
  let house = Promise.resolve(await openHouse(parts))
  return {
    dispatch: async (request) => (await house).dispatch(request),
    own: async (request, name) => (await house).own(request, name),
    metastore: async (message, peer, signal) => (await house).metastore(message, peer, signal),
    close: async () => (await house).close(),
    async rebuild() {
      house = house.then(async (old) => {
        await old.close()
        await emptyDirectory(parts.directory.path, [stored.state, stored.blobs])
        return openHouse(parts)
      })
      await house
    },
  }
}

/** What the rows of one table of a data source may take on disk while a query reads them. */
const MOST_SOURCE_BYTES = 64 * 1024 ** 3

/** Everything that holds state, and what answers from it. */
async function openHouse(parts: HouseParts): Promise<House> {
  await using opened = new AsyncDisposableStack()
  const { settings, clock, directory, engine, log, observe } = parts
  const { account, region, rootKey } = settings
  const keepsState = settings.dataDirectory !== undefined
  const state = keepsState ? openSqliteState(join(directory.path, stored.state, 'lentic.db')) : openMemoryState()
  opened.defer(() => state.close())
  const blobs = await openFileBlobs(join(directory.path, stored.blobs))
  if (isNearlyFull(directory.path))
    log(
      `The disk of ${directory.path} is full: reads are served, and deletions while they can be written down; what else writes is refused.`,
    )
  const objects = await openObjects({ state, blobs, clock })
  opened.defer(() => closeObjects(objects))
  const sealed = sealing(keyFile(join(directory.path, stored.key), KEY_BYTES))
  const keys = new Keys(state, clock, sealed)
  const files = keyedFiles(objects, keys)
  const sources = openSourceReads({
    temporaryDirectory: join(directory.path, stored.sources),
    mostBytes: MOST_SOURCE_BYTES,
    clock,
    readObject: (uri) => wholeFile(files, uri),
    connectors: { sqliteDirectory: settings.sqliteDirectory, functions: settings.functions },
  })
  opened.defer(() => sources.close())
  const secrets = openSecrets(state, clock, secretSeal(sealed, keys))
  const tell = (error: unknown): void => log(describe(error))
  const people = openIdentityRooms({ state, clock, account, keys, secrets })
  const { access, permissions } = people
  const catalogs = governedCatalogs({ state, clock, keys, permissions })
  const measurements = openMeasurements(state, clock, tell)
  opened.defer(() => measurements.close())
  const events = openEvents({ state, clock, files, seal: sealed, measurements, tell })
  opened.defer(() => events.close())
  const rooms = { ...catalogs, permissions, engine, sources, secrets, keys, events, measurements, access }
  const lake: Lake = { clock, state, blobs, files, ...rooms }
  const sessions = sealedSessions(rootKey.secretAccessKey)
  const accessKeys = openAccessKeys(state, clock, sealed)
  const places = tablePlaces(objects, files)
  const unlessFull = (consequence: string) => (error: unknown) => {
    if (!(error instanceof Fault && error.kind === 'storage-full')) throw error
    log(`${error.message} ${consequence}.`)
  }
  const doors = { sessions, places, accessKeys, oidcKeys: settings.oidcKeys, ...people }
  const services = composeServices(settings.engine, lake, objects, doors, tell)
  for (const service of services) {
    await service
      .open?.()
      .catch(unlessFull(`${service.name}: what the last run left open stays so until the next start`))
    opened.defer(() => service.close?.())
  }
  const closing = new AbortController()
  opened.defer(() => closing.abort())
  events.start()
  measurements.start()
  daily(clock, closing.signal, () => expire(objects, clock.now()), tell).catch(tell)
  const credentials =
    settings.auth === 'open'
      ? openKeyring(account, sessions)
      : keyring(account, rootKey, sessions, clock, ownedKeys(accessKeys, people.policies))
  const authenticator = createAuthenticator({ credentials, clock, account, region })
  const byName = new Map(services.map((service) => [service.name, service]))
  const used = identityUses({ state, clock, accessKeys }, tell)
  const dispatch = createDispatcher({
    services: byName,
    authorize: authorizer(people.access, byName),
    router: createRouter(modelNames.map(modelMetadata), settings.hostnames),
    authenticator,
    observe: callObserver({ count: observe, events, measurements, clock, used }),
    report: (error, call) => log(`${call.service}.${call.operation} ${call.requestId}: ${describe(error)}`),
  })
  const own = createOwnApi(services, { authenticator, access, observe: ownObserver({ events, clock }) }, tell)
  const anyone = settings.keyIsPublic ? rootKey : undefined
  const loadCatalog = async () => (await import('./services/iceberg/service.ts')).icebergCatalog(lake, sessions, places)
  const restCatalog = createRestCatalog(loadCatalog, {
    callers: catalogCallers({ authenticator, credentials, sessions, clock, anyone, account, region }),
    observe: catalogObserver({ count: observe, events, clock, used }),
    report: (error, what) => log(`${what}: ${describe(error)}`),
  })
  const metastore = await composeMetastore(parts, lake)
  const underWay = new Set<Promise<unknown>>()
  opened.defer(async () => void (await Promise.allSettled(underWay)))
  const running = opened.move()
  const awaited = <T>(answer: Promise<T>): Promise<T> => {
    underWay.add(answer)
    return answer.finally(() => underWay.delete(answer))
  }
  return {
    dispatch: (request) => awaited(restCatalog(request) ?? dispatch(request)),
    own: (request, name) => awaited(own(request, name)),
    metastore: (message, peer, signal) => awaited(metastore(message, peer, signal)),
    close: () => running.disposeAsync(),
  }
}

/**
 * Half an hour is Athena's own default for a query, and so many of them may be active, running and queued together:
 * https://docs.aws.amazon.com/general/latest/gr/athena.html
 */
const athenaLimits = { timeoutMs: 30 * 60_000, queuedQueries: 200 }

interface Doors extends IdentityRooms {
  readonly sessions: Sessions
  readonly places: TablePlaces
  readonly accessKeys: AccessKeys
  readonly oidcKeys?: string
}

function composeServices(
  { workers, memoryBytes }: Settings['engine'],
  lake: Lake,
  objects: ObjectStore,
  { sessions, places, oidcKeys, ...people }: Doors,
  report: (error: unknown) => void,
): ServiceDefinition[] {
  return [
    s3(objects, lake),
    glue(lake, places, {
      timeoutMs: athenaLimits.timeoutMs,
      memoryBytes,
      runs: { concurrent: 1, queued: 100 },
      logins: { postgresql: logInToPostgres, mysql: logInToMysql, mariadb: logInToMysql },
      report,
    }),
    athena(lake, { ...athenaLimits, memoryBytes, concurrentQueries: workers, places, report }),
    s3Tables(lake, places, {
      timeoutMs: athenaLimits.timeoutMs,
      memoryBytes,
      runs: { concurrent: 1, queued: 100 },
      report,
    }),
    secretsManager(lake),
    kms(lake),
    cloudTrail(lake, { timeoutMs: athenaLimits.timeoutMs, memoryBytes, concurrentQueries: workers }, report),
    cloudWatch(lake),
    logs(lake, report),
    lakeFormation(lake, sessions, { timeoutMs: athenaLimits.timeoutMs, memoryBytes }),
    iam({ clock: lake.clock, state: lake.state, events: lake.events, ...people }),
    sts({ clock: lake.clock, state: lake.state, sessions, oidcKeys, ...people }),
  ]
}

async function composeMetastore({ settings, clock, log, observe }: HouseParts, lake: Lake): Promise<ThriftDispatcher> {
  if (!settings.metastore) return () => Promise.reject(new Error('No metastore is served.'))
  const { hiveMetastore } = await import('./services/hive-metastore/service.ts')
  const { createThriftDispatcher } = await import('./protocol/thrift/service.ts')
  const { thriftObserver } = await import('./protocol/thrift/observation.ts')
  const { account, region } = settings
  const { warehouse, principal } = settings.metastore
  const scope = { account, region, ...(principal !== undefined && { principal: namedPrincipal(principal) }) }
  const service = hiveMetastore(lake, scope, warehouse)
  return createThriftDispatcher(service, {
    clock,
    maxAnswerBytes: thriftLimits.answerBytes,
    observe: thriftObserver(service, { count: observe, events: lake.events, clock, scope }),
    report: (error, method) => log(`hive-metastore.${method}: ${describe(error)}`),
  })
}

/**
 * Every service over an empty lake. Opens nothing and keeps nothing: its tables can be read, and its handlers listed.
 * @internal
 */
export function composedServices(): readonly ServiceDefinition[] {
  const clock = systemClock
  const state = openMemoryState()
  const objects = objectStore({ state, blobs: openMemoryBlobs(), clock }, 0)
  const engine: SqlEngine = { run: () => Promise.reject(new Error('Nothing runs here.')), close: async () => {} }
  const sources = openSourceReads({
    temporaryDirectory: join(tmpdir(), 'lentic-no-sources'),
    mostBytes: 0,
    clock,
    readObject: () => Promise.reject(new Error('Nothing is read here.')),
    connectors: {},
  })
  const sealed = sealing(new Uint8Array(KEY_BYTES))
  const keys = new Keys(state, clock, sealed)
  const secrets = openSecrets(state, clock, secretSeal(sealed, keys))
  const files = keyedFiles(objects, keys)
  const measurements = openMeasurements(state, clock, () => {})
  const events = openEvents({ state, clock, files, seal: sealed, measurements, tell: () => {} })
  const people = openIdentityRooms({ state, clock, account: '000000000000', keys, secrets })
  const { access, permissions } = people
  const catalogs = governedCatalogs({ state, clock, keys, permissions })
  const house = { files, ...catalogs, permissions, engine, sources, secrets, keys, events, measurements, access }
  const lake: Lake = { ...objects, ...house }
  const accessKeys = openAccessKeys(state, clock, sealed)
  const doors = { sessions: sealedSessions(''), places: tablePlaces(objects, files), accessKeys, ...people }
  return composeServices({ workers: 1, memoryBytes: 0 }, lake, objects, doors, () => {})
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
