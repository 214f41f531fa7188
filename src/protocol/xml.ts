/** XML as AWS's protocols use it: elements, attributes and text. No DOCTYPE, so no entities but the five and numbers. */

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string
  /** By name, with and without prefix. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** All text directly inside, joined. */
  readonly text: string
}

export class XmlError extends Error {
  override readonly name = 'XmlError'
}

interface Draft {
  readonly qualifiedName: string
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Draft[]
  text: string
}

const maximumDepth = 200
const noAttributes: ReadonlyMap<string, string> = new Map()
const nameText = /^[A-Za-z_:\u0080-\uffff][\w:.\-\u0080-\uffff]*$/

/** The document's root. Throws XmlError for anything not well-formed, for a DOCTYPE and for nesting beyond 200 levels. */
export function parseXml(source: string): XmlElement {
  const document = draft('', noAttributes)
  const open: Draft[] = [document]
  let position = source.charCodeAt(0) === 0xfeff ? 1 : 0
  while (position < source.length) {
    const parent = open[open.length - 1]!
    const start = source.indexOf('<', position)
    addText(parent, decodeXml(source.slice(position, start < 0 ? source.length : start)), open.length)
    if (start < 0) break
    const next = source[start + 1]
    if (next === '?') position = after(source, '?>', start)
    else if (next === '!') position = parseMarked(source, start, parent, open.length)
    else if (next === '/') position = closeElement(source, start, open)
    else position = openElement(source, start, parent, open)
  }
  if (open.length !== 1) throw new XmlError(`Element ${open[open.length - 1]!.qualifiedName} is not closed`)
  if (document.children.length !== 1) throw new XmlError('A document has one root element')
  return document.children[0]!
}

function addText(parent: Draft, text: string, depth: number): void {
  if (text === '') return
  if (depth > 1) parent.text += text
  else if (text.trim() !== '') throw new XmlError('Text outside of the root element')
}

function parseMarked(source: string, start: number, parent: Draft, depth: number): number {
  if (source.startsWith('<!--', start)) return after(source, '-->', start + 4)
  if (!source.startsWith('<![CDATA[', start)) throw new XmlError('Document type declarations are refused')
  const end = after(source, ']]>', start)
  addText(parent, source.slice(start + 9, end - 3), depth)
  return end
}

function closeElement(source: string, start: number, open: Draft[]): number {
  const end = after(source, '>', start)
  const name = source.slice(start + 2, end - 1).trimEnd()
  if (open.length < 2 || open[open.length - 1]!.qualifiedName !== name) throw new XmlError(`Unexpected </${name}>`)
  open.pop()
  return end
}

function openElement(source: string, start: number, parent: Draft, open: Draft[]): number {
  const end = tagEnd(source, start)
  const empty = source[end - 2] === '/'
  const body = source.slice(start + 1, empty ? end - 2 : end - 1)
  const space = body.search(/\s/)
  const name = space < 0 ? body : body.slice(0, space)
  if (!nameText.test(name)) throw new XmlError('Malformed tag')
  const element = draft(name, space < 0 ? noAttributes : parseAttributes(body.slice(space)))
  parent.children.push(element)
  if (empty) return end
  if (open.push(element) > maximumDepth) throw new XmlError('Elements are nested too deeply')
  return end
}

/** Attribute values may hold `>`. */
function tagEnd(source: string, start: number): number {
  for (let index = start + 1; index < source.length; index += 1) {
    const character = source[index]
    if (character === '>') return index + 1
    if (character === '<') break
    if (character === '"' || character === "'") {
      index = source.indexOf(character, index + 1)
      if (index < 0) break
    }
  }
  throw new XmlError('Tag is not closed')
}

const attribute = /\s+([^\s=]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y

function parseAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  attribute.lastIndex = 0
  let position = 0
  for (let match = attribute.exec(text); match; match = attribute.exec(text)) {
    const [, name = '', double, single] = match
    if (attributes.has(name)) throw new XmlError(`Attribute ${name} appears twice`)
    attributes.set(name, decodeXml(double ?? single ?? ''))
    position = attribute.lastIndex
  }
  if (text.slice(position).trim() !== '') throw new XmlError('Malformed attribute')
  for (const [name, value] of [...attributes]) {
    const local = localName(name)
    if (!attributes.has(local)) attributes.set(local, value)
  }
  return attributes
}

const draft = (qualifiedName: string, attributes: ReadonlyMap<string, string>): Draft => ({
  qualifiedName,
  name: localName(qualifiedName),
  attributes,
  children: [],
  text: '',
})

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

function after(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from)
  if (found < 0) throw new XmlError(`Missing ${mark}`)
  return found + mark.length
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decodeXml(text: string): string {
  const normal = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  if (!normal.includes('&')) return normal
  return normal.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));|&/g, (match, hex, decimal, name) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined
    const value = code === undefined ? entities[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined
    if (value === undefined) throw new XmlError(`Unknown entity ${match}`)
    return value
  })
}

// Control characters cannot stand in XML 1.0 at all; S3 writes them as references nevertheless, and so do we.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /[&<>"\u0000-\u0008\u000b-\u001f\u0085\u2028\ufffe\uffff]/g
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function escapeXml(text: string): string {
  special.lastIndex = 0
  if (!special.test(text)) return text
  return text.replace(special, (found) => escapes[found] ?? `&#x${found.charCodeAt(0).toString(16).toUpperCase()};`)
}
