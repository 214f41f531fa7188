/**
 * Of which columns of which text files it has been proven that the engine's reader may be told their types (see
 * scans/proofs.ts). A proof takes about as long as a plan and saves a quarter of each that follows; it is made in idle
 * time (see ../idle-looks.ts). Files never change: what is proven holds for the life of a worker.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import { typeName } from '../../../sql/types.ts'
import { KnownFiles } from '../known-files.ts'
import { byCompression, compressionOf, storedBytes } from '../scans/compression.ts'
import { likelyKeys } from '../scans/json.ts'
import { type ProofHints, proofText, provableColumns } from '../scans/proofs.ts'
import type { DataColumn, Wanted } from '../scans/scan.ts'

/** Of more, what is read of each costs less than what is done for each. */
const MOST_FILES = 64
/** Larger ones would keep a processor busy for long. */
const MOST_BYTES = 1024 * 1_048_576

/** Columns of a relation that a plan has read to the end, by their places, and how it has read them. */
export interface Unproven {
  readonly relation: Relation
  readonly wanted: readonly number[]
  readonly hints: ProofHints
}

export class ProvenColumns {
  readonly #verdicts = new KnownFiles<boolean>()

  /** Those of the wanted columns, by their places in the relation, that are proven in each of its files. */
  among(relation: Relation, wanted: readonly number[], sample: readonly string[]): ReadonlySet<number> {
    if (this.#verdicts.size === 0 || relation.files.length > MOST_FILES) return NONE
    const proven = provableColumns(relation, wanted).filter((one) => {
      const name = nameOf(relation, one, sample)
      return relation.files.every((file) => this.#verdicts.get(keyOf(name, file)) === true)
    })
    return new Set(proven.map(({ index }) => index))
  }

  /** Whether there is something to be found out by a look. */
  isOpen({ relation, wanted, hints }: Unproven): boolean {
    return this.#open(relation, wanted, hints).length > 0
  }

  async look(connection: DuckDBConnection, { relation, wanted, hints }: Unproven): Promise<void> {
    const asked = this.#open(relation, wanted, hints)
    for (const group of asked.length === 0 ? [] : byCompression(relation.files)) {
      const found = await connection.runAndReadAll(proofText(relation, group, asked, hints))
      const [verdicts] = found.getRows()
      for (const [i, one] of asked.entries()) this.#judge(relation, group, one, hints, verdicts![i] === true)
    }
  }

  /** Nothing can be found out: it is taken for unproven. */
  giveUp({ relation, wanted, hints }: Unproven): void {
    for (const one of this.#open(relation, wanted, hints)) this.#judge(relation, relation.files, one, hints, false)
  }

  #judge(
    relation: Relation,
    files: readonly DataFile[],
    one: Wanted<DataColumn>,
    { sample }: ProofHints,
    verdict: boolean,
  ): void {
    const name = nameOf(relation, one, sample)
    for (const file of files) this.#verdicts.set(keyOf(name, file), verdict)
  }

  /** The columns of which of some file there is no verdict, and of none a bad one: one is enough to read with care. */
  #open(relation: Relation, wanted: readonly number[], { sample }: ProofHints): Wanted<DataColumn>[] {
    const { files } = relation
    if (files.length === 0 || files.length > MOST_FILES) return []
    if (files.reduce((bytes, file) => bytes + storedBytes(file), 0) > MOST_BYTES) return []
    return provableColumns(relation, wanted).filter((one) => {
      const name = nameOf(relation, one, sample)
      const verdicts = files.map((file) => this.#verdicts.get(keyOf(name, file)))
      return verdicts.includes(undefined) && !verdicts.includes(false)
    })
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
