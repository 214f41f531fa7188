import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DiskRoom } from './disk-room.ts'

const BALLAST_BYTES = 4 * 1024 * 1024

/** A file that is nothing but room: set aside while there is plenty, and given to who must write when there is none. */
export class DiskBallast {
  readonly #path: string
  readonly #room: DiskRoom

  constructor(path: string, room: DiskRoom) {
    this.#path = path
    this.#room = room
  }

  /** Of a small disk no more than a thirty-second, and nothing that would leave it nearly full. */
  take(): void {
    if (existsSync(this.#path)) return
    const { freeBytes, sizeBytes } = this.#room(dirname(this.#path))
    const ballastBytes = Math.floor(Math.min(BALLAST_BYTES, sizeBytes / 32))
    if (freeBytes < ballastBytes * 8) return
    try {
      // By chance, for some disks keep nothing of zeros.
      writeFileSync(this.#path, randomBytes(ballastBytes))
    } catch {
      // Somebody was faster: the next start tries again.
      this.give()
    }
  }

  give(): void {
    rmSync(this.#path, { force: true })
  }
}
