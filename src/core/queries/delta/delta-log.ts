/** A table's newest snapshot, from the objects of its log. */
import { CorruptData } from '../../../formats/corrupt-data.ts'
import { type Action, parseActions } from '../../../formats/delta/actions.ts'
import { fileUri } from '../../../formats/delta/file-uri.ts'
import { invalidLog } from '../../../formats/delta/log-error.ts'
import { commitName, logSegment } from '../../../formats/delta/log-segment.ts'
import { unsupportedProtocol } from '../../../formats/delta/protocol.ts'
import { Replay, type Snapshot } from '../../../formats/delta/snapshot.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { LakeFile } from '../../objects/files.ts'
import { wholeFile } from '../../objects/whole-file.ts'
import { WaitingLine } from '../../waiting-line.ts'
import type { QueryContext } from '../context.ts'
import type { DescribedTable } from '../described-table.ts'
import { Turns } from '../turns.ts'
import { checkpointActions } from './checkpoint-query.ts'
import { deltaLayout } from './delta-columns.ts'
import { deltaFiles } from './delta-files.ts'
import { deltaLocation } from './delta-table.ts'
import { type KnownSnapshot, keepSnapshot, knownSnapshot } from './known-snapshots.ts'

const LOG = '_delta_log'
const SIDECARS = `${LOG}/_sidecars`
/** Of one commit, or of a checkpoint in JSON: it is read a line at a time. */
const MOST_LOG_BYTES = 256 << 20

/** A small checkpoint may hold, or lead to, a million files: the text of them takes several times what is kept. */
const LONG_LOG_BYTES = 1 << 20
const longLogs = new WaitingLine(1)

export async function readDeltaTable(table: Table, context: QueryContext): Promise<DescribedTable> {
  const location = deltaLocation(table)
  const snapshot = await readSnapshot(location, dottedName(table), context)
  const layout = deltaLayout(snapshot, location)
  return {
    layout,
    files: async (filter, { rooms }, planning) => ({
      files: await deltaFiles(snapshot, layout, filter, rooms.files, planning),
    }),
  }
}

/** `location` without a slash at its end; `name` is for messages. Throws DeltaLogError, or SqlError as Trino would. */
export async function readSnapshot(location: string, name: string, context: QueryContext): Promise<Snapshot> {
  const log = await listLog(location, context)
  if (log.size === 0)
    throw new SqlError('DELTA_LAKE_INVALID_SCHEMA', `Metadata not found in transaction log for ${name}`)
  const unread = unreadFiles(log, location, context)
  if (!isLong(unread)) return snapshotOf(unread, location, name, context)
  // Who was before may have read the same one.
  return longLogs.inTurn(context.signal, () => snapshotOf(unreadFiles(log, location, context), location, name, context))
}

/** What of a log is to be read: all of its segment, or the commits after a snapshot that is known. */
interface Unread {
  readonly version: number
  readonly base?: KnownSnapshot
  /** By name, the newest commit first, and those of a checkpoint last. */
  readonly read: ReadonlyMap<string, LakeFile>
  readonly fromCheckpoint: boolean
}

function unreadFiles(log: ReadonlyMap<string, LakeFile>, location: string, { rooms }: QueryContext): Unread {
  const { version, checkpoint, commits } = logSegment([...log.keys()])
  const base = knownSnapshot(rooms.files, location, log)
  const since = base && commitsSince(base.snapshot.version, version, log)
  const names = since ?? [...commits.toReversed(), ...(checkpoint?.files ?? [])]
  const read = new Map(names.map((file) => [file, log.get(file)!]))
  return { version, read, fromCheckpoint: !since && checkpoint !== undefined, ...(since && { base }) }
}

const isLong = ({ read, fromCheckpoint }: Unread): boolean =>
  fromCheckpoint || read.values().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > LONG_LOG_BYTES

