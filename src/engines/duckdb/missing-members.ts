/**
 * Which columns of which JSON files had an object that lacks their member. Files never change, so what one plan found holds
 * for those after it, for the life of a worker: they read such files without expecting that all objects are alike.
 */
import type { Relation } from '../../core/queries/relation.ts'
import { MISSING_MEMBER } from './scans/json-values.ts'

const MOST_KNOWN = 100_000

export class MissingMembers {
  readonly #known = new Set<string>()

  /** Whether some of the columns, by their places, is known to. */
  among(relation: Relation, wanted: readonly number[]): boolean {
    return keysOf(relation, wanted).some((key) => this.#known.has(key))
  }

  /** `text`: what a plan over the relation has failed with. False where that has nothing to do with its objects. */
  learn(relation: Relation, wanted: readonly number[], text: string): boolean {
    const [, place] = COLUMN.exec(text) ?? []
    const missing = place === undefined ? wanted : wanted.filter((index) => index === Number(place))
    // The reader itself fails for lines that are no objects.
    if (missing.length === 0 || (place === undefined && !/json/i.test(text))) return false
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    for (const key of keysOf(relation, missing)) this.#known.add(key)
    return true
  }
}

const COLUMN = new RegExp(`${MISSING_MEMBER}c(\\d+)`)

const keysOf = ({ files, columns }: Relation, wanted: readonly number[]): string[] =>
  files.flatMap(({ localPath }) => wanted.map((index) => `${columns[index]!.name} ${localPath}`))
