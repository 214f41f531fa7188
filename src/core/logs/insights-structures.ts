/** Maps and lists in queries of Logs Insights. docs: CWL_QuerySyntax-operations-functions, "Structure types". */
import type { Cell } from './insights-functions.ts'

export type Structure = readonly unknown[] | Readonly<Record<string, unknown>>

export const isStructure = (value: unknown): value is Structure => typeof value === 'object' && value !== null

/** What is nested deeper is no JSON to a query: it has to be written again, and to travel. */
const DEEPEST = 500

function depthOf(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false]
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (quoted && letter === '\\') i++
    else if (letter === '"') quoted = !quoted
    else if (!quoted && (letter === '{' || letter === '[')) deepest = Math.max(deepest, ++depth)
    else if (!quoted && (letter === '}' || letter === ']')) depth--
  }
  return deepest
}

/** "An empty value, if the input is not one of the representation". */
export function parsed(text: Cell): Structure | undefined {
  if (typeof text !== 'string' || !/^\s*[{[]/.test(text) || depthOf(text) > DEEPEST) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isStructure(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Of a list, or of a text that is one in JSON. */
export function listIn(value: Cell): readonly unknown[] | undefined {
  const found = isStructure(value) ? value : parsed(value)
  return Array.isArray(found) ? found : undefined
}

/** Lists are counted from 0, as fields that are discovered are. */
export function inside(value: Cell, path: readonly (string | number)[]): Cell {
  let found: unknown = value
  for (const step of path) {
    if (!isStructure(found) || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string | number, unknown>)[step]
  }
  return found === null ? undefined : (found as Cell)
}
