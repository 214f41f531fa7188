/** Hudi's data files: each write of a file group leaves a whole new file, or a log of changes beside the last one. */
import { isCompleted, type Timeline } from './timeline.ts'

interface BaseFile<T> {
  readonly file: T
  readonly instant: string
}

/** `<file id>_<write token>_<instant>.parquet`. */
const BASE_FILE = /^([^_/]+)_[^_/]+_(\d+)\.parquet$/
/** `.<file id>_<instant>.log.<version>_<write token>`. */
const LOG_FILE = /^\.([^_/]+)_(\d+)\.log\.\d+/

/** What a folder holds of a table as it is by now. */
export interface FileSlices<T> {
  /** The newest file of each group. */
  readonly files: readonly T[]
  /** Names of logs whose changes are not in it. */
  readonly logs: readonly string[]
}

/** `entries`: the files of one partition by their names; `replaced`: ids of file groups that are gone. */
export function fileSlices<T>(
  entries: Iterable<readonly [name: string, file: T]>,
  timeline: Timeline,
  replaced: ReadonlySet<string>,
): FileSlices<T> {
  const newest = new Map<string, BaseFile<T>>()
  const logs: { readonly id: string; readonly instant: string; readonly name: string }[] = []
  for (const [name, file] of entries) {
    const [, id, instant] = BASE_FILE.exec(name) ?? []
    const [, logged, of] = LOG_FILE.exec(name) ?? []
    if (logged !== undefined && !replaced.has(logged)) logs.push({ id: logged, instant: of!, name })
    if (id === undefined || replaced.has(id) || !isCompleted(timeline, instant!)) continue
    const known = newest.get(id)
    if (!known || known.instant < instant!) newest.set(id, { file, instant: instant! })
  }
  return {
    files: Array.from(newest.values(), ({ file }) => file),
    logs: logs.flatMap(({ id, instant, name }) => (instant >= (newest.get(id)?.instant ?? '') ? [name] : [])),
  }
}
