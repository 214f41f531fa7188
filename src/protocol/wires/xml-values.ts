/** XML elements to and from typed values, by shape; for REST-XML and for the answers of the query protocol. */
import type { ListShape, MapShape, Member, Shape, StructureShape, XmlNamespace } from '../schema.ts'
import { escapeXml, type XmlElement } from '../xml.ts'
import { formatText, formatTimestamp, parseText, setEntry } from './scalars.ts'

type Fields = Record<string, unknown>

/** S3 writes milliseconds even where they are zero; the query services do not. */
export interface XmlStyle {
  readonly milliseconds: boolean
}

export function readXmlMembers(members: readonly Member[], element: XmlElement): Fields {
  const target: Fields = {}
  for (const member of members) {
    const value = readMember(member, element)
    if (value !== undefined) target[member.name] = value
  }
  return target
}

function readMember(member: Member, element: XmlElement): unknown {
  const name = member.wireName ?? member.name
  if (member.xmlAttribute) {
    const text = element.attributes.get(name)
    return text === undefined ? undefined : parseText(member, text)
  }
  const { shape } = member
  if (member.flattened && shape.type === 'list') return readFlatList(shape, name, element)
  if (member.flattened && shape.type === 'map') {
    const entries = element.children.filter((child) => child.name === name)
    return entries.length > 0 ? readEntries(shape, entries) : undefined
  }
  const child = element.children.find((candidate) => candidate.name === name)
  return child && readXml(member, child)
}

/** The elements of a flattened list are called as the list's own member where that has a name, else as the structure's. */
function readFlatList(shape: ListShape, name: string, element: XmlElement): unknown[] | undefined {
  const { wireName = name } = shape.element
  const items = element.children.filter((child) => child.name === wireName || child.name === name)
  return items.length > 0 ? items.map((item) => readXml(shape.element, item)) : undefined
}

export function readXml(member: Member, element: XmlElement): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return readXmlMembers(shape.members, element)
    case 'list':
      return element.children.map((child) => readXml(shape.element, child))
    case 'map':
      return readEntries(shape, element.children)
    case 'string':
      return element.text
    default:
      return parseText(member, element.text)
  }
}

function readEntries(shape: MapShape, entries: readonly XmlElement[]): Fields {
  const [keyName, valueName] = entryNames(shape)
  const target: Fields = {}
  for (const entry of entries) {
    const key = entry.children.find((child) => child.name === keyName)
    const value = entry.children.find((child) => child.name === valueName)
    if (key) setEntry(target, key.text, value ? readXml(shape.value, value) : '')
  }
  return target
}

const entryNames = (shape: MapShape) => [shape.key.wireName ?? 'key', shape.value.wireName ?? 'value'] as const

/** One member of a structure: one element, several where it is flattened, none where it has no value. */
function writeXmlMember(member: Member, value: unknown, style: XmlStyle): string {
  if (value === undefined || value === null || member.xmlAttribute) return ''
  const { shape } = member
  const name = member.wireName ?? member.name
  if (member.flattened && shape.type === 'list') {
    const { wireName = name } = shape.element
    return writeItems(shape, wireName, value as unknown[], style)
  }
  if (member.flattened && shape.type === 'map') return writeEntries(shape, name, value as Fields, style)
  return writeXml(member, name, value, style)
}

export function writeXml(member: Member, name: string, value: unknown, style: XmlStyle, namespace?: string): string {
  const { shape } = member
  const declared = namespaceAttribute(member.xmlNamespace ?? shapeNamespace(shape) ?? (namespace && { uri: namespace }))
  switch (shape.type) {
    case 'structure': {
      const attributes = declared + writeAttributes(shape, value as Fields)
      return `<${name}${attributes}>${writeXmlMembers(shape.members, value, style)}</${name}>`
    }
    case 'list':
      return `<${name}${declared}>${writeItems(shape, shape.element.wireName ?? 'member', value as unknown[], style)}</${name}>`
    case 'map':
      return `<${name}${declared}>${writeEntries(shape, 'entry', value as Fields, style)}</${name}>`
    default:
      return `<${name}${declared}>${escapeXml(scalarText(member, value, style))}</${name}>`
  }
}

export function writeXmlMembers(members: readonly Member[], value: unknown, style: XmlStyle): string {
  const source = value as Fields
  let text = ''
  for (const member of members) text += writeXmlMember(member, source[member.name], style)
  return text
}

function writeItems(shape: ListShape, name: string, items: readonly unknown[], style: XmlStyle): string {
  let text = ''
  for (const item of items) if (item !== undefined && item !== null) text += writeXml(shape.element, name, item, style)
  return text
}

function writeEntries(shape: MapShape, name: string, value: Fields, style: XmlStyle): string {
  const [keyName, valueName] = entryNames(shape)
  let text = ''
  for (const key of Object.keys(value)) {
    const item = value[key]
    if (item === undefined || item === null) continue
    text += `<${name}>${writeXml(shape.key, keyName, key, style)}${writeXml(shape.value, valueName, item, style)}</${name}>`
  }
  return text
}

function writeAttributes(shape: StructureShape, value: Fields): string {
  let text = ''
  for (const member of shape.members) {
    const found = value[member.name]
    if (!member.xmlAttribute || found === undefined || found === null) continue
    text += ` ${member.wireName ?? member.name}="${escapeXml(String(found))}"`
  }
  return text
}

function scalarText(member: Member, value: unknown, style: XmlStyle): string {
  const iso = (member.timestampFormat ?? 'iso8601') === 'iso8601'
  if (style.milliseconds && member.shape.type === 'timestamp' && iso) {
    return new Date(value as Date | string | number).toISOString()
  }
  return member.shape.type === 'timestamp'
    ? String(formatTimestamp(value, member.timestampFormat ?? 'iso8601'))
    : formatText(member, value, 'iso8601')
}

const shapeNamespace = (shape: Shape) => (shape.type === 'structure' ? shape.xmlNamespace : undefined)

function namespaceAttribute(namespace: XmlNamespace | '' | undefined): string {
  if (!namespace) return ''
  return namespace.prefix ? ` xmlns:${namespace.prefix}="${namespace.uri}"` : ` xmlns="${namespace.uri}"`
}
