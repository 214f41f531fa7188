import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DiskRoom } from './disk-room.ts'

const BALLAST_BYTES = 4 * 1024 * 1024
/** With less than this a deletion may find no room for itself. */
const LOW_BYTES = 1024 * 1024

/**
 * Room that is set aside as a file, and given back to the disk when others have filled it: enough to start on, and to
 * write deletions down. It is set aside again when there is plenty.
 */
export class DiskBallast {
  readonly #path: string
  readonly #room: DiskRoom
  #held: boolean

  constructor(path: string, room: DiskRoom) {
    this.#path = path
    this.#room = room
    this.#held = existsSync(path)
  }

  /** Cheap enough to be called before every write. */
  watch(): void {
    const { freeBytes, sizeBytes } = this.#room(dirname(this.#path))
    const ballastBytes = Math.min(BALLAST_BYTES, sizeBytes / 16)
    if (this.#held && freeBytes < LOW_BYTES) this.#give()
    else if (!this.#held && freeBytes > ballastBytes * 8) this.#take(ballastBytes)
  }

  #give(): void {
    rmSync(this.#path, { force: true })
    this.#held = false
  }

  /** By chance, for some disks keep nothing of zeros. */
  #take(sizeBytes: number): void {
    try {
      writeFileSync(this.#path, randomBytes(Math.floor(sizeBytes)))
      this.#held = true
    } catch {
      // Somebody was faster; there will be another time.
      this.#give()
    }
  }
}
