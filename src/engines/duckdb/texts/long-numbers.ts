/**
 * Which JSON files have numbers with more digits than the engine keeps: it reads one with a fraction as a double. Only
 * decimals of more digits than that can show it, so files are looked at only for such columns, once in the life of a worker.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Relation } from '../../../core/queries/relation.ts'
import type { Type } from '../../../sql/types.ts'
import { KnownFiles } from '../known-files.ts'
import { byCompression } from '../scans/compression.ts'
import { longNumberText } from '../scans/json.ts'

/** Every decimal of so many digits is told by a double. */
const DOUBLE_DIGITS = 15

export class LongNumbers {
  readonly #known = new KnownFiles<boolean>()

  /** Of files that have not been looked at it is not known, so they may. */
  mayBeAmong(relation: Relation, wanted: readonly number[]): boolean {
    if (!asksForDigits(relation, wanted)) return false
    return relation.files.some(({ localPath }) => this.#known.get(localPath) ?? true)
  }

  /** True where it has read files for it. */
  async look(
    connection: DuckDBConnection,
    relation: Relation,
    wanted: readonly number[],
    long: boolean,
  ): Promise<boolean> {
    const left = asksForDigits(relation, wanted)
      ? relation.files.filter(({ localPath }) => !this.#known.has(localPath))
      : []
    for (const group of left.length === 0 ? [] : byCompression(left)) {
      const found = await connection.runAndReadAll(longNumberText(group, long))
      for (const { localPath } of group) this.#known.set(localPath, found.currentRowCount > 0)
    }
    return left.length > 0
  }
}

const asksForDigits = ({ format, columns }: Relation, wanted: readonly number[]): boolean =>
  format.kind === 'json' && wanted.some((place) => hasManyDigits(columns[place]!.type))

function hasManyDigits(type: Type): boolean {
  switch (type.kind) {
    case 'decimal':
      return type.precision > DOUBLE_DIGITS
    case 'array':
      return hasManyDigits(type.element)
    case 'map':
      return hasManyDigits(type.value)
    case 'row':
      return type.fields.some((field) => hasManyDigits(field.type))
    default:
      return false
  }
}
