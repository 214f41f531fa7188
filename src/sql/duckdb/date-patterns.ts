/**
 * Date patterns: MySQL's (`%Y-%m-%d`) and Joda's (`yyyy-MM-dd`) as DuckDB's strftime where it has the same field, else
 * undefined, and the pattern is left to the JavaScript functions (udfs/dates.ts).
 */
const MYSQL: Readonly<Record<string, string>> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  Y: '%Y',
  y: '%y',
  x: '%G',
  '%': '%%',
}

export function mysqlToStrftime(pattern: string): string | undefined {
  let known = true
  const text = pattern.replaceAll(/%([\s\S])|%$/g, (_, field: string | undefined) => {
    if (field === undefined) known = false
    else if (MYSQL[field] !== undefined) return MYSQL[field]
    // %D and its like are errors that name the field; other characters stand for themselves.
    else if (/[DUuVwX]/.test(field)) known = false
    return field ?? ''
  })
  return known ? text : undefined
}

/** Field letter and count to strftime; years below 1000 and the like differ too little to matter. */
const JODA: readonly (readonly [RegExp, string])[] = [
  [/^y{3,4}$|^Y{3,4}$|^y$|^Y$/, '%Y'],
  [/^yy$|^YY$/, '%y'],
  [/^x{4}$/, '%G'],
  [/^M{4,}$/, '%B'],
  [/^MMM$/, '%b'],
  [/^MM$/, '%m'],
  [/^M$/, '%-m'],
  [/^dd$/, '%d'],
  [/^d$/, '%-d'],
  [/^D{3}$/, '%j'],
  [/^HH$/, '%H'],
  [/^H$/, '%-H'],
  [/^hh$/, '%I'],
  [/^h$/, '%-I'],
  [/^mm$/, '%M'],
  [/^m$/, '%-M'],
  [/^ss$/, '%S'],
  [/^s$/, '%-S'],
  [/^SSS$/, '%g'],
  [/^a+$/, '%p'],
  [/^E{4,}$/, '%A'],
  [/^E{1,3}$/, '%a'],
  [/^e$/, '%u'],
  [/^ww$/, '%V'],
]

export function jodaToStrftime(pattern: string): string | undefined {
  let text = ''
  for (const part of jodaParts(pattern)) {
    if (part.literal !== undefined) {
      text += part.literal.replaceAll('%', '%%')
      continue
    }
    const found = JODA.find(([form]) => form.test(part.field))
    if (!found) return undefined
    text += found[1]
  }
  return text
}

export type PatternPart =
  | { readonly literal: string; readonly field?: undefined }
  | { readonly literal?: undefined; readonly field: string }

/**
 * A Joda pattern apart: runs of one letter, and literal text between them (quoted or not letters). A quote without its
 * other half quotes all that follows.
 */
export function jodaParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = []
  for (const match of pattern.matchAll(/''|'((?:[^']|'')*)(?:'|$)|([A-Za-z])\2*|[^A-Za-z']+/g)) {
    const text = match[0]
    if (match[2] !== undefined) parts.push({ field: text })
    else if (text === "''") parts.push({ literal: "'" })
    else if (match[1] !== undefined) parts.push({ literal: match[1].replaceAll("''", "'") })
    else parts.push({ literal: text })
  }
  return parts
}
