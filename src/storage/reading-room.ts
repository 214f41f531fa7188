/**
 * The memory that all readers of files share. A piece is lent until its reader comes for the next, which one whose client
 * takes nothing never does: the more is lent, the smaller are the pieces, so that thousands of them fit, and whoever reads
 * at his own pace among few others has pieces as large as a disk likes them.
 */

/** Long enough that a disk streams. */
const PIECE_BYTES = 512 << 10
/** What one reader of a great many gets, that he may go on at all. */
const LEAST_BYTES = 16 << 10
const ROOM_BYTES = 128 << 20
/** Of the room that is left, a piece takes one part in so many. */
const PARTS = 128

export class ReadingRoom {
  #lentBytes = 0

  reader(): RoomReader {
    return new RoomReader((bytes) => {
      this.#lentBytes += bytes
      return Math.max(LEAST_BYTES, Math.min(PIECE_BYTES, Math.floor((ROOM_BYTES - this.#lentBytes) / PARTS)))
    })
  }
}

export class RoomReader {
  /** Adds to what is lent, and answers the size of a piece from now on. */
  readonly #lend: (bytes: number) => number
  #heldBytes = 0

  constructor(lend: (bytes: number) => number) {
    this.#lend = lend
  }

  /** There is room to read a piece before it is asked for. */
  get mayReadAhead(): boolean {
    return this.#lend(0) === PIECE_BYTES
  }

  /** The size of the next piece, of at most `leftBytes`, which is lent with this. */
  take(leftBytes: number): number {
    const bytes = Math.min(leftBytes, this.#lend(0))
    this.#heldBytes += bytes
    this.#lend(bytes)
    return bytes
  }

  giveBack(bytes: number): void {
    this.#heldBytes -= bytes
    this.#lend(-bytes)
  }

  leave(): void {
    this.giveBack(this.#heldBytes)
  }
}
