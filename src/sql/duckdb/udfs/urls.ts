/** URLs, as java.net.URI takes them apart: nothing is normalised, and what is not a URI yields NULL. */
import { FunctionFailure } from '../failures.ts'
import { type Udf, udf } from './udf.ts'

// RFC 3986, appendix B.
const URI = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s
const ILLEGAL = /[\s<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})/

function partsOf(url: string): RegExpExecArray | null {
  return ILLEGAL.test(url) ? null : URI.exec(url)
}

function part(url: string, name: string): string | null {
  const parts = partsOf(url)
  if (!parts) return null
  const [, protocol, authority, path, query, fragment] = parts
  switch (name) {
    case 'protocol':
      return protocol ?? ''
    case 'host':
      return /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)/.exec(authority ?? '')?.[1] ?? ''
    case 'port':
      return /:(\d+)$/.exec(authority ?? '')?.[1] ?? null
    case 'path':
      return decoded(path ?? '')
    case 'query':
      return decoded(query ?? '')
    default:
      return decoded(fragment ?? '')
  }
}

/** The first value of a parameter; one without `=` has the empty value. */
function parameter(url: string, name: string): string | null {
  const query = partsOf(url)?.[4]
  if (query === undefined) return null
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    const key = at < 0 ? pair : pair.slice(0, at)
    if (decoded(key) === name) return at < 0 ? '' : decoded(pair.slice(at + 1))
  }
  return null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** As java.net.URLEncoder: a space is `+`, and of punctuation only `.-*_` stay. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `URLDecoder: Illegal hex characters in escape (%) pattern`)
  }
}

export const urlUdfs: readonly Udf[] = [
  udf('js_url_part', ['VARCHAR', 'VARCHAR'], 'VARCHAR', part),
  udf('js_url_parameter', ['VARCHAR', 'VARCHAR'], 'VARCHAR', parameter),
  udf('js_url_encode', ['VARCHAR'], 'VARCHAR', encode),
  udf('js_url_decode', ['VARCHAR'], 'VARCHAR', decode),
]
