/** Moments by the patterns that a SerDe is given (`timestamp.formats`), Java's, as the engine understands them. */
import { EngineError } from '../../../core/queries/engine-plan.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { patternParts } from '../../../sql/java-patterns.ts'

/** What a run of a letter is to the engine's parser, and what texts Java takes for it. */
type Field = readonly [specifier: string, texts: string]

const number = (specifier: string, width: number): Field => [specifier, width === 1 ? '[0-9]+' : `[0-9]{${width}}`]
const NAME = '[A-Za-z]+'
const OFFSET = '(?:[+-][0-9]{2}(?::?[0-9]{2})?|[zZ])'

const FIELDS: Readonly<Record<string, (width: number) => Field | undefined>> = {
  y: (width) => number(width === 2 ? '%y' : '%Y', width),
  u: (width) => number(width === 2 ? '%y' : '%Y', width),
  M: (width) => (width > 2 ? [width === 3 ? '%b' : '%B', NAME] : number('%m', width)),
  L: (width) => (width > 2 ? [width === 3 ? '%b' : '%B', NAME] : number('%m', width)),
  d: (width) => number('%d', width),
  D: (width) => number('%j', width),
  H: (width) => number('%H', width),
  h: (width) => number('%I', width),
  m: (width) => number('%M', width),
  s: (width) => number('%S', width),
  S: (width) => [width > 6 ? '%n' : '%f', `[0-9]{${width}}`],
  a: () => ['%p', '[AaPp][Mm]'],
  E: (width) => [width > 3 ? '%A' : '%a', NAME],
  X: () => ['%z', OFFSET],
  x: () => ['%z', OFFSET],
  Z: () => ['%z', OFFSET],
}

/** An expression over `text`, VARCHAR: the moment in UTC, NULL where the text does not fit. Throws `EngineError`. */
export function momentByPattern(pattern: string, text: string): string {
  let [format, texts, zoned] = ['', '', false]
  for (const part of parts(pattern)) {
    if ('literal' in part) {
      format += part.literal.replaceAll('%', '%%')
      texts += part.literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      continue
    }
    const field = FIELDS[part.letter]?.(part.width)
    if (!field) throw unknown(pattern)
    format += field[0]
    texts += field[1]
    if (field[0] === '%z') zoned = true
  }
  const fits = `CASE WHEN regexp_full_match(${text}, ${quote(texts)}) THEN ${text} END`
  // The engine's parser knows offsets by their digits alone.
  const told = zoned ? `regexp_replace(${fits}, '[zZ]$', '+00:00')` : fits
  return `CAST(try_strptime(${told}, ${quote(format)}) AS TIMESTAMP)`
}

function parts(pattern: string) {
  try {
    return patternParts(pattern)
  } catch {
    throw unknown(pattern)
  }
}

const unknown = (pattern: string): EngineError =>
  new EngineError('NOT_SUPPORTED', `timestamp.formats has a pattern that is not supported: ${pattern}`)
