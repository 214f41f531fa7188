/** Where Lentic's answer is not Trino's. */
import type { TrinoAnswer, TrinoFailure } from '../../tools/trino/client.ts'
import { athenaText, signatureName } from './athena-text.ts'
import type { Answer, Failure } from './lentic.ts'

export const KINDS = ['answer', 'failure', 'type', 'value', 'code', 'text'] as const
/**
 * `answer`: Lentic answers what Trino refuses; `failure`: Lentic refuses what Trino answers; `type` and `value`: both
 * answer; `code` and `text`: both refuse.
 */
export type Kind = (typeof KINDS)[number]
export interface Difference {
  readonly kind: Kind
  readonly sql: string
  readonly trino: string
  readonly lentic: string
}
export interface Expected {
  readonly answer?: Answer
  readonly failure?: Failure
}

/** Trino's answer in Lentic's form. */
export function expectedOf(answer: TrinoAnswer | TrinoFailure): Expected {
  if ('code' in answer) return { failure: answer }
  const { columns } = answer
  const rows = answer.rows.map((row) => row.map((value, i) => athenaText(columns[i]!.signature, value)))
  return { answer: { types: columns.map((column) => signatureName(column.signature)), rows } }
}

export function compare(sql: string, expected: Expected, actual: Answer | Failure): Difference | undefined {
  const { answer, failure } = expected
  const differs = (kind: Kind, trino: string, lentic: string): Difference => ({ kind, sql, trino, lentic })
  if ('code' in actual) {
    if (answer) return differs('failure', shown(answer), `${actual.code}: ${actual.message}`)
    if (actual.code !== failure!.code)
      return differs('code', `${failure!.code}: ${failure!.message}`, `${actual.code}: ${actual.message}`)
    return told(actual.message) === told(failure!.message)
      ? undefined
      : differs('text', failure!.message, actual.message)
  }
  if (failure) return differs('answer', `${failure.code}: ${failure.message}`, shown(actual))
  if (answer!.types.join() !== actual.types.join()) return differs('type', answer!.types.join(), actual.types.join())
  return sameRows(sql, answer!, actual) ? undefined : differs('value', shown(answer!), shown(actual))
}

/**
 * Without what is not claimed: the list of overloads that Trino can not choose among, the order of those that it knows,
 * and the case of their type variables, which depends on how each was declared.
 */
function told(message: string): string {
  const [head, expected] = message.replace(/\nCandidates are:[\s\S]*/, '').split(' Expected: ')
  return expected === undefined
    ? head!
    : `${head} ${expected
        .toLowerCase()
        .split(/, (?=\w+\()/)
        .toSorted()
        .join()}`
}

const shown = ({ types, rows }: Answer): string => `${types.join(', ')}: ${JSON.stringify(rows.slice(0, 5))}`

/** Rows may come in any order unless the query says in which. */
function sameRows(sql: string, expected: Answer, actual: Answer): boolean {
  if (expected.rows.length !== actual.rows.length) return false
  const inOrder = (rows: Answer['rows']) =>
    isOrdered(sql) ? rows : rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  const [left, right] = [inOrder(expected.rows), inOrder(actual.rows)]
  const same = DISTINCT_VALUES.test(sql) ? sameParts : sameValue
  return left.every((row, i) => row.every((value, j) => same(expected.types[j]!, value, right[i]![j]!)))
}

/** An aggregate takes distinct values in the order of hashes, unless it names one. */
const DISTINCT_VALUES = /\barray_agg\(DISTINCT (?:(?!ORDER BY)[^()])*\)/

const sameParts = (type: string, expected: string | null, actual: string | null): boolean =>
  sameValue(type, expected, actual) || (expected !== null && actual !== null && parts(expected) === parts(actual))

/** ORDER BY of the query itself, not of a window, an aggregate or a subquery. */
function isOrdered(sql: string): boolean {
  let [outer, before] = [sql.replace(/'[^']*'/g, ''), '']
  while (outer !== before) [outer, before] = [outer.replace(/\([^()]*\)/g, ''), outer]
  return /\bORDER BY\b/i.test(outer)
}

function sameValue(type: string, expected: string | null, actual: string | null): boolean {
  if (expected === actual) return true
  if (expected === null || actual === null) return false
  if (type.includes('map(')) return parts(expected) === parts(actual)
  if (!/double|real/.test(type)) return false
  const tolerance = type.includes('double') ? 1e-12 : 1e-6
  const [left, right] = [expected.split(NUMBER), actual.split(NUMBER)]
  return (
    left.length === right.length && left.every((part, i) => part === right[i]! || close(part, right[i]!, tolerance))
  )
}
const NUMBER = /(-?\d+(?:\.\d+)?(?:E-?\d+)?)/

/** Entries of a map have no order: Trino's comes from its hashes. As a key, a row has lost its names in JSON. */
function parts(map: string): string {
  return map
    .replace(/\b\w+=(?=\w+(, \w+=\w+)*\}=)/g, '')
    .split(/[\s,={}[\]]+/)
    .toSorted()
    .join()
}

/** Sums of floating-point numbers depend on their order, which no engine promises. */
function close(expected: string, actual: string, tolerance: number): boolean {
  const [a, b] = [Number(expected), Number(actual)]
  return expected !== '' && actual !== '' && Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}
