/** Which deletes apply to which data file. https://iceberg.apache.org/spec/#scan-planning */
import type { ContentFile, ManifestEntry } from './manifest.ts'

/** The columns of position deletes, in every table: which data file, and which row of it. */
export const FILE_PATH_ID = 2_147_483_546
export const POSITION_ID = 2_147_483_545

export interface ApplicableDeletes {
  /** A bitmap in a Puffin file; where there is one, files of positions say nothing more. */
  readonly vector?: ContentFile
  readonly positions: readonly ContentFile[]
  readonly equalities: readonly ContentFile[]
}

const NONE: ApplicableDeletes = { positions: [], equalities: [] }

/** The live deletes of a snapshot, to be asked for one data file after the other. */
export class DeleteIndex {
  /** Of all files of deletes. */
  readonly paths: ReadonlySet<string>
  readonly #vectors = new Map<string, ManifestEntry>()
  readonly #byFile = new Map<string, ManifestEntry[]>()
  readonly #positions = new Map<string, ManifestEntry[]>()
  readonly #equalities = new Map<string, ManifestEntry[]>()
  readonly #everywhere: ManifestEntry[] = []
  /** By partition and age: of data files that are alike the lists are one. */
  readonly #applying = new Map<string, readonly ContentFile[]>()

  /** `unpartitioned`: the specs without fields, whose equality deletes are for all partitions. */
  constructor(entries: readonly ManifestEntry[], unpartitioned: ReadonlySet<number>) {
    this.paths = new Set(entries.map(({ file }) => file.path))
    for (const entry of entries) {
      const { file } = entry
      if (file.content === 'equality-deletes') {
        if (unpartitioned.has(file.specId)) this.#everywhere.push(entry)
        else into(this.#equalities, partitionKey(file), entry)
      } else if (file.format === 'puffin') this.#vectors.set(file.referencedDataFile ?? '', entry)
      else {
        const only = file.referencedDataFile ?? onlyPath(file)
        if (only === undefined) into(this.#positions, partitionKey(file), entry)
        else into(this.#byFile, only, entry)
      }
    }
  }

  for({ file, sequenceNumber }: ManifestEntry): ApplicableDeletes {
    const vector = this.#vectors.get(file.path)
    const since = ({ sequenceNumber: deleted }: ManifestEntry) => deleted >= sequenceNumber
    const key = this.#positions.size + this.#equalities.size > 0 ? partitionKey(file) : ''
    const path = Buffer.from(file.path)
    const named = (this.#positions.get(key) ?? []).filter((entry) => since(entry) && mayName(entry.file, path))
    const equalities = this.#equalitiesFor(key, sequenceNumber)
    const positions = [...(this.#byFile.get(file.path) ?? []).filter(since), ...named]
    if (!vector && positions.length === 0 && equalities.length === 0) return NONE
    return {
      ...(vector && { vector: vector.file }),
      positions: vector ? [] : positions.map((entry) => entry.file),
      equalities,
    }
  }

  #equalitiesFor(key: string, sequenceNumber: number): readonly ContentFile[] {
    const alike = `${sequenceNumber} ${key}`
    const known = this.#applying.get(alike)
    if (known) return known
    const found = [...this.#everywhere, ...(this.#equalities.get(key) ?? [])]
      .filter(({ sequenceNumber: deleted }) => deleted > sequenceNumber)
      .map((entry) => entry.file)
    this.#applying.set(alike, found)
    return found
  }
}

function into(map: Map<string, ManifestEntry[]>, key: string, entry: ManifestEntry): void {
  const entries = map.get(key)
  if (entries) entries.push(entry)
  else map.set(key, [entry])
}

/** Equal for files of one partition of one spec. */
const partitionKey = ({ specId, partition }: ContentFile): string =>
  `${specId}:${partition.map((value) => (value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : `${typeof value}${value}`)).join('\u0000')}`

const path = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString()

/** Bounds that are equal name the one file whose rows are deleted; they are whole where they are equal. */
function onlyPath({ lowerBounds, upperBounds }: ContentFile): string | undefined {
  const [low, high] = [path(lowerBounds?.get(FILE_PATH_ID)), path(upperBounds?.get(FILE_PATH_ID))]
  return low !== undefined && low === high ? low : undefined
}

function mayName({ lowerBounds, upperBounds }: ContentFile, dataFile: Uint8Array): boolean {
  const [low, high] = [lowerBounds?.get(FILE_PATH_ID), upperBounds?.get(FILE_PATH_ID)]
  return !(low && Buffer.compare(dataFile, low) < 0) && !(high && Buffer.compare(dataFile, high) > 0)
}
