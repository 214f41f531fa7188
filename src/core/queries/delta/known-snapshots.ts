/**
 * What logs have told, kept for the next statement: a snapshot serves until its log changes, and then as what the commits
 * after it start from. One is kept for each table, and of all of them no more than there is room for.
 */
import type { Snapshot, SnapshotFile } from '../../../formats/delta/snapshot.ts'
import type { Files, LakeFile } from '../../objects/files.ts'

export interface KnownSnapshot {
  readonly snapshot: Snapshot
  /** The files of the log that it was read from, by name, those of the newest version first. */
  readonly read: ReadonlyMap<string, LakeFile>
}
interface Known extends KnownSnapshot {
  readonly sizeBytes: number
}

/** By the table's location; the one used last is the last. */
type ByLocation = Map<string, Known>

const knownByLake = new WeakMap<object, ByLocation>()
/** For a lake, as far as can be told from lengths of texts. */
const MOST_BYTES = 400 << 20

function knownOf({ lake }: Files): ByLocation {
  const known = knownByLake.get(lake) ?? new Map()
  knownByLake.set(lake, known)
  return known
}

/**
 * A snapshot of an earlier version, or of this one, of the table whose log now is `log`: files never change, so it holds
 * as long as those that it was read from are the same ones or have been tidied away, its newest excepted.
 */
export function knownSnapshot(
  lake: Files,
  location: string,
  log: ReadonlyMap<string, LakeFile>,
): KnownSnapshot | undefined {
  const known = knownOf(lake)
  const found = known.get(location)
  if (!found) return undefined
  const [newest] = found.read.keys()
  for (const [name, { localPath }] of found.read) {
    const now = log.get(name)
    if (now ? now.localPath !== localPath : name === newest) return undefined
  }
  known.delete(location)
  known.set(location, found)
  return found
}

export function keepSnapshot(lake: Files, location: string, { snapshot, read }: KnownSnapshot): void {
  const known = knownOf(lake)
  known.delete(location)
  const sizeBytes = snapshot.files.reduce((sum, file) => sum + weight(file), 0) + read.size * 200
  known.set(location, { snapshot, read, sizeBytes })
  let sum = known.values().reduce((total, one) => total + one.sizeBytes, 0)
  for (const [other, one] of known) {
    if (sum <= MOST_BYTES) return
    known.delete(other)
    sum -= one.sizeBytes
  }
}

/** Objects, and texts of a byte a character. */
const weight = ({ path, uri, stats = '' }: SnapshotFile): number => 300 + path.length + uri.length + stats.length
