/**
 * Path extractors: where in a document a column's value is. `(a 0 *)` goes into the field `a`, its first item, and all that
 * is in there. https://docs.aws.amazon.com/athena/latest/ug/ion-serde-using-search-paths-in-path-extractors.html
 */
import { UnsupportedData } from '../corrupt-data.ts'
import type { IonValue } from './values.ts'

interface Step {
  readonly annotations: readonly string[]
  /** A field's name, an item's place, or anything. */
  readonly to: string | number | undefined
}

export type IonPath = readonly Step[]

/** The field that is called as the column. */
export const fieldPath = (name: string): IonPath => [{ annotations: [], to: name }]

/** Throws `UnsupportedData` where it is no path. */
export function parsePath(text: string): IonPath {
  const [, inside] = /^\s*\(([\s\S]*)\)\s*$/.exec(text) ?? []
  if (inside === undefined) throw new UnsupportedData(`Invalid path extractor: ${text}`)
  return Array.from(inside.matchAll(/(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g), ([step]) => stepOf(step))
}

function stepOf(text: string): Step {
  const annotations: string[] = []
  let rest = text
  for (let at = rest.indexOf('::'); at > 0; at = rest.indexOf('::')) {
    annotations.push(unquoted(rest.slice(0, at)))
    rest = rest.slice(at + 2)
  }
  if (rest === '*') return { annotations, to: undefined }
  if (/^\d+$/.test(rest)) return { annotations, to: Number(rest) }
  return { annotations, to: unquoted(rest) }
}

const unquoted = (text: string): string =>
  /^(['"])[\s\S]*\1$/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text

/** The last value that the path leads to. */
export function valueAtPath(value: IonValue, path: IonPath, caseSensitive: boolean): IonValue | undefined {
  const [step, ...rest] = path
  if (!step) return value
  let found: IonValue | undefined
  for (const [place, [name, inner]] of children(value).entries()) {
    if (!leadsTo(step, name, place, inner, caseSensitive)) continue
    found = valueAtPath(inner, rest, caseSensitive) ?? found
  }
  return found
}

function children(value: IonValue): readonly (readonly [string | undefined, IonValue])[] {
  if (value.type === 'struct') return value.fields
  return value.type === 'list' || value.type === 'sexp' ? value.items.map((item) => [undefined, item]) : []
}

function leadsTo(
  { annotations, to }: Step,
  name: string | undefined,
  place: number,
  value: IonValue,
  caseSensitive: boolean,
): boolean {
  const same = (a: string, b: string) => (caseSensitive ? a === b : a.toLowerCase() === b.toLowerCase())
  if (annotations.length > 0 && annotations.join('::') !== value.annotations.join('::')) return false
  if (typeof to === 'string') return name !== undefined && same(name, to)
  return to === undefined || to === place
}
