/**
 * Whether data written by one Protocol Buffers definition can be read by another, on the wire
 * (https://protobuf.dev/programming-guides/proto3/#updating), and its methods called. docs: glue dg, schema-registry.
 */
import type { ProtobufField, ProtobufFile, ProtobufMessage } from './protobuf-definition.ts'

/** Types of one group have the same form on the wire. */
const GROUPS = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool'],
  ['sint32', 'sint64'],
  ['string', 'bytes'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
] as const
const NUMBERS: ReadonlySet<string> = new Set(
  'double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool'.split(' '),
)

/** Why not; undefined when it can. */
export function protobufIncompatibility(reader: ProtobufFile, writer: ProtobufFile): string | undefined {
  if (reader.package !== writer.package) return `the package ${writer.package} is ${reader.package} now`
  for (const [name, message] of writer.messages) {
    const read = reader.messages.get(name)
    if (!read && message.outermost) return `the message ${name} is not there`
    const fault = read && messageFault(name, read, message, reader, writer)
    if (fault !== undefined) return fault
  }
  for (const [name, signature] of writer.methods)
    if (reader.methods.get(name) !== signature) return `the method ${name} is not there, or not the same`
  return undefined
}

function messageFault(
  name: string,
  reader: ProtobufMessage,
  writer: ProtobufMessage,
  readers: ProtobufFile,
  writers: ProtobufFile,
): string | undefined {
  for (const [number, field] of reader.fields) {
    const written = writer.fields.get(number)
    const here = `the field ${field.name} = ${number} of ${name}`
    if (!written) {
      if (field.label === 'required') return `${here} is required, and not written`
      continue
    }
    if (field.label === 'required' && written.label !== 'required')
      return `${here} is required, and need not be written`
    if (!sameForm(field.type, written.type, readers, writers))
      return `${here} is ${written.type}, which is no ${field.type}`
    const repeats = (field.label === 'repeated') !== (written.label === 'repeated')
    // "For string, bytes, and message fields, singular is compatible with repeated"; of numbers the repeated are packed.
    if (repeats && (isNumber(field.type, readers) || field.type.startsWith('map<') || written.type.startsWith('map<')))
      return `${here} is repeated in one of them only`
  }
  return oneofFault(name, reader, writer)
}

/** Of fields in one `oneof` the last written wins: those that were apart before would be lost. */
function oneofFault(name: string, reader: ProtobufMessage, writer: ProtobufMessage): string | undefined {
  const groups = Map.groupBy(
    [...reader.fields].filter(([number, { oneof }]) => oneof !== undefined && writer.fields.has(number)),
    ([, { oneof }]) => oneof!,
  )
  for (const [oneof, fields] of groups) {
    const before = new Set(fields.map(([number, field]) => writer.fields.get(number)!.oneof ?? ownOf(field)))
    if (before.size > 1) return `fields of ${name} that were apart are in the oneof ${oneof}`
  }
  return undefined
}

const ownOf = ({ name }: ProtobufField): string => `\0${name}`

/** On the wire a message of a key and a value for each entry. */
const MAP = /^map<(.*),(.*)>$/

function sameForm(reader: string, writer: string, readers: ProtobufFile, writers: ProtobufFile): boolean {
  if (reader === writer) return true
  const [read, written] = [MAP.exec(reader), MAP.exec(writer)]
  if (read && written) return [1, 2].every((part) => sameForm(read[part]!, written[part]!, readers, writers))
  const [a, b] = [wireType(reader, readers), wireType(writer, writers)]
  return (
    a === b ||
    GROUPS.some((group) => (group as readonly string[]).includes(a) && (group as readonly string[]).includes(b))
  )
}

/** Enums go over the wire as int32. */
const wireType = (type: string, file: ProtobufFile): string => (file.enums.has(type) ? 'int32' : type)
const isNumber = (type: string, file: ProtobufFile): boolean => NUMBERS.has(wireType(type, file))