async function snapshotOf(
  { version, base, read }: Unread,
  location: string,
  name: string,
  context: QueryContext,
): Promise<Snapshot> {
  if (base && read.size === 0) return base.snapshot
  await context.hold([...read.values()])
  const replay = new Replay(location)
  const turns = new Turns(context.signal)
  for (const file of read.values()) await take(replay, file, location, context, turns)
  if (base) await takeSnapshot(replay, base.snapshot, turns)
  const snapshot = replay.snapshot(version, name)
  requireReadable(snapshot, name)
  keepSnapshot(context.rooms.files, location, { snapshot, read: new Map([...read, ...(base?.read ?? [])]) })
  return snapshot
}

/** Names of the commits that lead from one version to a later one, the newest first; undefined where they do not. */
function commitsSince(from: number, to: number, log: ReadonlyMap<string, LakeFile>): string[] | undefined {
  if (to < from) return undefined
  const names = Array.from({ length: to - from }, (_, i) => commitName(to - i))
  return names.every((name) => log.has(name)) ? names : undefined
}

async function takeSnapshot(replay: Replay, { protocol, metadata, files }: Snapshot, turns: Turns): Promise<void> {
  replay.take({ kind: 'protocol', protocol })
  replay.take({ kind: 'metadata', metadata })
  for (const add of files) {
    replay.take({ kind: 'add', add })
    if (turns.step()) await turns.rest()
  }
}

/** By name, what lies directly in the folder of the log. */
async function listLog(location: string, context: QueryContext): Promise<ReadonlyMap<string, LakeFile>> {
  const folder = `${location}/${LOG}/`
  const turns = new Turns(context.signal)
  const log = new Map<string, LakeFile>()
  for (const file of context.rooms.files.list(folder)) {
    const name = file.uri.slice(folder.length)
    if (!name.includes('/')) log.set(name, file)
    if (turns.step()) await turns.rest()
  }
  return log
}

/** The actions of a commit or of a part of a checkpoint, and of the sidecars that a v2 checkpoint names. */
async function take(
  replay: Replay,
  file: LakeFile,
  location: string,
  context: QueryContext,
  turns: Turns,
): Promise<void> {
  const parts = [file]
  // Sidecars join the parts while these are gone through.
  for (const part of parts) {
    for (const action of await actionsOf(part, context)) {
      // A sidecar has none of its own.
      if (action.kind === 'sidecar' && part === file) parts.push(requireSidecar(action.path, file, location, context))
      replay.take(action)
      if (turns.step()) await turns.rest()
    }
    if (part === file) await context.hold(parts)
  }
}

async function actionsOf(file: LakeFile, context: QueryContext): Promise<Iterable<Action>> {
  if (!file.uri.endsWith('.json')) return checkpointActions(file, context)
  try {
    return parseActions(
      (await wholeFile(context.rooms.files, file.uri, undefined, MOST_LOG_BYTES)).toString(),
      file.uri,
    )
  } catch (error) {
    if (error instanceof CorruptData) throw invalidLog(`Malformed Delta log: ${file.uri}: ${error.message}`)
    throw error
  }
}

function requireSidecar(path: string, of: LakeFile, location: string, { rooms }: QueryContext): LakeFile {
  const uri = fileUri(path.includes('/') ? location : `${location}/${SIDECARS}`, path)
  const sidecar = rooms.files.stat(uri)
  if (!sidecar) throw invalidLog(`The Delta log lacks ${uri}, a part of its checkpoint ${of.uri}`)
  return sidecar
}

/** To Trino a table that asks for more than it knows is not there; the reason is ours. */
function requireReadable({ protocol }: Snapshot, name: string): void {
  const unsupported = unsupportedProtocol(protocol)
  if (unsupported === undefined) return
  const table = `Table 'awsdatacatalog.${name}' does not exist`
  throw new SqlError('TABLE_NOT_FOUND', `${table}: its log asks for ${unsupported}, which is not supported`)
}
