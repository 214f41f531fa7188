/**
 * Ion documents as vectors of a table's columns, by the mapping of types of the Ion Hive SerDe. A document is a row; what it
 * does not hold is missing.
 */
import { CorruptData, TypeMismatch } from '../corrupt-data.ts'
import { fitDecimal, fitText } from '../value-fitting.ts'
import {
  type Builder,
  type BytesBuilder,
  builderOf,
  type ListBuilder,
  type LongBuilder,
  type MapBuilder,
  type NumberBuilder,
  type StructBuilder,
  type WideBuilder,
} from '../vector-builders.ts'
import type { ColumnField, ColumnType, Vector } from '../vectors.ts'
import { type IonPath, valueAtPath } from './paths.ts'
import { ionText } from './text.ts'
import type { IonValue } from './values.ts'

export interface IonColumn extends ColumnField {
  readonly path: IonPath
  /** Whether a number that does not fit fails; else its lower bits are kept. */
  readonly failsOnOverflow: boolean
}

export interface IonRules {
  readonly caseSensitive: boolean
  /** What is not of its column's type, or too large for it, is missing. */
  readonly ignoreMalformed: boolean
}

export class IonColumns {
  readonly #columns: readonly { readonly column: IonColumn; readonly builder: Builder }[]
  readonly #rules: IonRules

  constructor(columns: readonly IonColumn[], rules: IonRules) {
    this.#columns = columns.map((column) => ({ column, builder: builderOf(column.type) }))
    this.#rules = rules
  }

  get sizeBytes(): number {
    return this.#columns.reduce((sum, { builder }) => sum + builder.sizeBytes, 0)
  }

