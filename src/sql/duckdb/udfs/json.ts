/** JSON functions over text. */
import { FunctionFailure } from '../failures.ts'
import { canonicalJson, type Json, jsonText, member, parseJson, scalarText } from './json-text.ts'
import { type Udf, udf } from './udf.ts'

const CACHE_SIZE = 64
const paths = new Map<string, readonly string[]>()

/** The steps of a path such as `$.store.book[0]["a b"]`. */
function stepsOf(path: string): readonly string[] {
  const known = paths.get(path)
  if (known) return known
  const refuse = () => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Invalid JSON path: '${path}'`)
  if (!path.startsWith('$')) throw refuse()
  const steps: string[] = []
  const step = /\.([\w:$\-/@|# \u0080-\uffff]+)|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*'([^']*)'\s*\]|\[([\w-]+)\]/y
  step.lastIndex = 1
  for (let at = 1; at < path.length; at = step.lastIndex) {
    const match = step.exec(path)
    if (!match) throw refuse()
    steps.push(match[1] ?? match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? match[4]!)
  }
  if (paths.size >= CACHE_SIZE) paths.delete(paths.keys().next().value!)
  paths.set(path, steps)
  return steps
}

function find(text: string, path: string): Json | undefined {
  const steps = stepsOf(path)
  let json = parseJson(text)
  for (const step of steps) {
    if (!json) return undefined
    if (json.kind === 'array') json = /^\d+$/.test(step) ? json.items[Number(step)] : undefined
    else json = member(json, step)
  }
  return json
}

function extract(text: string, path: string): string | null {
  const json = find(text, path)
  return json ? jsonText(json) : null
}

function extractScalar(text: string, path: string): string | null {
  const json = find(text, path)
  return json && json.kind !== 'null' ? (scalarText(json) ?? null) : null
}

function parse(text: string): string {
  const canonical = canonicalJson(text)
  if (canonical === undefined)
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Cannot convert value to JSON: '${text}'`)
  return canonical
}

function arrayGet(text: string, index: bigint): string | null {
  const json = parseJson(text)
  if (json?.kind !== 'array') return null
  const item = json.items.at(Number(index))
  return item ? jsonText(item) : null
}

function arrayContains(text: string, value: string): boolean | null {
  const json = parseJson(text)
  if (json?.kind !== 'array') return null
  const wanted = parseJson(value)
  return json.items.some((item) => {
    if (item.kind !== wanted?.kind) return false
    return item.kind === 'number' && wanted.kind === 'number'
      ? Number(item.text) === Number(wanted.text)
      : jsonText(item) === jsonText(wanted)
  })
}

function size(text: string, path: string): bigint | null {
  const json = find(text, path)
  if (!json) return null
  if (json.kind === 'array') return BigInt(json.items.length)
  return json.kind === 'object' ? BigInt(json.members.length) : 0n
}

function isScalar(text: string): boolean {
  const json = parseJson(text)
  if (!json) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Invalid JSON value: ${text}`)
  return json.kind !== 'array' && json.kind !== 'object'
}

/** A member of an object by name, whatever its case, as a row field is found. */
function memberIgnoringCase(text: string, name: string): string | null {
  const json = parseJson(text)
  if (json?.kind !== 'object') return null
  const found =
    json.members.find(([key]) => key === name) ?? json.members.find(([key]) => key.toLowerCase() === name.toLowerCase())
  return found ? jsonText(found[1]) : null
}

export const jsonUdfs: readonly Udf[] = [
  udf('js_json_parse', ['VARCHAR'], 'VARCHAR', parse),
  udf('js_json_extract', ['VARCHAR', 'VARCHAR'], 'VARCHAR', extract),
  udf('js_json_extract_scalar', ['VARCHAR', 'VARCHAR'], 'VARCHAR', extractScalar),
  udf('js_json_array_get', ['VARCHAR', 'BIGINT'], 'VARCHAR', arrayGet),
  udf('js_json_array_contains', ['VARCHAR', 'VARCHAR'], 'BOOLEAN', arrayContains),
  udf('js_json_size', ['VARCHAR', 'VARCHAR'], 'BIGINT', size),
  udf('js_is_json_scalar', ['VARCHAR'], 'BOOLEAN', isScalar),
  udf('js_json_member', ['VARCHAR', 'VARCHAR'], 'VARCHAR', memberIgnoringCase),
]
