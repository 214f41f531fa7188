/** Tables for the tests of analysis, and a short way to say what a query yields. */
import type { BoundQuery } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { ResolvedTable, Resolver, Session } from '../resolver.ts'
import { parseExpression, parseQuery } from '../trino/parser.ts'
import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  map,
  REAL,
  row,
  type Type,
  typeName,
  VARBINARY,
  VARCHAR,
  varchar,
} from '../types.ts'
import { analyzeQuery } from './analyze.ts'

const TABLES: Readonly<Record<string, readonly (readonly [string, Type])[]>> = {
  orders: [
    ['id', BIGINT],
    ['customer', INTEGER],
    ['price', decimal(12, 2)],
    ['status', varchar(10)],
    ['note', VARCHAR],
    ['placed', DATE],
    ['updated', { kind: 'timestamp', precision: 3 }],
    ['paid', BOOLEAN],
  ],
  customers: [
    ['id', INTEGER],
    ['name', VARCHAR],
    ['score', DOUBLE],
    ['code', { kind: 'char', length: 3 }],
  ],
  events: [
    ['id', BIGINT],
    ['tags', array(VARCHAR)],
    ['attributes', map(VARCHAR, BIGINT)],
    [
      'actor',
      row([
        { name: 'name', type: VARCHAR },
        { name: 'age', type: INTEGER },
      ]),
    ],
    [
      'points',
      array(
        row([
          { name: 'x', type: INTEGER },
          { name: 'y', type: REAL },
        ]),
      ),
    ],
    ['body', { kind: 'json' }],
    ['raw', VARBINARY],
    ['at', { kind: 'timestamp with time zone', precision: 3 }],
    ['dt', VARCHAR],
  ],
}
const VIEWS: Readonly<Record<string, string>> = {
  totals: 'SELECT customer, sum(price) AS total FROM orders GROUP BY customer',
  loop: 'SELECT * FROM loop',
  broken: 'SELECT missing FROM orders',
}

export const session: Session = {
  now: new Date('2024-05-06T07:08:09.123Z'),
  timeZone: 'UTC',
  user: 'ada',
  catalog: 'awsdatacatalog',
  database: 'shop',
}

/** Every table it hands out is a relation of its own: `orders#1`, `orders#2`. */
export function sampleResolver(): Resolver {
  const counts = new Map<string, number>()
  const resolver: Resolver = {
    table(parts): ResolvedTable {
      const name = parts.at(-1)!
      const view = VIEWS[name]
      if (view) return { kind: 'view', query: parseQuery(view), resolver }
      const columns = TABLES[name]
      if (!columns || (parts.length > 1 && parts.at(-2) !== 'shop'))
        throw new SqlError(
          'TABLE_NOT_FOUND',
          `Table '${['awsdatacatalog', 'shop', ...parts].slice(-3).join('.')}' does not exist`,
        )
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      const visible = columns.map(([column, type]) => ({ name: column, type, hidden: false }))
      return {
        kind: 'table',
        relation: `${name}#${count}`,
        columns: [...visible, { name: '$path', type: VARCHAR, hidden: true }],
      }
    },
  }
  return resolver
}

export function analyzed(sql: string, parameters: readonly string[] = []): BoundQuery {
  return analyzeQuery(parseQuery(sql), sampleResolver(), session, parameters.map(parseExpression))
}

/** `name type, name type`, or `CODE: line 1:8: text`. */
export function shape(sql: string, parameters: readonly string[] = []): string {
  try {
    return analyzed(sql, parameters)
      .output.map(({ name, column }) => `${name} ${typeName(column.type)}`)
      .join(', ')
  } catch (error) {
    if (error instanceof SqlError) return `${error.code}: ${error.message}`
    throw error
  }
}

/** The type of an expression without columns, or its error. */
export function typeOf(expression: string): string {
  const text = shape(`SELECT ${expression}`)
  return text.startsWith('_col0 ') ? text.slice('_col0 '.length) : text
}
