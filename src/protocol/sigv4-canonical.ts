/** The canonical forms that a V4 signature is calculated over. */
import { AwsError } from './service.ts'
import type { SignedParts } from './sigv4.ts'

const simplePath = /^[A-Za-z0-9\-_~/]*$/

/** RFC 3986: only unreserved characters stay. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  }
}

/**
 * The forms a client may have signed; any of them will do. S3 signs the path as it is, and some clients sign its
 * strict encoding while sending a laxer one; every other service signs the sent path normalised and encoded once more.
 */
export function canonicalPaths(rawPath: string, service: string): readonly string[] {
  const s3 = service.startsWith('s3') && service !== 's3tables'
  if (simplePath.test(rawPath) && (s3 || !rawPath.includes('//'))) return [rawPath || '/']
  if (!s3) return [normalise(rawPath).split('/').map(encode).join('/')]
  const strict = rawPath
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/')
  return strict === rawPath ? [strict] : [strict, rawPath]
}

function normalise(rawPath: string): string {
  const kept: string[] = []
  for (const segment of rawPath.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const directory = kept.length > 0 && /\/\.{0,2}$/.test(rawPath)
  return `/${kept.join('/')}${directory ? '/' : ''}`
}

/** Sorted by encoded name, then value; the signature itself is never part of it. */
export function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return ''
  const pairs: [string, string][] = []
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = encode(decode((at < 0 ? pair : pair.slice(0, at)).replaceAll('+', '%20')))
    if (name === 'X-Amz-Signature') continue
    pairs.push([name, at < 0 ? '' : encode(decode(pair.slice(at + 1).replaceAll('+', '%20')))])
  }
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
  return pairs.map((pair) => pair.join('=')).join('&')
}

/** One line for each signed name, in the order of the signature, with a newline after each. */
export function canonicalHeaders(names: readonly string[], parts: SignedParts): string {
  let lines = ''
  for (const name of names) lines += `${name}:${canonicalValue(name, parts)}\n`
  return lines
}

function canonicalValue(name: string, parts: SignedParts): string {
  const value = parts.headers[name] ?? ''
  // Node joins repeated headers with ", " and a signature with ",": only then it matters which of the two it was.
  if (value.includes(', ')) {
    const values: string[] = []
    for (let index = 0; index < parts.rawHeaders.length; index += 2)
      if (parts.rawHeaders[index]!.toLowerCase() === name) values.push(collapse(parts.rawHeaders[index + 1]!))
    if (values.length > 1) return values.join(',')
  }
  return collapse(value)
}

const collapse = (value: string) => (/^\s|\s$|\s\s/.test(value) ? value.trim().replace(/\s+/g, ' ') : value)
