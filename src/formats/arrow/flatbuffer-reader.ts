/** Tables of FlatBuffers, as Arrow's messages are made of (https://flatbuffers.dev/internals/). Reads past the end throw RangeError. */
export class FlatTable {
  readonly #view: DataView
  readonly #at: number
  readonly #offsets: number
  readonly #offsetsEnd: number

  constructor(view: DataView, at: number) {
    this.#view = view
    this.#at = at
    this.#offsets = at - view.getInt32(at, true)
    this.#offsetsEnd = this.#offsets + view.getUint16(this.#offsets, true)
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return new FlatTable(view, view.getUint32(0, true))
  }

  byte(slot: number, missing = 0): number {
    const at = this.#field(slot)
    return at === 0 ? missing : this.#view.getUint8(at)
  }

  short(slot: number, missing = 0): number {
    const at = this.#field(slot)
    return at === 0 ? missing : this.#view.getInt16(at, true)
  }

  int(slot: number, missing = 0): number {
    const at = this.#field(slot)
    return at === 0 ? missing : this.#view.getInt32(at, true)
  }

  /** A length or a count: what does not fit 53 bits is none. */
  long(slot: number): number {
    const at = this.#field(slot)
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true))
  }

  text(slot: number): string | undefined {
    const vector = this.#vector(slot, 1)
    if (!vector) return undefined
    return new TextDecoder().decode(this.#bytes(vector.at, vector.length))
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot)
    return at === 0 ? undefined : this.#tableAt(at)
  }

  tables(slot: number): FlatTable[] {
    const vector = this.#vector(slot, 4)
    return Array.from({ length: vector?.length ?? 0 }, (_, i) => this.#tableAt(vector!.at + 4 * i))
  }

  /** Pairs of 64-bit numbers, one after the other: Arrow has no other structures in its messages. */
  pairs(slot: number): (readonly [number, number])[] {
    const vector = this.#vector(slot, 16)
    return Array.from({ length: vector?.length ?? 0 }, (_, i) => {
      const at = vector!.at + 16 * i
      return [Number(this.#view.getBigInt64(at, true)), Number(this.#view.getBigInt64(at + 8, true))] as const
    })
  }

  has(slot: number): boolean {
    return this.#field(slot) !== 0
  }

  #field(slot: number): number {
    const at = this.#offsets + 4 + 2 * slot
    const offset = at < this.#offsetsEnd ? this.#view.getUint16(at, true) : 0
    return offset === 0 ? 0 : this.#at + offset
  }

  #tableAt(at: number): FlatTable {
    return new FlatTable(this.#view, at + this.#view.getUint32(at, true))
  }

  #vector(slot: number, elementBytes: number): { readonly at: number; readonly length: number } | undefined {
    const field = this.#field(slot)
    if (field === 0) return undefined
    const start = field + this.#view.getUint32(field, true)
    const length = this.#view.getUint32(start, true)
    if (start + 4 + length * elementBytes > this.#view.byteLength)
      throw new RangeError('a vector is longer than its message')
    return { at: start + 4, length }
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length)
  }
}
