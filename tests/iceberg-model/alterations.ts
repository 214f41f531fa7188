/** Random changes of a modelled table's columns. */
import type { Random } from '../conformance/values.ts'
import type { Change, Situation } from './statements.ts'
import type { Column, State } from './table.ts'
import { type ColumnType, TYPES } from './values.ts'

const MOST_COLUMNS = 9
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'Mixed', 'two words']

const freeName = ({ columns }: State, random: Random): string => {
  const taken = columns.map(({ name }) => name)
  return random.pick(NAMES.map((name) => name.toLowerCase()).filter((name) => !taken.includes(name)))
}

/** Undefined where the one that was thought of can not be. */
export function alter(situation: Situation, random: Random): Change | undefined {
  return random.pick([added, dropped, renamed, widened, moved])(situation, random)
}

function added({ table, state, nextId }: Situation, random: Random): Change | undefined {
  if (state.columns.length >= MOST_COLUMNS) return undefined
  const name = freeName(state, random)
  const type = random.pick(Object.keys(TYPES) as ColumnType[])
  return {
    sql: `ALTER TABLE ${table} ADD COLUMNS (\`${name}\` ${TYPES[type].hive})`,
    after: { ...state, columns: [...state.columns, { id: nextId, name, type }] },
  }
}

function dropped({ table, state, keys }: Situation, random: Random): Change | undefined {
  // One that numbers rows stays, and one that can be compared.
  const [first] = state.columns.filter(({ type }) => type === 'bigint')
  const droppable = state.columns.filter((column) => !keys.has(column.id) && column !== first)
  if (droppable.length === 0) return undefined
  const column = random.pick(droppable)
  return {
    sql: `ALTER TABLE ${table} DROP COLUMN \`${column.name}\``,
    after: { ...state, columns: state.columns.filter((one) => one !== column) },
  }
}

const change = (table: string, from: Column, to: Column, place = ''): string =>
  `ALTER TABLE ${table} CHANGE COLUMN \`${from.name}\` \`${to.name}\` ${TYPES[to.type].hive}${place}`

function renamed({ table, state }: Situation, random: Random): Change {
  const column = random.pick(state.columns)
  const to = { ...column, name: freeName(state, random) }
  const columns = state.columns.map((one) => (one === column ? to : one))
  return { sql: change(table, column, to), after: { ...state, columns } }
}

/** Of a column that partitions are made of too: numbers hash alike whatever their width. */
function widened({ table, state }: Situation, random: Random): Change | undefined {
  const narrow = state.columns.filter(({ type }) => type === 'int')
  if (narrow.length === 0) return undefined
  const column = random.pick(narrow)
  const to: Column = { ...column, type: 'bigint' }
  const columns = state.columns.map((one) => (one === column ? to : one))
  return { sql: change(table, column, to), after: { ...state, columns } }
}

function moved({ table, state }: Situation, random: Random): Change | undefined {
  if (state.columns.length < 2) return undefined
  const column = random.pick(state.columns)
  const others = state.columns.filter((one) => one !== column)
  const place = random.below(others.length + 1)
  const before = others[place - 1]
  const columns = others.toSpliced(place, 0, column)
  return {
    sql: change(table, column, column, before ? ` AFTER \`${before.name}\`` : ' FIRST'),
    after: { ...state, columns },
  }
}
