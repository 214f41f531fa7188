import type { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * What the reader sees, from its first read after a commit until the next is on the disk: taking and leaving SQLite's
 * locks would cost most reads more than the reading does. Nobody else writes: a data directory belongs to one process.
 */
export class Snapshot {
  readonly #begin: StatementSync
  readonly #end: StatementSync
  readonly #touch: StatementSync
  #held = false

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#touch = database.prepare('SELECT 1 FROM documents LIMIT 1')
  }

  /** To be followed by a read, which is what SQLite takes for the beginning. */
  hold(): void {
    if (this.#held) return
    this.#begin.run()
    this.#held = true
  }

  /** From this moment, whether anybody reads or not. */
  pin(): void {
    if (this.#held) return
    this.hold()
    this.#touch.get()
  }

  end(): void {
    if (!this.#held) return
    this.#end.run()
    this.#held = false
  }
}
