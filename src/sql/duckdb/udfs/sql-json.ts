/** JSON_EXISTS, JSON_VALUE and JSON_QUERY: what their clauses make of the items that a path finds. */
import { FunctionFailure } from '../failures.ts'
import { evaluatePath, PathError } from './json-path.ts'
import { type Json, jsonText, parseJson, scalarText } from './json-text.ts'

const INPUT_ERROR = 'conversion to JSON failed'

/** The items found, or the reason why there are none. */
function items(text: string, path: string): readonly Json[] | PathError {
  const json = parseJson(text)
  if (!json) return new PathError(INPUT_ERROR)
  try {
    return evaluatePath(json, path)
  } catch (error) {
    if (error instanceof PathError) return error
    throw error
  }
}

export function jsonExists(text: string, path: string, onError: string): boolean | null {
  const found = items(text, path)
  if (!(found instanceof PathError)) return found.length > 0
  if (onError === 'ERROR') throw failed(found)
  return onError === 'UNKNOWN' ? null : onError === 'TRUE'
}

export function jsonValue(
  text: string | null,
  path: string,
  onEmpty: string,
  onError: string,
  emptyDefault: string | null,
  errorDefault: string | null,
): string | null {
  if (text === null) return null
  const found = items(text, path)
  if (found instanceof PathError) return otherwise(onError, errorDefault, found.message)
  const [item] = found
  if (!item) return otherwise(onEmpty, emptyDefault, 'path found no items')
  if (found.length > 1) return otherwise(onError, errorDefault, 'path found multiple items')
  if (item.kind === 'null') return null
  const value = scalarText(item)
  return value === undefined ? otherwise(onError, errorDefault, 'path found a non-scalar item') : value
}

function otherwise(clause: string, fallback: string | null, reason: string): string | null {
  if (clause === 'ERROR') throw failed(new PathError(reason))
  return clause === 'DEFAULT' ? fallback : null
}

export function jsonQuery(
  text: string,
  path: string,
  wrapper: string,
  quotes: string,
  onEmpty: string,
  onError: string,
): string | null {
  const found = items(text, path)
  if (found instanceof PathError) return emptied(onError, found.message)
  if (found.length === 0) return emptied(onEmpty, 'path found no items')
  const [item] = found
  const wrapped =
    wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && (found.length > 1 || scalarText(item!) !== undefined))
  if (wrapped) return `[${found.map(jsonText).join(',')}]`
  if (found.length > 1) return emptied(onError, 'path found multiple items')
  return quotes === 'OMIT' && item!.kind === 'string' ? item!.value : jsonText(item!)
}

function emptied(clause: string, reason: string): string | null {
  if (clause === 'ERROR') throw failed(new PathError(reason))
  if (clause === 'EMPTY ARRAY') return '[]'
  return clause === 'EMPTY OBJECT' ? '{}' : null
}

function failed(reason: PathError): FunctionFailure {
  return new FunctionFailure('GENERIC_USER_ERROR', `cannot extract value from JSON: ${reason.message}`)
}
