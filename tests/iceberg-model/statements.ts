/** Random statements about a modelled table, each with what it does to the model. */
import type { Random } from '../conformance/values.ts'
import {
  type Assignment,
  type Column,
  type Condition,
  deleted,
  inserted,
  merged,
  type Row,
  type State,
  type Truth,
  updated,
} from './table.ts'
import { type ColumnType, randomValue, sqlOf, TYPES, type Value } from './values.ts'

export interface Change {
  readonly sql: string
  readonly after: State
}

export interface Situation {
  readonly table: string
  readonly state: State
  /** Ids of columns that partitions are made of: these may not be dropped. */
  readonly keys: ReadonlySet<number>
  /** No column has had it, nor a later one. */
  readonly nextId: number
}

const quoted = (name: string): string => `"${name}"`
const COMPARED: readonly ColumnType[] = ['bigint', 'int', 'string', 'date', 'double', 'boolean', 'timestamp', 'decimal']

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

/** As bytes of UTF-8 are ordered, which is how text is. */
function compared(left: Exclude<Value, null>, right: Exclude<Value, null>): number {
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(String(right)))
  return Number(left) - Number(right)
}

export function randomCondition(columns: readonly Column[], random: Random, depth = 0): Condition {
  if (depth < 2 && random.chance(0.3)) {
    const [left, right] = [0, 1].map(() => randomCondition(columns, random, depth + 1)) as [Condition, Condition]
    const and = random.chance(0.5)
    return {
      sql: `(${left.sql} ${and ? 'AND' : 'OR'} ${right.sql})`,
      holds: (row) => connected(left.holds(row), right.holds(row), !and),
    }
  }
  if (depth < 2 && random.chance(0.1)) {
    const inner = randomCondition(columns, random, depth + 1)
    const not = (truth: Truth): Truth => (truth === null ? null : !truth)
    return { sql: `NOT (${inner.sql})`, holds: (row) => not(inner.holds(row)) }
  }
  return simpleCondition(random.pick(columns.filter(({ type }) => COMPARED.includes(type))), random)
}

/** `decisive`: the value that decides, of OR true. */
function connected(left: Truth, right: Truth, decisive: boolean): Truth {
  if (left === decisive || right === decisive) return decisive
  return left === null || right === null ? null : !decisive
}

function simpleCondition(column: Column, random: Random): Condition {
  const { id, type, name } = column
  const of = (row: Row): Value => row.get(id) ?? null
  const kind = random.below(6)
  if (kind === 0) {
    const not = random.chance(0.5)
    return { sql: `${quoted(name)} IS ${not ? 'NOT ' : ''}NULL`, holds: (row) => (of(row) === null) !== not }
  }
  if (kind === 1) {
    const values = [0, 1, 2].map(() => TYPES[type].value(random))
    return {
      sql: `${quoted(name)} IN (${values.map((value) => sqlOf(type, value)).join(', ')})`,
      holds: (row) => (of(row) === null ? null : values.some((value) => compared(of(row)!, value) === 0)),
    }
  }
  if (kind === 2 && type === 'string')
    return {
      sql: `${quoted(name)} LIKE 'a%'`,
      holds: (row) => (of(row) === null ? null : String(of(row)).startsWith('a')),
    }
  const [operator, holds] = random.pick(Object.entries(OPERATORS))
  const value = TYPES[type].value(random)
  return {
    sql: `${quoted(name)} ${operator} ${sqlOf(type, value)}`,
    holds: (row) => (of(row) === null ? null : holds(compared(of(row)!, value))),
  }
}

function randomAssignments({ columns }: State, random: Random): readonly Assignment[] {
  const count = 1 + random.below(2)
  const chosen = new Set(Array.from({ length: count }, () => random.pick(columns)))
  return [...chosen].map((column) => assignment(column, columns, random))
}

function assignment(column: Column, columns: readonly Column[], random: Random): Assignment {
  const { id, type, name } = column
  const kind = random.below(3)
  if (kind === 0 && type === 'bigint')
    return {
      column,
      sql: `${quoted(name)} + 7`,
      value: (row) => (row.get(id) === null || row.get(id) === undefined ? null : Number(row.get(id)) + 7),
    }
  if (kind === 1) {
    const other = random.pick(columns.filter((one) => one.type === type))
    return { column, sql: quoted(other.name), value: (row) => row.get(other.id) ?? null }
  }
  const value = randomValue(type, random)
  return { column, sql: sqlOf(type, value), value: () => value }
}

