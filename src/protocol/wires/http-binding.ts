/** Members that travel in the address, the headers and the status; the same for REST-JSON and REST-XML. */
import type { Member } from '../schema.ts'
import type { WireRequest } from '../wire.ts'
import { decodeMetadata, encodeMetadata, quoteItem, safeHeader, splitDates, splitHeader } from './header-text.ts'
import { formatText, parseText, parseTimestamp, setEntry } from './scalars.ts'

type Fields = Record<string, unknown>

export function readLocated(
  members: readonly Member[],
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
  target: Fields,
): void {
  for (const member of members) {
    const value = readOne(member, members, request, labels)
    if (value !== undefined) target[member.name] = value
  }
}

function readOne(
  member: Member,
  members: readonly Member[],
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
): unknown {
  const name = member.wireName ?? member.name
  switch (member.location) {
    case 'uri':
      return readText(member, labels[name])
    case 'querystring':
      return readQuery(member, name, members, request.query)
    case 'header':
      return readHeader(member, request.headers[name.toLowerCase()])
    case 'headers':
      return readPrefixed(name.toLowerCase(), request.headers)
    default:
      return undefined
  }
}

/** An empty number, boolean or timestamp is as if it was not sent: some clients send `max-keys=`. */
function readText(member: Member, text: string | undefined): unknown {
  if (text === undefined || (text === '' && member.shape.type !== 'string')) return undefined
  if (!member.jsonValue) return parseText(member, text)
  return Buffer.from(text, 'base64').toString()
}

function readQuery(member: Member, name: string, members: readonly Member[], query: URLSearchParams): unknown {
  const { shape } = member
  if (shape.type === 'list') {
    const texts = query.getAll(name)
    return texts.length > 0 ? texts.map((text) => parseText(shape.element, text)) : undefined
  }
  if (shape.type !== 'map') return readText(member, query.get(name) ?? undefined)
  const taken = new Set(members.filter((other) => other.location === 'querystring').map((other) => other.wireName))
  const target: Fields = {}
  for (const key of new Set(query.keys())) {
    if (taken.has(key) || /^x-amz-/i.test(key)) continue
    setEntry(target, key, shape.value.shape.type === 'list' ? query.getAll(key) : query.get(key))
  }
  return Object.keys(target).length > 0 ? target : undefined
}

function readHeader(member: Member, text: string | undefined): unknown {
  const { shape } = member
  if (text === undefined) return undefined
  if (shape.type === 'timestamp' && isHttpDate(member)) return readDate(text)
  if (shape.type === 'string' && shape.values) return modelledSpelling(shape.values, text)
  if (shape.type !== 'list') return readText(member, text)
  if (text.trim() === '') return undefined
  const { element } = shape
  const dates = element.shape.type === 'timestamp' && isHttpDate(element)
  return (dates ? splitDates(text) : splitHeader(text)).map((item) => parseText(element, item))
}

/** Words in headers may be written in any case: the C++ SDK sends `x-amz-checksum-mode: enabled`, and S3 takes it. */
function modelledSpelling(values: ReadonlySet<string>, text: string): string {
  if (values.has(text)) return text
  const folded = text.toLowerCase()
  return values.values().find((value) => value.toLowerCase() === folded) ?? text
}

const isHttpDate = (member: Member) => (member.timestampFormat ?? 'rfc822') === 'rfc822'

/** A date that is none is ignored (RFC 9110, 13.1.3), and S3 takes any text as Expires. */
function readDate(text: string): Date | undefined {
  try {
    return parseTimestamp(text.trim())
  } catch {
    return undefined
  }
}

function readPrefixed(prefix: string, headers: Readonly<Record<string, string>>): Fields | undefined {
  const target: Fields = {}
  for (const name of Object.keys(headers)) {
    if (name.startsWith(prefix)) setEntry(target, name.slice(prefix.length), decodeMetadata(headers[name]!))
  }
  return Object.keys(target).length > 0 ? target : undefined
}

/** Sets headers, and answers the status if a member carries it. */
export function writeLocated(
  members: readonly Member[],
  output: Fields,
  headers: Record<string, string>,
): number | undefined {
  let status: number | undefined
  for (const member of members) {
    const value = output[member.name]
    if (value === undefined || value === null) continue
    if (member.location === 'statusCode') status = Number(value)
    else if (member.location === 'headers') writePrefixed(member, value as Fields, headers)
    else headers[(member.wireName ?? member.name).toLowerCase()] = safeHeader(headerText(member, value))
  }
  return status
}

function writePrefixed(member: Member, value: Fields, headers: Record<string, string>): void {
  const prefix = (member.wireName ?? '').toLowerCase()
  for (const key of Object.keys(value)) headers[prefix + key.toLowerCase()] = encodeMetadata(String(value[key]))
}

function headerText(member: Member, value: unknown): string {
  const { shape } = member
  if (shape.type === 'list') return (value as unknown[]).map((item) => itemText(shape.element, item)).join(', ')
  return member.jsonValue ? Buffer.from(String(value)).toString('base64') : formatText(member, value, 'rfc822')
}

const itemText = (element: Member, item: unknown) =>
  element.shape.type === 'string' ? quoteItem(String(item)) : formatText(element, item, 'rfc822')
