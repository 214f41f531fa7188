/**
 * Of which columns of which text files it has been proven that the engine's reader may be told their types (see
 * scans/proofs.ts). A proof takes about as long as a plan and saves a quarter of each that follows, so files have to be
 * read a few times before they are asked. Files never change: what is proven holds for the life of a worker.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { typeName } from '../../sql/types.ts'
import { KnownFiles } from './known-files.ts'
import { byCompression, compressionOf } from './scans/compression.ts'
import { likelyKeys } from './scans/json.ts'
import { type ProofHints, proofText, provableColumns } from './scans/proofs.ts'
import type { DataColumn, Wanted } from './scans/scan.ts'

/** Of more, what is read of each costs less than what is done for each. */
const MOST_FILES = 64
/** Plans that have read a column of a file the careful way before it is asked. */
const READINGS = 2

/** A verdict; until there is one, by how many plans it has been read. */
type Standing = boolean | number

export class ProvenColumns {
  readonly #standings = new KnownFiles<Standing>()

  /** Those of the wanted columns, by their places in the relation, that are proven in each of its files. */
  among(relation: Relation, wanted: readonly number[], sample: readonly string[]): ReadonlySet<number> {
    if (this.#standings.size === 0 || relation.files.length > MOST_FILES) return NONE
    const proven = provableColumns(relation, wanted).filter((one) => {
      const name = nameOf(relation, one, sample)
      return relation.files.every((file) => this.#standings.get(keyOf(name, file)) === true)
    })
    return new Set(proven.map(({ index }) => index))
  }

  /** To be called by each plan that reads the files to their ends; true where it has read them for a proof. */
  async look(
    connection: DuckDBConnection,
    relation: Relation,
    wanted: readonly number[],
    hints: ProofHints,
  ): Promise<boolean> {
    const { files } = relation
    if (files.length === 0 || files.length > MOST_FILES) return false
    const asked = provableColumns(relation, wanted).filter((one) => this.#isDue(relation, one, hints.sample))
    for (const group of asked.length === 0 ? [] : byCompression(files)) {
      const found = await connection.runAndReadAll(proofText(relation, group, asked, hints))
      const [verdicts] = found.getRows()
      for (const [i, one] of asked.entries()) {
        const name = nameOf(relation, one, hints.sample)
        for (const file of group) this.#standings.set(keyOf(name, file), verdicts![i] === true)
      }
    }
    return asked.length > 0
  }

  /** Counts a reading of each file that there is no verdict of. */
  #isDue(relation: Relation, one: Wanted<DataColumn>, sample: readonly string[]): boolean {
    const name = nameOf(relation, one, sample)
    const standings = relation.files.map(
      (file) => [keyOf(name, file), this.#standings.get(keyOf(name, file)) ?? 0] as const,
    )
    // One file that fails is enough for the column to be read with care.
    if (standings.some(([, standing]) => standing === false)) return false
    const open = standings.filter((standing): standing is [string, number] => standing[1] !== true)
    for (const [key, readings] of open) this.#standings.set(key, readings + 1)
    return open.length > 0 && open.every(([, readings]) => readings >= READINGS)
  }
}

const NONE: ReadonlySet<number> = new Set()

/** All that the reading of a column depends on. */
function nameOf({ format, columns }: Relation, one: Wanted<DataColumn>, sample: readonly string[]): string {
  const { type, ordinal } = one.column
  const [place] = format.kind === 'json' ? likelyKeys(format, [one], sample) : [ordinal]
  const width = columns.filter(({ kind }) => kind === 'data').length
  return JSON.stringify([place, typeName(type), width, format])
}

const keyOf = (name: string, file: DataFile): string => `${name} ${compressionOf(file)} ${file.localPath}`
