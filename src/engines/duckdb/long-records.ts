/**
 * Which text files have lines, or objects of JSON, that are longer than nearly all are. The engine reads in buffers of a
 * few times the longest that it is told to expect, and gives each thread one at a time: of large ones a file has too few for
 * all threads, and none fits a processor's cache. Files never change, so what one plan has failed with holds for the life
 * of a worker.
 */
import type { Relation } from '../../core/queries/relation.ts'

const MOST_KNOWN = 100_000

export class LongRecords {
  readonly #known = new Set<string>()

  among({ files }: Relation): boolean {
    return this.#known.size > 0 && files.some(({ localPath }) => this.#known.has(localPath))
  }

  /** `text`: what a plan over the relations has failed with. False where longer records would not have helped. */
  learn(relations: readonly Relation[], text: string): boolean {
    if (!TOO_LONG.test(text)) return false
    const fresh = relations.filter((relation) => TEXTS.has(relation.format.kind) && !this.among(relation))
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    for (const { files } of fresh) for (const { localPath } of files) this.#known.add(localPath)
    return fresh.length > 0
  }
}

const TOO_LONG = /maximum_object_size|Maximum line size/
const TEXTS: ReadonlySet<string> = new Set(['csv-lazy', 'csv-open', 'json', 'regex'])
