/**
 * Records of an Avro file as vectors of a table's columns. The file's schema is matched with the table's once; then each
 * record is walked, its wanted fields going to builders and the others being stepped over.
 */
import { CorruptData, TypeMismatch, UnsupportedData } from '../corrupt-data.ts'
import { type Builder, builderOf, type ListBuilder, type MapBuilder, type StructBuilder } from '../vector-builders.ts'
import type { ColumnField, ColumnType, Vector } from '../vectors.ts'
import { type Step, scalarStep } from './column-values.ts'
import type { AvroBlock } from './container.ts'
import { Cursor } from './cursor.ts'
import { fieldMatches, type MatchedField } from './resolution.ts'
import type { AvroRecord, AvroType } from './schema.ts'
import { skipper } from './skipping.ts'
import { leastBytes, requireDense } from './vacancy.ts'
import { encodeDefault } from './values.ts'

export class AvroColumns {
  readonly #builders: readonly Builder[]
  readonly #record: Step

  /** `reader`: the table's own schema, whose aliases and defaults count; without it fields are found by the names of columns. */
  constructor(writer: AvroType, columns: readonly ColumnField[], reader?: AvroType) {
    if (writer.kind !== 'record') throw new UnsupportedData('the records of the file are no Avro records')
    requireDense(writer, MOST_VACANT)
    this.#builders = columns.map((column) => builderOf(column.type))
    this.#record = recordStep(writer, reader, columns, this.#builders)
  }

  get sizeBytes(): number {
    return this.#builders.reduce((sum, builder) => sum + builder.sizeBytes, 0)
  }

  add({ records, bytes }: AvroBlock, cursor: Cursor): void {
    if (records > Math.max(bytes.length, MOST_EMPTY_RECORDS))
      throw new CorruptData('a block has more records than bytes')
    for (let i = 0; i < records; i++) this.#record(cursor)
    if (cursor.at !== cursor.end) throw new CorruptData('a block is longer than its records')
  }

  finish(): Vector[] {
    return this.#builders.map((builder) => builder.finish())
  }
}

const MOST_EMPTY_RECORDS = 65_536
/** As wide as tables whose columns all are null may be. */
const MOST_VACANT = 10_000

function recordStep(
  writer: AvroRecord,
  reader: AvroType | undefined,
  columns: readonly ColumnField[],
  builders: readonly Builder[],
): Step {
  const matches = fieldMatches(writer, reader, columns)
  const steps = writer.fields.map((field) => {
    const matched = matches.flatMap((match, i) => (match.field === field ? [{ match, i }] : []))
    const [first] = matched
    if (!first) return skipper(field.type)
    return valueStep(field.type, first.match.reader, columns[first.i]!, builders[first.i]!)
  })
  const others = matches.flatMap((match, i) => (match.field ? [] : [absentStep(match, columns[i]!, builders[i]!)]))
  return sequence([...steps, ...others])
}

/** A default is written down as Avro writes it, and read as the values of files are. */
function absentStep({ fallback }: MatchedField, column: ColumnField, builder: Builder): Step {
  if (!fallback) return () => builder.missing()
  const bytes = encodeDefault(fallback.type, fallback.json)
  const step = valueStep(fallback.type, undefined, column, builder)
  return () => step(new Cursor(bytes))
}

function sequence(steps: readonly Step[]): Step {
  return (cursor) => {
    for (let i = 0; i < steps.length; i++) steps[i]!(cursor)
  }
}

function valueStep(type: AvroType, reader: AvroType | undefined, column: ColumnField, into: Builder): Step {
  switch (type.kind) {
    case 'null':
      return () => into.missing()
    case 'union':
      return unionStep(type.branches, reader, column, into)
    case 'record':
      return structStep(type, reader, column, into)
    case 'array':
      return column.type.kind === 'map' && type.items.kind === 'record'
        ? entriesStep(type.items, column.type, into as MapBuilder)
        : listStep(type.items, reader, column, into)
    case 'map':
      return mapStep(type.values, reader, column, into)
    default:
      return scalarStep(type, column.type, into) ?? mismatch(type, column)
  }
}

