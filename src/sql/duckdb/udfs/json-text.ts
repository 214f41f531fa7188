/** JSON text as a tree that keeps numbers as written, and back. */
import { javaText } from './numbers.ts'

export type Json =
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Json])[] }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'string'; readonly value: string }
  /** As written; `exact` is a decimal, which only paths tell from a double. */
  | { readonly kind: 'number'; readonly text: string; readonly exact?: true }
  | { readonly kind: 'boolean' | 'null'; readonly text: string }

const MAX_DEPTH = 1000
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false)|(null))/uy

/** Undefined when the text is not one JSON value. */
export function parseJson(text: string): Json | undefined {
  let at = 0
  const next = (): RegExpExecArray | null => {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (token) at = TOKEN.lastIndex
    return token
  }
  const peek = (): string | undefined => {
    const start = at
    const token = next()
    at = start
    return token?.[1]
  }
  const value = (depth: number): Json | undefined => {
    const token = next()
    if (!token || depth > MAX_DEPTH) return undefined
    if (token[2] !== undefined) return { kind: 'string', value: JSON.parse(token[2]) as string }
    if (token[3] !== undefined) return { kind: 'number', text: token[3] }
    if (token[4] !== undefined) return { kind: 'boolean', text: token[4] }
    if (token[5] !== undefined) return { kind: 'null', text: 'null' }
    return token[1] === '[' ? arrayOf(depth) : token[1] === '{' ? objectOf(depth) : undefined
  }
  const arrayOf = (depth: number): Json | undefined => {
    const items: Json[] = []
    if (peek() === ']') {
      next()
      return { kind: 'array', items }
    }
    for (;;) {
      const item = value(depth + 1)
      if (!item) return undefined
      items.push(item)
      const mark = next()?.[1]
      if (mark === ']') return { kind: 'array', items }
      if (mark !== ',') return undefined
    }
  }
  const objectOf = (depth: number): Json | undefined => {
    const members: [string, Json][] = []
    if (peek() === '}') {
      next()
      return { kind: 'object', members }
    }
    for (;;) {
      const key = next()?.[2]
      if (key === undefined || next()?.[1] !== ':') return undefined
      const member = value(depth + 1)
      if (!member) return undefined
      members.push([JSON.parse(key) as string, member])
      const mark = next()?.[1]
      if (mark === '}') return { kind: 'object', members }
      if (mark !== ',') return undefined
    }
  }
  const result = value(0)
  return result && /^[ \t\n\r]*$/.test(text.slice(at)) ? result : undefined
}

export function jsonText(json: Json): string {
  switch (json.kind) {
    case 'object':
      return `{${json.members.map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`
    case 'array':
      return `[${json.items.map(jsonText).join(',')}]`
    case 'string':
      return JSON.stringify(json.value)
    default:
      return json.text
  }
}

export function member(json: Json, name: string): Json | undefined {
  if (json.kind !== 'object') return undefined
  return json.members.findLast(([key]) => key === name)?.[1]
}

/** What a scalar is as text; undefined for arrays and objects. */
export function scalarText(json: Json): string | undefined {
  if (json.kind === 'string') return json.value
  return json.kind === 'array' || json.kind === 'object' ? undefined : json.text
}

/** The text that Trino keeps of a JSON text; undefined when it is not JSON. */
export function canonicalJson(text: string): string | undefined {
  const json = parseJson(text)
  return json && canonical(json)
}

/** Trino's canonical text: members in the order of their keys, the last of equal keys, doubles as Java writes them. */
function canonical(json: Json): string {
  switch (json.kind) {
    case 'object': {
      const members = [...new Map(json.members)].sort(([a], [b]) => (a < b ? -1 : 1))
      return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${canonical(value)}`).join(',')}}`
    }
    case 'array':
      return `[${json.items.map(canonical).join(',')}]`
    case 'number':
      return /[.eE]/.test(json.text) ? javaText(Number(json.text)) : json.text
    default:
      return jsonText(json)
  }
}
