/** Starts and stops the Trino of `distribution.ts` on a free port of this machine alone. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'
import { findJava } from '../java.ts'
import { queryTrino } from './client.ts'
import {
  type Coordinator,
  type Distribution,
  fetchDistribution,
  fetchHiveDistribution,
  fetchIcebergDistribution,
} from './distribution.ts'

const START_LIMIT_MS = 300_000
const STOP_LIMIT_MS = 10_000
/** Names and decimals as the TPC-H specification has them. */
const TPCH = 'connector.name=tpch\ntpch.column-naming=STANDARD\ntpch.double-type-mapping=DECIMAL\n'

export interface TrinoServer {
  /** `http://127.0.0.1:12345`. */
  readonly url: string
  stop(): Promise<void>
}

const run = promisify(execFile)
const TPCDS_SOURCE = join(import.meta.dirname, 'tpcds.java')

/** What a Trino is to have. */
interface Plan {
  readonly coordinator: Coordinator
  /** The settings of each catalog. */
  readonly catalogs: Readonly<Record<string, string>>
  /** Of a table that is read on a node: it can be answered when there is one. */
  readonly probe: { readonly catalog: string; readonly schema: string; readonly sql: string }
  readonly layPlugins?: (home: string) => Promise<void>
}

export async function startTrino(): Promise<TrinoServer> {
  const distribution = await fetchDistribution()
  return launch({
    coordinator: distribution,
    catalogs: { tpch: TPCH, tpcds: 'connector.name=tpcds\n' },
    probe: { catalog: 'tpcds', schema: 'tiny', sql: 'SELECT count(*) FROM reason' },
    layPlugins: (home) => layTpcds(home, distribution),
  })
}

/**
 * With catalogs of the hive connector, whose settings are given by their names. It is ready when it answers `probe`: what is in
 * the information schema it knows before its nodes have told that they serve the catalogs.
 */
export async function startHiveTrino(catalogs: Plan['catalogs'], probe?: Plan['probe']): Promise<TrinoServer> {
  const [catalog = ''] = Object.keys(catalogs)
  return launch({
    coordinator: await fetchHiveDistribution(),
    catalogs,
    probe: probe ?? { catalog, schema: 'information_schema', sql: 'SELECT count(*) FROM schemata' },
  })
}

/** With catalogs of the Iceberg connector. */
export async function startIcebergTrino(catalogs: Plan['catalogs']): Promise<TrinoServer> {
  const [catalog = ''] = Object.keys(catalogs)
  return launch({
    coordinator: await fetchIcebergDistribution(),
    catalogs,
    probe: { catalog, schema: 'information_schema', sql: 'SELECT count(*) FROM schemata' },
  })
}

async function launch({ coordinator, catalogs, probe, layPlugins }: Plan): Promise<TrinoServer> {
  const java = await findJava('java', coordinator.java)
  const home = await mkdtemp(join(tmpdir(), 'lentic-trino-'))
  const port = await freePort()
  await mkdir(join(home, 'plugin'))
  for (const name of await readdir(coordinator.plugins))
    await symlink(join(coordinator.plugins, name), join(home, 'plugin', name))
  await layPlugins?.(home)
  await writeSettings(home, port, catalogs)
  // As Trino wants it, whatever the locale is.
  const charset = ['-Dfile.encoding=UTF-8', '-Dsun.jnu.encoding=UTF-8']
  const options = ['-Xmx2g', '-XX:+UseG1GC', '-Duser.timezone=UTC', '-Djdk.attach.allowAttachSelf=true', ...charset]
  const files = ['-Dconfig=etc/config.properties', '-cp', join(coordinator.libraries, '*')]
  const child = spawn(java, [...options, ...files, join(import.meta.dirname, 'start.java'), coordinator.version], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.push(String(chunk)))
  const stop = () => stopChild(child, home)
  const url = `http://127.0.0.1:${port}`
  try {
    await ready(url, child, probe)
  } catch (error) {
    await stop()
    throw new Error(`Trino did not start: ${String(error)}\n${log.join('').slice(-4000)}`)
  }
  return { url, stop }
}

/** A plugin that is made here. */
async function layTpcds(home: string, { libraries, tpcds }: Distribution): Promise<void> {
  const own = join(home, 'plugin', 'tpcds')
  const services = join(own, 'classes', 'META-INF', 'services')
  await mkdir(services, { recursive: true })
  await writeFile(join(services, 'io.trino.spi.Plugin'), 'tpcds\n')
  const classPath = [libraries, tpcds.libraries].map((folder) => join(folder, '*')).join(':')
  await run(await findJava('javac'), ['-cp', classPath, '-d', join(own, 'classes'), TPCDS_SOURCE])
  for (const jar of await readdir(tpcds.libraries)) await symlink(join(tpcds.libraries, jar), join(own, jar))
}

/** Writes the tables of TPC-DS as text into a folder; see `tpcds.java`. */
export async function writeTpcds(folder: string): Promise<void> {
  const { libraries, tpcds } = await fetchDistribution()
  const classPath = [libraries, tpcds.libraries].map((jars) => join(jars, '*')).join(':')
  await run(await findJava(), ['-cp', classPath, TPCDS_SOURCE, folder])
}

async function writeSettings(home: string, port: number, catalogs: Plan['catalogs']): Promise<void> {
  await mkdir(join(home, 'etc', 'catalog'), { recursive: true })
  const settings = {
    'node.id': 'lentic',
    'node.environment': 'lentic',
    'node.internal-address': '127.0.0.1',
    'node.bind-ip': '127.0.0.1',
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': String(port),
    'discovery.uri': `http://127.0.0.1:${port}`,
    'plugin.dir': join(home, 'plugin'),
    'catalog.config-dir': 'etc/catalog',
    'query.max-memory-per-node': '1GB',
    'query.min-expire-age': '10s',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(join(home, 'etc', 'config.properties'), lines.join(''))
  for (const [name, text] of Object.entries(catalogs))
    await writeFile(join(home, 'etc', 'catalog', `${name}.properties`), text)
}

/**
 * It answers before it can run anything: `starting` says when that is over. Even then it may not have found itself yet as a
 * node to run on.
 */
async function ready(url: string, child: ChildProcess, probe: Plan['probe']): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`)
    const info = await fetch(`${url}/v1/info`, { signal: AbortSignal.timeout(5_000) }).then(
      async (answer) => (answer.ok ? ((await answer.json()) as { starting: boolean }) : undefined),
      () => undefined,
    )
    if (info && !info.starting && (await hasNode(url, probe))) return
    await delay(250)
  }
  throw new Error(`not ready within ${START_LIMIT_MS} ms`)
}

async function hasNode(url: string, { catalog, schema, sql }: Plan['probe']): Promise<boolean> {
  const answer = await queryTrino({ url, catalog, schema }, sql)
  if (!('code' in answer)) return true
  if (answer.code !== 'NO_NODES_AVAILABLE') throw new Error(answer.message)
  return false
}

async function stopChild(child: ChildProcess, home: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const patience = new AbortController()
    const late = delay(STOP_LIMIT_MS, undefined, { signal: patience.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    )
    await ended
    patience.abort()
    await late
  }
  await rm(home, { recursive: true, force: true })
}
