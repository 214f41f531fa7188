export interface KeptFile {
  /** Its local path. */
  readonly output: string
  readonly sizeBytes: number
}

/** What files have become, which may serve plans to come: one each, those used last being kept longest. */
export class KeptFiles<One extends KeptFile> {
  /** By the local path of the file that it was made of; the one used last is the last. */
  readonly #kept = new Map<string, One>()

  has(localPath: string): boolean {
    return this.#kept.has(localPath)
  }

  find(localPath: string): One | undefined {
    const one = this.#kept.get(localPath)
    if (one) this.keep(localPath, one)
    return one
  }

  keep(localPath: string, one: One): void {
    this.#kept.delete(localPath)
    this.#kept.set(localPath, one)
  }

  /** Between two plans: none of the files is in use. Those that are no longer kept, to leave no more than `mostBytes`. */
  shrink(mostBytes: number): One[] {
    let sizeBytes = this.#kept.values().reduce((sum, one) => sum + one.sizeBytes, 0)
    const dropped: One[] = []
    for (const [localPath, one] of this.#kept) {
      if (sizeBytes <= mostBytes) break
      this.#kept.delete(localPath)
      dropped.push(one)
      sizeBytes -= one.sizeBytes
    }
    return dropped
  }
}
