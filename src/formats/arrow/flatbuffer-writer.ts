/** Writes tables of FlatBuffers: a table first, then what it refers to, as references only point forward. */
type NumberKind = 'byte' | 'short' | 'int' | 'long'

export type FlatField =
  | { readonly [Kind in NumberKind]: { readonly kind: Kind; readonly value: number } }[NumberKind]
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'table'; readonly value: FlatFields }
  | { readonly kind: 'tables'; readonly value: readonly FlatFields[] }
  /** Pairs of 64-bit numbers. */
  | { readonly kind: 'pairs'; readonly value: readonly (readonly [number, number])[] }

/** By slot; one that is absent has its default. */
export type FlatFields = readonly (FlatField | undefined)[]

const SIZES = { byte: 1, short: 2, int: 4, long: 8, text: 4, table: 4, tables: 4, pairs: 4 } as const

/** The table's bytes. */
export function flatBuffer(root: FlatFields): Uint8Array {
  const writer = new FlatWriter()
  writer.root(root)
  return writer.bytes()
}

class FlatWriter {
  #bytes = new Uint8Array(512)
  #view = new DataView(this.#bytes.buffer)
  #size = 0

  root(fields: FlatFields): void {
    this.#reserve(4)
    this.#refer(0, this.#table(fields))
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  #table(fields: FlatFields): number {
    const { places, sizeBytes } = layout(fields)
    this.#align(2)
    const offsets = this.#reserve(4 + 2 * places.length)
    this.#align(8)
    const table = this.#reserve(sizeBytes)
    this.#view.setUint16(offsets, 4 + 2 * places.length, true)
    this.#view.setUint16(offsets + 2, sizeBytes, true)
    this.#view.setInt32(table, table - offsets, true)
    places.forEach((place, slot) => {
      this.#view.setUint16(offsets + 4 + 2 * slot, place, true)
    })
    fields.forEach((field, slot) => {
      if (field) this.#field(table + places[slot]!, field)
    })
    return table
  }

  #field(at: number, field: FlatField): void {
    if (field.kind === 'byte') this.#view.setUint8(at, field.value)
    else if (field.kind === 'short') this.#view.setInt16(at, field.value, true)
    else if (field.kind === 'int') this.#view.setInt32(at, field.value, true)
    else if (field.kind === 'long') this.#view.setBigInt64(at, BigInt(field.value), true)
    else this.#refer(at, this.#referred(field))
  }

  /** Where it was written. */
  #referred(field: Exclude<FlatField, { kind: NumberKind }>): number {
    switch (field.kind) {
      case 'text':
        return this.#text(field.value)
      case 'table':
        return this.#table(field.value)
      case 'tables':
        return this.#tables(field.value)
      case 'pairs':
        return this.#pairs(field.value)
    }
  }

  #refer(from: number, to: number): void {
    this.#view.setUint32(from, to - from, true)
  }

  #text(value: string): number {
    const encoded = new TextEncoder().encode(value)
    this.#align(4)
    const at = this.#reserve(4 + encoded.length + 1)
    this.#view.setUint32(at, encoded.length, true)
    this.#bytes.set(encoded, at + 4)
    return at
  }

  #tables(tables: readonly FlatFields[]): number {
    this.#align(4)
    const at = this.#reserve(4 + 4 * tables.length)
    this.#view.setUint32(at, tables.length, true)
    tables.forEach((fields, i) => {
      this.#refer(at + 4 + 4 * i, this.#table(fields))
    })
    return at
  }

  #pairs(pairs: readonly (readonly [number, number])[]): number {
    // The pairs are at multiples of eight, so their number is before one.
    this.#align(8)
    const at = this.#reserve(8 + 16 * pairs.length) + 4
    this.#view.setUint32(at, pairs.length, true)
    pairs.forEach(([first, second], i) => {
      this.#view.setBigInt64(at + 4 + 16 * i, BigInt(first), true)
      this.#view.setBigInt64(at + 12 + 16 * i, BigInt(second), true)
    })
    return at
  }

  #align(to: number): void {
    this.#reserve(-this.#size & (to - 1))
  }

  #reserve(length: number): number {
    const at = this.#size
    this.#size += length
    if (this.#size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return at
  }
}

/** Where each field lies in its table, 0 for one that is absent; each at a multiple of its size. */
function layout(fields: FlatFields): { readonly places: readonly number[]; readonly sizeBytes: number } {
  let sizeBytes = 4
  const places = fields.map((field) => {
    if (!field) return 0
    const size = SIZES[field.kind]
    const place = Math.ceil(sizeBytes / size) * size
    sizeBytes = place + size
    return place
  })
  return { places, sizeBytes: Math.ceil(sizeBytes / 4) * 4 }
}
