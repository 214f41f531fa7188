/**
 * Which keys the objects of JSON files have, for files whose objects are known not to have all the same. One reading then
 * tells how each member is spelled, wherever it is there; what is missing after that is missing in every spelling, so that
 * plans need not look for others object by object, which takes several times what reading does. Files never change, so
 * each is looked at once in the life of a worker.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { KnownFiles } from '../known-files.ts'
import { byCompression } from '../scans/compression.ts'
import { keysText } from '../scans/json.ts'

/** Objects with more are maps, and their keys data. */
const MOST_KEYS = 10_000

export class MemberSpellings {
  /** Undefined of files that hold something that is no object, or has no members, or too many. */
  readonly #known = new KnownFiles<ReadonlySet<string> | undefined>()

  /** Of all files together; undefined where that is not known of each. */
  of({ files }: Relation): readonly string[] | undefined {
    // Of most workers' files nobody has asked, and a relation may have thousands.
    if (this.#known.size === 0) return undefined
    const keys = new Set<string>()
    // Those that were looked at together share what was found.
    const found = new Set(files.map(({ localPath }) => this.#known.get(localPath)))
    if (found.has(undefined)) return undefined
    for (const one of found) for (const key of one!) keys.add(key)
    return [...keys]
  }

  /** True where it has read files for it. */
  async look(connection: DuckDBConnection, { files }: Relation, long: boolean): Promise<boolean> {
    const left = files.filter(({ localPath }) => !this.#known.has(localPath))
    for (const group of left.length === 0 ? [] : byCompression(left)) {
      const keys = await keysOf(connection, group, long)
      for (const { localPath } of group) this.#known.set(localPath, keys)
    }
    return left.length > 0
  }

  /** That all members are known was not enough to read them. */
  giveUp({ files }: Relation): void {
    for (const { localPath } of files) this.#known.set(localPath, undefined)
  }
}

async function keysOf(
  connection: DuckDBConnection,
  files: readonly DataFile[],
  long: boolean,
): Promise<ReadonlySet<string> | undefined> {
  const result = await connection.runAndReadAll(`${keysText(files, long)} LIMIT ${MOST_KEYS + 1}`)
  const keys = result.getRows().map(([key]) => key)
  return keys.length > MOST_KEYS || keys.includes(null) ? undefined : new Set(keys as string[])
}
