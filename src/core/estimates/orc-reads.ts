/** How much of an ORC file a query reads, by the file's own statistics: the very plan by which it is then read. */
import { CorruptData, UnsupportedData } from '../../formats/corrupt-data.ts'
import { planPieces } from '../../formats/orc/rows.ts'
import { readOrcTail } from '../../formats/orc/tail.ts'
import type { RandomAccess } from '../../formats/random-access.ts'
import { type OrcRequest, orcColumns } from '../queries/orc-columns.ts'
import type { DataFile } from '../queries/relation.ts'
import { type ReadFile, readStretch } from './stretches.ts'

/** Pieces say how the work is shared out, which changes nothing of what is read. */
const PIECE_ROWS = 1 << 30

export interface OrcReads {
  readonly readBytes: number
  readonly stripes: { readonly wanted: number; readonly all: number }
}

/** Undefined for a file that can not be read: then it is the query itself that says what is wrong. */
export async function orcReads(
  files: ReadFile,
  file: Pick<DataFile, 'uri' | 'sizeBytes'>,
  request: OrcRequest,
): Promise<OrcReads | undefined> {
  const known = new KnownStretches(file.sizeBytes)
  for (;;) {
    try {
      const tail = readOrcTail(known)
      const pieces = planPieces(known, tail, orcColumns(tail, request), PIECE_ROWS)
      const wanted = new Set(pieces.map((piece) => piece.stripe)).size
      const readBytes = pieces.reduce((sum, piece) => sum + piece.readBytes, tail.tailBytes)
      return { readBytes, stripes: { wanted, all: tail.stripes.length } }
    } catch (error) {
      if (error instanceof CorruptData || error instanceof UnsupportedData) return undefined
      if (!(error instanceof UnknownStretch)) throw error
      known.add(error.at, await readStretch(files, file.uri, error.at, error.length))
    }
  }
}

class UnknownStretch extends Error {
  override readonly name = 'UnknownStretch'
  readonly at: number
  readonly length: number

  constructor(at: number, length: number) {
    super(`bytes ${at} to ${at + length} have not been read`)
    this.at = at
    this.length = length
  }
}

/** Decoders do not wait: what they ask for and is not there is fetched, and they begin anew. */
class KnownStretches implements RandomAccess {
  readonly sizeBytes: number
  readonly #stretches: { readonly at: number; readonly bytes: Uint8Array }[] = []

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes
  }

  add(at: number, bytes: Uint8Array): void {
    this.#stretches.push({ at, bytes })
  }

  read(at: number, length: number): Uint8Array {
    const held = this.#stretches.find((one) => one.at <= at && at + length <= one.at + one.bytes.length)
    if (!held) throw new UnknownStretch(at, length)
    return held.bytes.subarray(at - held.at, at - held.at + length)
  }
}
