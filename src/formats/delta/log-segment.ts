/**
 * Which files of a `_delta_log` folder make up the newest snapshot: the newest complete checkpoint and the commits after
 * it. https://github.com/delta-io/delta/blob/master/PROTOCOL.md#delta-log-entries
 */
import { invalidLog } from './log-error.ts'

export interface LogSegment {
  readonly version: number
  readonly checkpoint?: Checkpoint
  /** Names of the commits after the checkpoint, oldest first. */
  readonly commits: readonly string[]
}

export interface Checkpoint {
  readonly version: number
  /** All of them; several where it was written in parts. */
  readonly files: readonly string[]
}

const COMMIT = /^(\d{20})\.json$/
const VERSION_DIGITS = 20

export const commitName = (version: number): string => `${String(version).padStart(VERSION_DIGITS, '0')}.json`

/** `v.checkpoint.parquet`, `v.checkpoint.<part>.<parts>.parquet`, `v.checkpoint.<uuid>.parquet|json`. */
const CHECKPOINT = /^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10})|\.[0-9a-f-]{36})?\.(parquet|json)$/i

/** `names`: what lies directly in the folder, in any order. Throws DeltaLogError where commits are missing. */
export function logSegment(names: readonly string[]): LogSegment {
  const checkpoint = newestCheckpoint(names)
  const commits = names
    .flatMap((name) => {
      const match = COMMIT.exec(name)
      return match ? [{ name, version: Number(match[1]) }] : []
    })
    .filter(({ version }) => version > (checkpoint?.version ?? -1))
    .toSorted((a, b) => a.version - b.version)
  let expected = checkpoint ? checkpoint.version + 1 : 0
  for (const { version } of commits) {
    if (version !== expected) throw invalidLog(`The Delta log lacks version ${expected}`)
    expected++
  }
  if (expected === 0) throw invalidLog('The Delta log has no commit and no complete checkpoint')
  return { version: expected - 1, ...(checkpoint && { checkpoint }), commits: commits.map(({ name }) => name) }
}

function newestCheckpoint(names: readonly string[]): Checkpoint | undefined {
  let newest: Checkpoint | undefined
  const parts = new Map<string, string[]>()
  const consider = (version: number, files: readonly string[]) => {
    if (!newest || version > newest.version) newest = { version, files }
  }
  for (const name of names) {
    const match = CHECKPOINT.exec(name)
    if (!match) continue
    const [, version = '', , of] = match
    if (of === undefined) {
      consider(Number(version), [name])
      continue
    }
    const group = parts.get(`${version}/${of}`) ?? []
    group.push(name)
    parts.set(`${version}/${of}`, group)
    if (group.length === Number(of)) consider(Number(version), group.toSorted())
  }
  return newest
}
