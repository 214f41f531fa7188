/** Which names an expression can see, and what they stand for. */
import type { Column, Rel } from '../plan.ts'
import { type Position, SqlError } from '../position.ts'

/** A column under the name a query can use for it. */
export interface Field {
  /** As written; compared without case. Absent for an anonymous column. */
  readonly name?: string
  /** Lower case: [alias], or [catalog, database, table]. Absent where only the bare name works. */
  readonly qualifier?: readonly string[]
  readonly column: Column
  /** Can be named, is not in `*`. */
  readonly hidden?: boolean
}

/** Names are looked for in `fields` first, then further out. */
export interface Scope {
  readonly fields: readonly Field[]
  readonly outer?: Scope
  /** The error for a name that is found here, where its column may not be used. */
  readonly refuse?: (name: string, at: Position) => SqlError
}

/** A relation and the names of its columns. */
export interface BoundRelation {
  readonly rel: Rel
  readonly fields: readonly Field[]
}

export const EMPTY_SCOPE: Scope = { fields: [] }

/** The column that `parts` (lower case) names, or undefined. Throws AMBIGUOUS_NAME. */
export function resolveName(scope: Scope | undefined, parts: readonly string[], at: Position): Field | undefined {
  for (let s = scope; s; s = s.outer) {
    const found = s.fields.filter((field) => answers(field, parts))
    if (found.length > 1) throw new SqlError('AMBIGUOUS_NAME', `Column '${parts.join('.')}' is ambiguous`, at)
    if (found[0] && s.refuse) throw s.refuse(parts.join('.'), at)
    if (found[0]) return found[0]
  }
  return undefined
}

function answers(field: Field, parts: readonly string[]): boolean {
  if (field.name?.toLowerCase() !== parts.at(-1)) return false
  return parts.length === 1 || endsWith(field.qualifier ?? [], parts.slice(0, -1))
}

/** The visible columns of the relation that `parts` names (`t.*`), in the nearest scope that has it. */
export function fieldsOf(scope: Scope | undefined, parts: readonly string[]): readonly Field[] {
  for (let s = scope; s; s = s.outer) {
    const found = s.fields.filter((field) => field.qualifier && endsWith(field.qualifier, parts))
    if (found.length > 0) return found.filter((field) => !field.hidden)
  }
  return []
}

function endsWith(qualifier: readonly string[], parts: readonly string[]): boolean {
  const offset = qualifier.length - parts.length
  return offset >= 0 && parts.every((part, i) => qualifier[offset + i] === part)
}
