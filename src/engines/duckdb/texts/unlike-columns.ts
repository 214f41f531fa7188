/**
 * Which columns of which text files are not all alike: an object lacks the member, a field is no value of the type. Files
 * never change, so what one plan found holds for those after it, for the life of a worker: they read such files without
 * expecting so much.
 */
import type { Relation } from '../../../core/queries/relation.ts'
import { KnownFiles } from '../known-files.ts'
import { MISSING_MEMBER } from '../scans/json-values.ts'
import { NOT_FINITE } from '../scans/text-values.ts'

export class UnlikeColumns {
  readonly #known = new KnownFiles<true>()

  /** Whether some of the columns, by their places, is known to be so. */
  among(relation: Relation, wanted: readonly number[]): boolean {
    // Of most workers' files there is nothing to know, and a relation may have thousands.
    return this.#known.size > 0 && keysOf(relation, wanted).some((key) => this.#known.has(key))
  }

  /** `text`: what a plan over the relation has failed with. False where that has nothing to do with its values. */
  learn(relation: Relation, wanted: readonly number[], text: string): boolean {
    const [, place] = COLUMN.exec(text) ?? []
    const unlike = place === undefined ? wanted : wanted.filter((index) => index === Number(place))
    if (unlike.length === 0 || (place === undefined && !failsInReader(text))) return false
    for (const key of keysOf(relation, unlike)) this.#known.set(key, true)
    return true
  }
}

const COLUMN = new RegExp(`(?:${MISSING_MEMBER}|${NOT_FINITE})c(\\d+)`)
/** The engine's own readers fail for lines that are no objects, and for fields of other types. */
const READERS = /json|CSV Error/i
export const failsInReader = (text: string): boolean => READERS.test(text)

function* keysOf({ files, columns }: Relation, wanted: readonly number[]): Generator<string> {
  for (const { localPath } of files) for (const index of wanted) yield `${columns[index]!.name} ${localPath}`
}
