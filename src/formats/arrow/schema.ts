/** Arrow's schema message (https://github.com/apache/arrow/blob/main/format/Schema.fbs). */
import { CorruptData } from '../corrupt-data.ts'
import type { FlatTable } from './flatbuffer-reader.ts'
import type { FlatField, FlatFields } from './flatbuffer-writer.ts'
import { type Framing, HEADER, readMessage, readSoundly, writeMessage } from './message.ts'
import type { ArrowField, ArrowSchema, ArrowType, TimeUnit } from './types.ts'

const TIME_UNITS: readonly TimeUnit[] = ['SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND']
const PRECISIONS = ['HALF', 'SINGLE', 'DOUBLE'] as const
const DATE_UNITS = ['DAY', 'MILLISECOND'] as const

/** By their number in the union of types. */
const TYPE_NAMES = [
  ...['None', 'Null', 'Int', 'FloatingPoint', 'Binary', 'Utf8', 'Bool', 'Decimal', 'Date', 'Time', 'Timestamp'],
  ...['Interval', 'List', 'Struct', 'Union', 'FixedSizeBinary', 'FixedSizeList', 'Map', 'Duration', 'LargeBinary'],
  ...['LargeUtf8', 'LargeList', 'RunEndEncoded', 'BinaryView', 'Utf8View', 'ListView', 'LargeListView'],
]
const TYPE_IDS = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  list: 12,
  struct: 13,
  map: 17,
} as const

/** Fields within fields: what is deeper is not sound. */
const MOST_DEPTH = 64

/** Throws CorruptData. */
export function readSchema(bytes: Uint8Array): ArrowSchema {
  const { kind, header } = readMessage(bytes)
  if (kind !== HEADER.schema) throw new CorruptData('an Arrow message that should tell a schema is of another kind')
  return readSoundly(() => {
    if (header.short(0) !== 0) throw new CorruptData('an Arrow schema is of a machine with the big end first')
    return { fields: header.tables(1).map((field) => readField(field, 0)), metadata: readMetadata(header, 2) }
  })
}

function readField(field: FlatTable, depth: number): ArrowField {
  if (depth > MOST_DEPTH) throw new CorruptData('an Arrow schema nests its fields too deep')
  if (field.has(4)) throw new CorruptData(`column ${field.text(0) ?? ''} has a dictionary, which nobody has told`)
  return {
    name: field.text(0) ?? '',
    nullable: field.byte(1) !== 0,
    type: readType(field.byte(2), field.table(3)),
    children: field.tables(5).map((child) => readField(child, depth + 1)),
    metadata: readMetadata(field, 6),
  }
}

function readType(id: number, type: FlatTable | undefined): ArrowType {
  switch (id) {
    case TYPE_IDS.null:
      return { kind: 'null' }
    case TYPE_IDS.int:
      return { kind: 'int', bitWidth: type?.int(0) ?? 0, signed: type?.byte(1) === 1 }
    case TYPE_IDS.float:
      return { kind: 'float', precision: PRECISIONS[type?.short(0) ?? 0] ?? 'HALF' }
    case TYPE_IDS.binary:
      return { kind: 'binary' }
    case TYPE_IDS.utf8:
      return { kind: 'utf8' }
    case TYPE_IDS.bool:
      return { kind: 'bool' }
    case TYPE_IDS.decimal:
      return {
        kind: 'decimal',
        precision: type?.int(0) ?? 0,
        scale: type?.int(1) ?? 0,
        bitWidth: type?.int(2, 128) ?? 0,
      }
    case TYPE_IDS.date:
      return { kind: 'date', unit: DATE_UNITS[type?.short(0, 1) ?? 1] ?? 'MILLISECOND' }
    case TYPE_IDS.time:
      return {
        kind: 'time',
        unit: TIME_UNITS[type?.short(0, 1) ?? 1] ?? 'MILLISECOND',
        bitWidth: type?.int(1, 32) ?? 32,
      }
    case TYPE_IDS.timestamp:
      return { kind: 'timestamp', unit: TIME_UNITS[type?.short(0) ?? 0] ?? 'SECOND', timezone: type?.text(1) }
    case TYPE_IDS.list:
      return { kind: 'list' }
    case TYPE_IDS.struct:
      return { kind: 'struct' }
    case TYPE_IDS.map:
      return { kind: 'map', keysSorted: type?.byte(0) === 1 }
    default:
      return { kind: 'other', name: TYPE_NAMES[id] ?? `type ${id}`, id }
  }
}

function readMetadata(table: FlatTable, slot: number): Record<string, string> {
  return Object.fromEntries(table.tables(slot).map((entry) => [entry.text(0) ?? '', entry.text(1) ?? '']))
}

/** Throws TypeError for a type that only reading knows. */
export function writeSchema(schema: ArrowSchema, framing: Framing): Uint8Array {
  const header: FlatFields = [
    { kind: 'short', value: 0 },
    { kind: 'tables', value: schema.fields.map(fieldTable) },
    metadataTables(schema.metadata),
  ]
  return writeMessage(framing, HEADER.schema, header, [])
}

function fieldTable(field: ArrowField): FlatFields {
  const { type } = field
  if (type.kind === 'other') throw new TypeError(`a field of ${type.name} is not written`)
  return [
    { kind: 'text', value: field.name },
    { kind: 'byte', value: field.nullable ? 1 : 0 },
    { kind: 'byte', value: TYPE_IDS[type.kind] },
    { kind: 'table', value: typeTable(type) },
    undefined,
    { kind: 'tables', value: field.children.map(fieldTable) },
    metadataTables(field.metadata),
  ]
}

const int = (value: number): FlatField => ({ kind: 'int', value })
const short = (value: number): FlatField => ({ kind: 'short', value })
const flag = (value: boolean): FlatField => ({ kind: 'byte', value: value ? 1 : 0 })

function typeTable(type: Exclude<ArrowType, { kind: 'other' }>): FlatFields {
  switch (type.kind) {
    case 'int':
      return [int(type.bitWidth), flag(type.signed)]
    case 'float':
      return [short(PRECISIONS.indexOf(type.precision))]
    case 'decimal':
      return [int(type.precision), int(type.scale), int(type.bitWidth)]
    case 'date':
      return [short(DATE_UNITS.indexOf(type.unit))]
    case 'time':
      return [short(TIME_UNITS.indexOf(type.unit)), int(type.bitWidth)]
    case 'timestamp':
      return [
        short(TIME_UNITS.indexOf(type.unit)),
        type.timezone === undefined ? undefined : { kind: 'text', value: type.timezone },
      ]
    case 'map':
      return [flag(type.keysSorted)]
    default:
      return []
  }
}

function metadataTables(metadata: Readonly<Record<string, string>>): FlatField | undefined {
  const entries = Object.entries(metadata)
  if (entries.length === 0) return undefined
  return {
    kind: 'tables',
    value: entries.map(([key, value]) => [
      { kind: 'text', value: key },
      { kind: 'text', value },
    ]),
  }
}