  /** Throws `CorruptData` where a value is not one of its column's type, or too large for it. */
  add(document: IonValue): void {
    for (const { column, builder } of this.#columns) {
      const value = valueAtPath(document, column.path, this.#rules.caseSensitive)
      const placement = new Placement(column, this.#rules.caseSensitive)
      // Nothing is left behind of a value that turns out not to fit.
      const put = !this.#rules.ignoreMalformed || placement.fits(value)
      placement.put(builder, column.type, put ? value : undefined)
    }
  }

  finish(): Vector[] {
    return this.#columns.map(({ builder }) => builder.finish())
  }
}

const DAY_MICROS = 86_400_000_000n

function dayOf(micros: bigint): number {
  const day = Number(micros / DAY_MICROS)
  return micros < 0n && micros % DAY_MICROS !== 0n ? day - 1 : day
}

const RANGES = { tinyint: 8, smallint: 16, int: 32, long: 64 } as const

class Placement {
  readonly #column: IonColumn
  readonly #caseSensitive: boolean

  constructor(column: IonColumn, caseSensitive: boolean) {
    this.#column = column
    this.#caseSensitive = caseSensitive
  }

  fits(value: IonValue | undefined): boolean {
    try {
      this.put(builderOf(this.#column.type), this.#column.type, value)
      return true
    } catch (error) {
      if (error instanceof CorruptData) return false
      throw error
    }
  }

  put(into: Builder, type: ColumnType, value: IonValue | undefined): void {
    if (!value || value.type === 'null') into.missing()
    else this.#put(into, type, value)
  }

  #put(into: Builder, type: ColumnType, value: IonValue): void {
    switch (type.kind) {
      case 'boolean':
        if (value.type !== 'bool') throw this.#mismatch(value)
        ;(into as NumberBuilder).add(value.value ? 1 : 0)
        break
      case 'tinyint':
      case 'smallint':
      case 'int':
        ;(into as NumberBuilder).add(Number(this.#whole(value, RANGES[type.kind])))
        break
      case 'long':
        ;(into as LongBuilder).addBig(this.#whole(value, RANGES.long))
        break
      case 'float':
      case 'double':
        ;(into as NumberBuilder).add(this.#number(value))
        break
      case 'decimal':
        this.#decimal(into as LongBuilder | WideBuilder, type, value)
        break
      case 'date':
      case 'timestamp':
      case 'instant':
        this.#moment(into, type.kind, value)
        break
      case 'list':
        this.#list(into as ListBuilder, type.element, value)
        break
      case 'map':
        this.#map(into as MapBuilder, type, value)
        break
      case 'struct':
        this.#struct(into as StructBuilder, type.fields, value)
        break
      default:
        this.#text(into as BytesBuilder, type, value)
    }
  }

  #whole(value: IonValue, bits: number): bigint {
    if (value.type !== 'int') throw this.#mismatch(value)
    const kept = BigInt.asIntN(bits, value.value)
    if (kept !== value.value && this.#column.failsOnOverflow)
      throw new CorruptData(`Insufficient precision for ${value.value} in column ${this.#column.name}`)
    return kept
  }

  /** JSON's numbers with a point are decimals to Ion. */
  #number(value: IonValue): number {
    if (value.type === 'float') return value.value
    if (value.type === 'int') return Number(value.value)
    if (value.type === 'decimal') return Number(`${value.coefficient}e${value.exponent}`)
    throw this.#mismatch(value)
  }

  #decimal(into: LongBuilder | WideBuilder, type: ColumnType & { readonly kind: 'decimal' }, value: IonValue): void {
    if (value.type !== 'decimal' && value.type !== 'int') throw this.#mismatch(value)
    const [coefficient, exponent] = value.type === 'int' ? [value.value, 0] : [value.coefficient, value.exponent]
    // Beyond these a number has more digits than any column, or none that counts.
    const unscaled =
      exponent > 40 || exponent < -400
        ? coefficient === 0n || exponent < 0
          ? 0n
          : undefined
        : fitDecimal(exponent > 0 ? coefficient * 10n ** BigInt(exponent) : coefficient, Math.max(-exponent, 0), type)
    if (unscaled === undefined) {
      if (this.#column.failsOnOverflow)
        throw new CorruptData(`Insufficient precision for ${ionText(value)} in column ${this.#column.name}`)
      into.missing()
    } else if ('addBig' in into) into.addBig(unscaled)
    else into.add(unscaled)
  }

  #moment(into: Builder, kind: 'date' | 'timestamp' | 'instant', value: IonValue): void {
    if (value.type !== 'timestamp') throw this.#mismatch(value)
    if (kind === 'date') (into as NumberBuilder).add(dayOf(value.micros))
    else (into as LongBuilder).addBig(value.micros)
  }

  #list(into: ListBuilder, element: ColumnType, value: IonValue): void {
    if (value.type !== 'list' && value.type !== 'sexp') throw this.#mismatch(value)
    for (const item of value.items) this.put(into.element, element, item)
    into.add(value.items.length)
  }

  /** Of a name that is there twice the last counts. */
  #map(into: MapBuilder, type: ColumnType & { readonly kind: 'map' }, value: IonValue): void {
    if (value.type !== 'struct') throw this.#mismatch(value)
    const entries = new Map(value.fields)
    for (const [name, inner] of entries) {
      this.put(into.key, type.key, { type: 'string', value: name, annotations: [] })
      this.put(into.value, type.value, inner)
    }
    into.add(entries.size)
  }

  #struct(into: StructBuilder, fields: readonly ColumnField[], value: IonValue): void {
    if (value.type !== 'struct') throw this.#mismatch(value)
    const folded = (name: string) => (this.#caseSensitive ? name : name.toLowerCase())
    const found = new Map(value.fields.map(([name, inner]) => [folded(name), inner]))
    for (const [i, field] of fields.entries()) this.put(into.fields[i]!, field.type, found.get(folded(field.name)))
    into.add()
  }

  #text(into: BytesBuilder, type: ColumnType, value: IonValue): void {
    const bytes = this.#bytes(type, value)
    const limited = type.kind === 'char' || type.kind === 'varchar'
    into.add(bytes, 0, limited ? fitText(bytes, 0, bytes.length, type.length) : bytes.length)
  }

  #bytes(type: ColumnType, value: IonValue): Uint8Array {
    if (value.type === 'clob' || value.type === 'blob') return value.value
    if (type.kind === 'binary') throw this.#mismatch(value)
    return Buffer.from(value.type === 'string' || value.type === 'symbol' ? value.value : ionText(value))
  }

  #mismatch(value: IonValue): TypeMismatch {
    return new TypeMismatch(`column ${this.#column.name} can not hold a value of Ion's type ${value.type}`)
  }
}