export function insert({ table, state }: Situation, random: Random): Change {
  const named = random.chance(0.3) ? state.columns.filter(() => random.chance(0.6)) : state.columns
  const columns = named.length > 0 ? named : state.columns
  const rows = Array.from(
    { length: 1 + random.below(8) },
    (): Row => new Map(columns.map(({ id, type }) => [id, randomValue(type, random)])),
  )
  // In parentheses alone a struct would be a row itself.
  const values = rows.map((row) => `ROW(${columns.map(({ id, type }) => sqlOf(type, row.get(id)!)).join(', ')})`)
  const names = named === state.columns ? '' : ` (${columns.map(({ name }) => quoted(name)).join(', ')})`
  return { sql: `INSERT INTO ${table}${names} VALUES ${values.join(', ')}`, after: inserted(state, rows) }
}

export function remove({ table, state }: Situation, random: Random): Change {
  if (random.chance(0.05)) return { sql: `DELETE FROM ${table}`, after: deleted(state, undefined) }
  const where = randomCondition(state.columns, random)
  return { sql: `DELETE FROM ${table} WHERE ${where.sql}`, after: deleted(state, where) }
}

const set = (assignments: readonly Assignment[]): string =>
  assignments.map(({ column, sql }) => `${quoted(column.name)} = ${sql}`).join(', ')

export function update({ table, state }: Situation, random: Random): Change {
  const where = random.chance(0.1) ? undefined : randomCondition(state.columns, random)
  const assignments = randomAssignments(state, random)
  return {
    sql: `UPDATE ${table} SET ${set(assignments)}${where ? ` WHERE ${where.sql}` : ''}`,
    after: updated(state, assignments, where),
  }
}

/** Undefined where the table has no key that could be. */
export function merge({ table, state }: Situation, random: Random): Change | undefined {
  const keys = state.columns.filter(({ type }) => type === 'bigint')
  if (keys.length === 0) return undefined
  const key = random.pick(keys)
  const other = random.pick(state.columns.filter((column) => column !== key).concat(key))
  const numbers = new Set(Array.from({ length: 1 + random.below(6) }, () => random.below(50) - 10))
  const source = [...numbers].map((number) => {
    const value = other === key ? number : randomValue(other.type, random)
    return {
      key: number,
      value,
      row: new Map<number, Value>([
        [other.id, value],
        [key.id, number],
      ]),
    }
  })
  const deletes = random.chance(0.4) ? simpleCondition(keyOrCompared(state.columns, random), random) : undefined
  const updates = randomAssignments(state, random).map((one) => ({ ...one, sql: inTarget(one.sql) }))
  const values = source.map((one) => `(${sqlOf('bigint', one.key)}, ${sqlOf(other.type, one.value)})`)
  const columns = other === key ? [key] : [key, other]
  const sql = [
    `MERGE INTO ${table} t USING (VALUES ${values.join(', ')}) s (k, v) ON t.${quoted(key.name)} = s.k`,
    ...(deletes ? [`WHEN MATCHED AND ${inTarget(deletes.sql)} THEN DELETE`] : []),
    `WHEN MATCHED THEN UPDATE SET ${set(updates)}`,
    `WHEN NOT MATCHED THEN INSERT (${columns.map(({ name }) => quoted(name)).join(', ')}) VALUES (${['s.k', 's.v'].slice(0, columns.length).join(', ')})`,
  ].join('\n')
  return { sql, after: merged(state, { key, source, ...(deletes && { deletes }), updates }) }
}

const keyOrCompared = (columns: readonly Column[], random: Random): Column =>
  random.pick(columns.filter(({ type }) => COMPARED.includes(type)))

/** Names of columns are quoted, and nothing else is. */
const inTarget = (sql: string): string => sql.replaceAll(/"[^"]+"/g, (name) => `t.${name}`)