/** A branch that can not stand for the column is an error only where a value has it. */
function unionStep(
  branches: readonly AvroType[],
  reader: AvroType | undefined,
  column: ColumnField,
  into: Builder,
): Step {
  const steps = branches.map((branch) => {
    try {
      return valueStep(branch, reader, column, into)
    } catch (error) {
      if (!(error instanceof TypeMismatch)) throw error
      return () => {
        throw error
      }
    }
  })
  if (!branches.some((branch) => branch.kind !== 'null'))
    return sequence([skipper({ kind: 'union', branches }), () => into.missing()])
  return (cursor) => {
    const step = steps[cursor.int()]
    if (!step) throw new CorruptData('a union has no such branch')
    step(cursor)
  }
}

function structStep(type: AvroRecord, reader: AvroType | undefined, column: ColumnField, into: Builder): Step {
  if (column.type.kind !== 'struct') return mismatch(type, column)
  const builder = into as StructBuilder
  const record = recordStep(type, reader, column.type.fields, builder.fields)
  return (cursor) => {
    record(cursor)
    builder.add()
  }
}

function listStep(items: AvroType, reader: AvroType | undefined, column: ColumnField, into: Builder): Step {
  if (column.type.kind !== 'list') return mismatch({ kind: 'array', items }, column)
  const builder = into as ListBuilder
  const inside = nonNull(reader)
  const item = valueStep(
    items,
    inside?.kind === 'array' ? inside.items : undefined,
    { name: column.name, type: column.type.element },
    builder.element,
  )
  const least = leastBytes(items)
  return (cursor) => builder.add(eachItem(cursor, least, item))
}

/** A map whose keys are no text is kept as a list of keys and values. https://iceberg.apache.org/spec/#avro */
function entriesStep(entry: AvroRecord, { key, value }: ColumnType & { readonly kind: 'map' }, into: MapBuilder): Step {
  const columns = [
    { name: 'key', type: key },
    { name: 'value', type: value },
  ]
  const step = recordStep(entry, undefined, columns, [into.key, into.value])
  const least = leastBytes(entry)
  return (cursor) => into.add(eachItem(cursor, least, step))
}

function mapStep(values: AvroType, reader: AvroType | undefined, column: ColumnField, into: Builder): Step {
  if (column.type.kind !== 'map') return mismatch({ kind: 'map', values }, column)
  const builder = into as MapBuilder
  const inside = nonNull(reader)
  const key = valueStep({ kind: 'string' }, undefined, { name: column.name, type: column.type.key }, builder.key)
  const value = valueStep(
    values,
    inside?.kind === 'map' ? inside.values : undefined,
    { name: column.name, type: column.type.value },
    builder.value,
  )
  const least = 1 + leastBytes(values)
  return (cursor) => builder.add(eachItem(cursor, least, sequence([key, value])))
}

function eachItem(cursor: Cursor, least: number, step: Step): number {
  let items = 0
  for (let count = cursor.items(least); count > 0; count = cursor.items(least)) {
    for (let i = 0; i < count; i++) step(cursor)
    items += count
  }
  return items
}

/** Of an optional type, what it is when there is one. */
function nonNull(type: AvroType | undefined): AvroType | undefined {
  if (type?.kind !== 'union') return type
  const branches = type.branches.filter((branch) => branch.kind !== 'null')
  return branches.length === 1 ? branches[0] : undefined
}

function mismatch(type: AvroType, column: ColumnField): never {
  throw new TypeMismatch(
    `Avro type ${avroName(type)} can not be read as column '${column.name}' of type ${columnName(column.type)}`,
  )
}

const avroName = (type: AvroType): string =>
  'logical' in type && type.logical ? `${type.kind} (${type.logical.name})` : type.kind
const columnName = (type: ColumnType): string => type.kind
