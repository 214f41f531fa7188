/** JSON Schemas of the drafts 4, 6 and 7: whether a text is one. https://json-schema.org/specification-links */

/** `true` and `false` are schemas too, from draft 6 on. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>

const DRAFTS = /^https?:\/\/json-schema\.org\/(draft-0[467]\/)?schema#?$/
const TYPES: ReadonlySet<unknown> = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'])
const SCHEMAS_BY_NAME: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'definitions'])
const SCHEMA_LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf'])
const SCHEMAS: ReadonlySet<string> = new Set([
  'additionalProperties',
  'additionalItems',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
])
const COUNTS: ReadonlySet<string> = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
])

/** Throws Error with what is wrong, and where. */
export function jsonDefinition(text: string): JsonSchema {
  const root = JSON.parse(text) as unknown
  check(root, '#', root)
  if (isObject(root) && root.$schema !== undefined && !DRAFTS.test(String(root.$schema)))
    throw new Error(`#: the draft ${String(root.$schema)} is not supported`)
  return root as JsonSchema
}

function check(schema: unknown, path: string, root: unknown): void {
  if (typeof schema === 'boolean') return
  if (!isObject(schema)) throw new Error(`${path}: a schema is an object or a boolean`)
  if (typeof schema.$ref === 'string') {
    checkReference(schema.$ref, path, root)
    return
  }
  for (const [keyword, value] of Object.entries(schema)) {
    const here = `${path}/${keyword}`
    if (SCHEMAS.has(keyword)) check(value, here, root)
    else if (SCHEMA_LISTS.has(keyword)) checkList(value, here, root)
    else if (SCHEMAS_BY_NAME.has(keyword)) checkNamed(value, here, root, keyword === 'patternProperties')
    else checkKeyword(keyword, value, here, root)
  }
}

function checkList(value: unknown, path: string, root: unknown): void {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${path}: a list of schemas is wanted`)
  for (const [i, one] of value.entries()) check(one, `${path}/${i}`, root)
}

function checkNamed(value: unknown, path: string, root: unknown, patterns: boolean): void {
  if (!isObject(value)) throw new Error(`${path}: an object is wanted`)
  for (const [name, one] of Object.entries(value)) {
    if (patterns) checkPattern(name, path)
    check(one, `${path}/${name}`, root)
  }
}

function checkKeyword(keyword: string, value: unknown, path: string, root: unknown): void {
  const wanted = (is: boolean, what: string): void => {
    if (!is) throw new Error(`${path}: ${what} is wanted`)
  }
  if (COUNTS.has(keyword)) wanted(Number.isInteger(value) && (value as number) >= 0, 'a count')
  switch (keyword) {
    case 'type': {
      const types = Array.isArray(value) ? value : [value]
      wanted(types.length > 0 && types.every((type) => TYPES.has(type)), 'a type')
      break
    }
    case 'items':
      if (!Array.isArray(value)) check(value, path, root)
      else for (const [i, one] of value.entries()) check(one, `${path}/${i}`, root)
      break
    case 'required':
      wanted(Array.isArray(value) && value.every((name) => typeof name === 'string'), 'a list of names')
      break
    case 'enum':
      wanted(Array.isArray(value) && value.length > 0, 'a list of values')
      break
    case 'minimum':
    case 'maximum':
      wanted(typeof value === 'number', 'a number')
      break
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      wanted(typeof value === 'number' || typeof value === 'boolean', 'a number')
      break
    case 'multipleOf':
      wanted(typeof value === 'number' && value > 0, 'a number above 0')
      break
    case 'uniqueItems':
      wanted(typeof value === 'boolean', 'a boolean')
      break
    case 'pattern':
      wanted(typeof value === 'string', 'a pattern')
      checkPattern(value as string, path)
  }
}

function checkPattern(pattern: string, path: string): void {
  try {
    new RegExp(pattern)
  } catch {
    throw new Error(`${path}: ${pattern} is not a regular expression`)
  }
}

function checkReference(reference: string, path: string, root: unknown): void {
  if (!reference.startsWith('#')) throw new Error(`${path}: the reference ${reference} leads out of the schema`)
  if (pointedAt(root, reference) === undefined) throw new Error(`${path}: the reference ${reference} leads nowhere`)
}

/** What a reference within the schema, `#/definitions/x`, points at. */
export function pointedAt(root: unknown, reference: string): unknown {
  let found = root
  for (const part of reference.replace(/^#\/?/, '').split('/')) {
    if (part === '') continue
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
