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
    const found = namesOf(s.fields)
      .named(parts.at(-1)!)
      .filter((field) => answers(field, parts))
    if (found.length > 1) throw new SqlError('AMBIGUOUS_NAME', `Column '${parts.join('.')}' is ambiguous`, at)
    if (found[0] && s.refuse) throw s.refuse(parts.join('.'), at)
    if (found[0]) return found[0]
  }
  return undefined
}

const answers = ({ qualifier = [] }: Field, parts: readonly string[]): boolean =>
  parts.length === 1 || endsWith(qualifier, parts.slice(0, -1))

/** The visible columns of the relation that `parts` names (`t.*`), in the nearest scope that has it. */
export function fieldsOf(scope: Scope | undefined, parts: readonly string[]): readonly Field[] {
  for (let s = scope; s; s = s.outer) {
    const found = namesOf(s.fields)
      .qualified(parts.at(-1)!)
      .filter(({ qualifier = [] }) => endsWith(qualifier, parts))
    if (found.length > 0) return found.filter((field) => !field.hidden)
  }
  return []
}

function endsWith(qualifier: readonly string[], parts: readonly string[]): boolean {
  const offset = qualifier.length - parts.length
  return offset >= 0 && parts.every((part, i) => qualifier[offset + i] === part)
}

/** The fields of a list by their names, which are in lower case. */
interface Names {
  /** `qualifier`: the last part of their qualifiers, where that is known. */
  named(name: string, qualifier?: string): readonly Field[]
  qualified(qualifier: string): readonly Field[]
}

/** Whoever asks more often than this is worth an index. */
const FEW_ASKS = 4
/** Sides of a join are asked one by one where each has at least so many fields: otherwise it is quicker to look at all. */
const WIDE = 32

const asked = new WeakMap<readonly Field[], { names: Names; asks: number }>()
const joins = new WeakMap<readonly Field[], { readonly names: Names; readonly depth: number }>()

function namesOf(fields: readonly Field[]): Names {
  const joined = joins.get(fields)
  return joined && fields.length > WIDE * joined.depth ? joined.names : ofList(fields)
}

function ofList(fields: readonly Field[]): Names {
  const known = asked.get(fields) ?? { names: scanned(fields), asks: 0 }
  if (known.asks++ === FEW_ASKS) known.names = indexed(fields)
  asked.set(fields, known)
  return known.names
}

/** Asked anew each time: by then it may have an index. */
const ofEach = (fields: readonly Field[]): Names => ({
  named: (name, qualifier) => ofList(fields).named(name, qualifier),
  qualified: (qualifier) => ofList(fields).qualified(qualifier),
})

const nameOf = ({ name }: Field) => name?.toLowerCase()
const qualifierOf = ({ qualifier }: Field) => qualifier?.at(-1)

const scanned = (fields: readonly Field[]): Names => ({
  named: (name, qualifier) =>
    fields.filter((field) => (qualifier === undefined || qualifierOf(field) === qualifier) && nameOf(field) === name),
  qualified: (qualifier) => fields.filter((field) => qualifierOf(field) === qualifier),
})

function indexed(fields: readonly Field[]): Names {
  const by = (key: (field: Field) => string | undefined) => {
    let groups: Map<string | undefined, Field[]> | undefined
    return (wanted: string): readonly Field[] => {
      groups ??= Map.groupBy(fields, key)
      return groups.get(wanted) ?? NONE
    }
  }
  const byName = by(nameOf)
  const byBoth = by((field) => both(nameOf(field) ?? '', qualifierOf(field) ?? ''))
  return {
    named: (name, qualifier) => (qualifier === undefined ? byName(name) : byBoth(both(name, qualifier))),
    qualified: by(qualifierOf),
  }
}

const both = (name: string, qualifier: string): string => JSON.stringify([name, qualifier])
const NONE: readonly Field[] = []

/** The fields of both sides, without those of columns that are `gone`. */
export function joinedFields(
  left: readonly Field[],
  right: readonly Field[],
  gone: ReadonlySet<number> = NOTHING,
): readonly Field[] {
  const stays = ({ column }: Field) => !gone.has(column.id)
  const all = left.concat(right)
  const fields = gone.size > 0 ? all.filter(stays) : all
  // Joined lists themselves are let go of: each is as long as all before it.
  const [some, others] = [left, right].map((side) => joins.get(side) ?? { names: ofEach(side), depth: 0 })
  const among = (of: (names: Names) => readonly Field[]): readonly Field[] => {
    const [a, b] = [of(some!.names), of(others!.names)]
    const found = a.length === 0 ? b : b.length === 0 ? a : [...a, ...b]
    return gone.size > 0 ? found.filter(stays) : found
  }
  const names: Names = {
    named: (name, qualifier) => among((side) => side.named(name, qualifier)),
    qualified: (qualifier) => among((side) => side.qualified(qualifier)),
  }
  joins.set(fields, { names, depth: some!.depth + others!.depth + 1 })
  return fields
}

const NOTHING: ReadonlySet<number> = new Set()
