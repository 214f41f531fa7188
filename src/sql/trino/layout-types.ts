/** Names, literals and types in the spelling of Trino's own formatter. */
import type { Identifier, TypeName, TypeParameter } from '../ast.ts'
import { formatIdentifier } from './format-types.ts'

/** Trees do not keep the case of type names: it is read where they stand in the text that was parsed. */
export interface Source {
  readonly text: string
  /** Where the text begins, as positions count. */
  readonly start: number
}

/** A character that does not print as itself makes the whole literal one with Unicode escapes. */
export function layoutString(text: string): string {
  const quoted = text.replaceAll("'", "''")
  if (/^[\x20-\x7e]*$/.test(text)) return `'${quoted}'`
  const escaped = Array.from(quoted, (character) => {
    if (character === '\\') return '\\\\'
    if (character >= ' ' && character <= '~') return character
    const code = character.codePointAt(0)!.toString(16).toUpperCase()
    return code.length > 4 ? `\\+${code.padStart(6, '0')}` : `\\${code.padStart(4, '0')}`
  })
  return `U&'${escaped.join('')}'`
}

/** Athena reads numbers with a point as doubles, and Trino shows doubles with an exponent: `1.5E0`. */
export function layoutNumber(text: string): string {
  if (/^-?\d+$/.test(text)) return text
  const value = Number(text)
  return `${Object.is(value, -0) ? '-' : ''}${value.toExponential().toUpperCase().replace('+', '')}`
}

const UPPER_LITERALS: ReadonlySet<string> = new Set(['timestamp', 'time', 'decimal', 'char', 'double'])

export const layoutLiteral = (type: TypeName, value: string, source: Source): string =>
  `${UPPER_LITERALS.has(type.name) ? type.name.toUpperCase() : asWritten(type, source)} ${layoutString(value)}`

export function layoutType(type: TypeName, source: Source): string {
  const { name, parameters } = type
  const list = parameters.map((parameter) => layoutParameter(parameter, source)).join(', ')
  const inside = parameters.length > 0 ? `(${list})` : ''
  if (name === 'row') return `ROW${inside}`
  if (name.startsWith('interval ')) return name.toUpperCase()
  const [clock, zone = ''] = name.split(/(?= with time zone$)/) as [string, string?]
  if (clock === 'time' || clock === 'timestamp') return clock + inside + zone
  return asWritten(type, source) + inside
}

function layoutParameter(parameter: TypeParameter, source: Source): string {
  if (parameter.kind === 'number') return String(parameter.value)
  const type = layoutType(parameter.type, source)
  return parameter.name ? `${formatIdentifier(parameter.name)} ${type}` : type
}

/** The first word of it, which is not the type's own name in `int array`. */
function asWritten({ name, at }: TypeName, { text, start }: Source): string {
  const written = /^"(?:[^"]|"")*"|^\w+/.exec(text.slice(at.start - start, at.end - start))?.[0] ?? name
  return written.startsWith('"') || written.toLowerCase() === name ? written : name
}

export const layoutAlias = (alias: Identifier | undefined): string => (alias ? ` ${formatIdentifier(alias)}` : '')
