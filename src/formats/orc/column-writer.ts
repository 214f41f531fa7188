/** A column of a stripe as it is written, a row group at a time: its streams, where each group starts, its statistics. */
import type { ColumnType, Values, Vector } from '../vectors.ts'
import { ColumnStatistics } from './column-statistics.ts'
import { BitWriter, type WrittenStream } from './stream-writers.ts'
import { STREAM } from './stripe.ts'
import { type ValuesWriter, valuesWriter } from './values-writer.ts'

export interface WrittenColumn {
  /** Its place among all types. */
  readonly column: number
  readonly streams: readonly (WrittenStream & { readonly kind: number })[]
  readonly encoding: { readonly kind: number; readonly dictionarySize?: number }
  /** Of each row group. */
  readonly statistics: readonly ColumnStatistics[]
}

export class ColumnWriter {
  readonly #column: number
  readonly #type: ColumnType
  readonly #children: readonly ColumnWriter[]
  readonly #values: ValuesWriter
  readonly #present = new BitWriter()
  #hasNull = false
  #statistics: ColumnStatistics[] = []

  /** `ids` gives out places, a type's before those of its children. */
  constructor(type: ColumnType, ids: { next: number }) {
    this.#column = ids.next++
    this.#type = type
    this.#children = childTypes(type).map((child) => new ColumnWriter(child, ids))
    this.#values = valuesWriter(type)
  }

  /** About how many bytes are held. */
  get size(): number {
    return this.#children.reduce((sum, child) => sum + child.size, this.#values.size)
  }

  /** One row group, of the column itself or of what is inside lists that began in it. */
  add(vector: Vector): void {
    const { rows, valid, values } = vector
    const count = valid ? valid.reduce((sum, one) => sum + one, 0) : rows
    const statistics = new ColumnStatistics(this.#type)
    statistics.add(vector, count)
    this.#statistics.push(statistics)
    this.#present.mark()
    if (valid) this.#present.add(valid)
    else this.#present.addSet(rows)
    this.#hasNull ||= valid !== undefined
    this.#values.add(values)
    for (const [i, child] of childVectors(values).entries()) this.#children[i]!.add(child)
  }

  /** This column and all inside it, and a new stripe begins. */
  take(): WrittenColumn[] {
    const present = this.#present.take()
    const { streams, encoding } = this.#values.take()
    const own: WrittenColumn = {
      column: this.#column,
      streams: [...(this.#hasNull ? [{ ...present, kind: STREAM.present }] : []), ...streams],
      encoding,
      statistics: this.#statistics,
    }
    this.#hasNull = false
    this.#statistics = []
    return [own, ...this.#children.flatMap((child) => child.take())]
  }
}

export function childTypes(type: ColumnType): readonly ColumnType[] {
  if (type.kind === 'list') return [type.element]
  if (type.kind === 'map') return [type.key, type.value]
  return type.kind === 'struct' ? type.fields.map((field) => field.type) : []
}

function childVectors(values: Values): readonly Vector[] {
  if (values.kind === 'list') return [values.element]
  if (values.kind === 'map') return [values.key, values.value]
  return values.kind === 'struct' ? values.fields : []
}
