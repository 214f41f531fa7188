/** What every writer of a table knows of its own rows: which are there, which are not, and of which it was not told. */

export type Certainty = 'in' | 'out' | 'unknown'

export interface RowCount {
  readonly writer: string
  readonly n: number
  readonly count: number
}

const keyOf = (writer: string, n: number): string => `${writer} ${n}`

export class RowLedger {
  readonly #rows = new Map<string, Certainty>()
  readonly #wrong: string[] = []

  /** What must not happen, told by whoever saw it. */
  accuse(what: string): void {
    this.#wrong.push(what)
  }

  enter(writer: string, n: number, certainty: Certainty): void {
    this.#rows.set(keyOf(writer, n), certainty)
  }

  count(certainty: Certainty): number {
    return [...this.#rows.values()].filter((one) => one === certainty).length
  }

  /** Everything that is wrong, with what the table itself says now. */
  verdict(found: readonly RowCount[]): readonly string[] {
    const counts = new Map(found.map(({ writer, n, count }) => [keyOf(writer, n), count]))
    const wrong = [...this.#wrong]
    for (const [key, certainty] of this.#rows) {
      const count = counts.get(key) ?? 0
      if (count > 1) wrong.push(`the row ${key} is there ${count} times`)
      else if (certainty === 'in' && count === 0) wrong.push(`the row ${key} is lost`)
      else if (certainty === 'out' && count === 1)
        wrong.push(`the row ${key} is there, though it was deleted or refused`)
    }
    for (const key of counts.keys()) if (!this.#rows.has(key)) wrong.push(`nobody wrote the row ${key}`)
    return wrong
  }
}
