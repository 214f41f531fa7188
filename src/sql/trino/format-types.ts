/** Names, strings and types as Trino SQL. */
import type { Identifier, QualifiedName, TypeName, TypeParameter } from '../ast.ts'
import { quotedName } from '../quotation.ts'
import { RESERVED } from './reserved.ts'

export const formatIdentifier = ({ name, quoted }: Identifier): string => (quoted ? quotedName(name) : name)
export const formatName = ({ parts }: QualifiedName): string => parts.map(formatIdentifier).join('.')
export const formatNames = (names: readonly Identifier[]): string => `(${names.map(formatIdentifier).join(', ')})`

const isPlain = (name: string): boolean => /^[a-z_][a-z0-9_]*$/i.test(name) && !RESERVED.has(name.toUpperCase())

export function formatType({ name, parameters }: TypeName): string {
  const list = parameters.length > 0 ? `(${parameters.map(formatTypeParameter).join(', ')})` : ''
  const zoned = /^(time|timestamp) with time zone$/.exec(name)
  if (zoned) return `${zoned[1]}${list} with time zone`
  return name.startsWith('interval ') ? name : (isPlain(name) ? name : quotedName(name)) + list
}

function formatTypeParameter(parameter: TypeParameter): string {
  if (parameter.kind === 'number') return String(parameter.value)
  const type = formatType(parameter.type)
  return parameter.name ? `${formatIdentifier(parameter.name)} ${type}` : type
}
