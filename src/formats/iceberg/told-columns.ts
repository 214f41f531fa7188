/**
 * What a manifest tells of columns. That of all its files lies together, number behind number, and a file holds only the
 * place of its own: an object for each of what is told of each file would be most of what planning makes.
 */
import { CorruptData } from '../corrupt-data.ts'

/** What is told of columns, by field id. */
export interface ByColumn<V> extends Iterable<[number, V]> {
  get(id: number): V | undefined
  has(id: number): boolean
}
export type ColumnNumbers = ByColumn<number>
export type ColumnBounds = ByColumn<Uint8Array>

/** The lists that a manifest has of each file. */
export const NUMBERS = ['column_sizes', 'value_counts', 'null_value_counts', 'nan_value_counts'] as const
export const BOUNDS = ['lower_bounds', 'upper_bounds'] as const
export type ToldList = (typeof NUMBERS)[number] | (typeof BOUNDS)[number]

/** Where among the places of a file those of a list are: where it starts, and where it ends. */
const PLACE: Readonly<Record<ToldList, number>> = {
  column_sizes: 0,
  value_counts: 2,
  null_value_counts: 4,
  nan_value_counts: 6,
  lower_bounds: 8,
  upper_bounds: 10,
}
const PLACES_A_FILE = 12
/** Of all bounds of a manifest together; those that writers cut short are of some bytes. */
const MOST_BOUND_BYTES = 1 << 30
/** Of few bytes: a view for each costs more. */
const MOST_COPIED_SINGLY = 64

export class ToldColumns {
  readonly #numbers = new Numbers()
  readonly #bounds = new Bounds()
  /** The first and the one behind the last of the pairs, counted from 1: 0 of lists that the file does not have. */
  #places = new Uint32Array(64 * PLACES_A_FILE)
  #files = 0

  /** What is told from now on is of the next file; answers which that is. */
  nextFile(): number {
    const file = this.#files++
    if (this.#files * PLACES_A_FILE > this.#places.length) {
      const longer = new Uint32Array(2 * this.#places.length)
      longer.set(this.#places)
      this.#places = longer
    }
    return file
  }

  addNumber(id: number, value: number): void {
    this.#numbers.add(id, value)
  }

  /** `bytes`: in which the bound is from `from` to `to`. */
  addBound(id: number, bytes: Uint8Array, from: number, to: number): void {
    this.#bounds.addBytes(id, bytes, from, to)
  }

  /** How many pairs there are by now of the kind that `list` has. */
  count(list: ToldList): number {
    return PLACE[list] < PLACE.lower_bounds ? this.#numbers.count : this.#bounds.count
  }

  /** The pairs added since there were `from` of them are this list of the file told of. */
  close(list: ToldList, from: number): void {
    const at = (this.#files - 1) * PLACES_A_FILE + PLACE[list]
    this.#places[at] = from + 1
    this.#places[at + 1] = this.count(list) + 1
  }

  numbers(file: number, list: (typeof NUMBERS)[number]): ColumnNumbers | undefined {
    const at = file * PLACES_A_FILE + PLACE[list]
    const from = this.#places[at]!
    return from === 0 ? undefined : new ToldPairs(this.#numbers, from - 1, this.#places[at + 1]! - 1)
  }

  bounds(file: number, list: (typeof BOUNDS)[number]): ColumnBounds | undefined {
    const at = file * PLACES_A_FILE + PLACE[list]
    const from = this.#places[at]!
    return from === 0 ? undefined : new ToldPairs(this.#bounds, from - 1, this.#places[at + 1]! - 1)
  }
}

interface Pairs<V> {
  readonly ids: Int32Array
  valueAt(at: number): V
}

/** Ids of columns, and a number for each. */
class Numbers implements Pairs<number> {
  ids = new Int32Array(256)
  values = new Float64Array(256)
  count = 0

  add(id: number, value: number): void {
    if (this.count === this.ids.length) {
      const [ids, values] = [new Int32Array(2 * this.count), new Float64Array(2 * this.count)]
      ids.set(this.ids)
      values.set(this.values)
      this.ids = ids
      this.values = values
    }
    this.ids[this.count] = id
    this.values[this.count++] = value
  }

  valueAt(at: number): number {
    return this.values[at]!
  }
}

/** Bound behind bound; the number of each is where it starts. */
class Bounds implements Pairs<Uint8Array> {
  readonly #starts = new Numbers()
  #bytes = new Uint8Array(4096)
  #end = 0

  addBytes(id: number, bytes: Uint8Array, from: number, to: number): void {
    const at = this.#end
    const end = at + to - from
    if (end > MOST_BOUND_BYTES) throw new CorruptData('its bounds are longer than any of its kind')
    if (end > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(end, 2 * this.#bytes.length))
      longer.set(this.#bytes.subarray(0, at))
      this.#bytes = longer
    }
    if (to - from > MOST_COPIED_SINGLY) this.#bytes.set(bytes.subarray(from, to), at)
    else for (let i = from; i < to; i++) this.#bytes[at + i - from] = bytes[i]!
    this.#starts.add(id, at)
    this.#end = end
  }

  get ids(): Int32Array {
    return this.#starts.ids
  }

  get count(): number {
    return this.#starts.count
  }

  valueAt(at: number): Uint8Array {
    const { values, count } = this.#starts
    return this.#bytes.subarray(values[at], at + 1 < count ? values[at + 1] : this.#end)
  }
}

/** One list of one file. */
class ToldPairs<V> implements ByColumn<V> {
  readonly #told: Pairs<V>
  readonly #from: number
  readonly #to: number

  constructor(told: Pairs<V>, from: number, to: number) {
    this.#told = told
    this.#from = from
    this.#to = to
  }

  get(id: number): V | undefined {
    const at = this.#find(id)
    return at < 0 ? undefined : this.#told.valueAt(at)
  }

  has(id: number): boolean {
    return this.#find(id) >= 0
  }

  *[Symbol.iterator](): Iterator<[number, V]> {
    for (let at = this.#from; at < this.#to; at++) yield [this.#told.ids[at]!, this.#told.valueAt(at)]
  }

  /** Of a column that is told of twice the last counts; -1 of none. */
  #find(id: number): number {
    const { ids } = this.#told
    for (let at = this.#to - 1; at >= this.#from; at--) if (ids[at] === id) return at
    return -1
  }
}
