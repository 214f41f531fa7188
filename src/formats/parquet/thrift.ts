/** Thrift's compact protocol, as far as Parquet's footers and page headers need it to be written. */
const TYPES = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const

export type ThriftValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'binary'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly ThriftValue[] }
  /** Fields by their ids; those that are undefined are left out. */
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<number, ThriftValue | undefined>> }

export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value })
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value })
export const bool = (value: boolean): ThriftValue => ({ kind: 'bool', value })
export const text = (value: string): ThriftValue => ({ kind: 'binary', value })
export const list = (items: readonly ThriftValue[]): ThriftValue => ({ kind: 'list', items })
export const struct = (fields: Readonly<Record<number, ThriftValue | undefined>>): ThriftValue => ({
  kind: 'struct',
  fields,
})

export function thriftBytes(value: ThriftValue): Buffer {
  const bytes: number[] = []
  write(bytes, value)
  return Buffer.from(bytes)
}

function write(bytes: number[], value: ThriftValue): void {
  switch (value.kind) {
    case 'bool':
      bytes.push(value.value ? TYPES.true : TYPES.false)
      return
    case 'i32':
    case 'i64':
      varint(bytes, value.value >= 0 ? value.value * 2 : -value.value * 2 - 1)
      return
    case 'binary': {
      const encoded = Buffer.from(value.value)
      varint(bytes, encoded.length)
      for (const byte of encoded) bytes.push(byte)
      return
    }
    case 'list': {
      const { items } = value
      const type = items[0] ? typeOf(items[0]) : TYPES.struct
      if (items.length < 15) bytes.push((items.length << 4) | type)
      else {
        bytes.push(0xf0 | type)
        varint(bytes, items.length)
      }
      for (const item of items) write(bytes, item)
      return
    }
    case 'struct':
      writeFields(bytes, value.fields)
  }
}

function writeFields(bytes: number[], fields: Readonly<Record<number, ThriftValue | undefined>>): void {
  let last = 0
  for (const [id, value] of Object.entries(fields)) {
    if (!value) continue
    const delta = Number(id) - last
    last = Number(id)
    bytes.push((delta << 4) | typeOf(value))
    // The type of a field that is true or false says which.
    if (value.kind !== 'bool') write(bytes, value)
  }
  bytes.push(0)
}

function typeOf(value: ThriftValue): number {
  if (value.kind === 'bool') return value.value ? TYPES.true : TYPES.false
  return TYPES[value.kind]
}

function varint(bytes: number[], value: number): void {
  let left = value
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80)
    left = Math.floor(left / 0x80)
  }
  bytes.push(left)
}
