/**
 * Where the engine's reader, told a column's type, makes of each value of a file just what the SerDe's rules make of it.
 * To ask that of every value costs more than to read it, and files never change, so files that are read again and again
 * are asked once (see ../texts/proven-columns.ts).
 */
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import type { NumberMember } from '../../../formats/hive/plain-numbers.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Type } from '../../../sql/types.ts'
import { lazyLayout } from './csv-lazy.ts'
import { hasDoubledQuotes, isWholeField, openLayout, sureFieldDigits } from './csv-open.ts'
import { likelyKeys, readMembers } from './json.ts'
import { isJsonNumber, plainDigits } from './json-numbers.ts'
import type { DataColumn, Wanted } from './scan.ts'
import { readText } from './text-lines.ts'
import { castText, integerFromText, isInteger } from './text-values.ts'

export interface ProofHints {
  readonly long: boolean
  readonly sample: readonly string[]
}

/** Of the columns those of which something can be proven that makes them cheaper to read. */
export function provableColumns({ format, columns }: Relation, wanted: readonly number[]): Wanted<DataColumn>[] {
  const width = columns.filter((column) => column.kind === 'data').length
  const isProvable = (type: Type): boolean => {
    switch (format.kind) {
      case 'json':
        return isJsonNumber(type)
      case 'csv-lazy':
        return width > 1 && isInteger(type)
      case 'csv-open':
        return (
          width > 1 &&
          (sureFieldDigits(type) !== undefined ||
            (type.kind === 'varchar' && hasDoubledQuotes('', format) !== undefined))
        )
      default:
        return false
    }
  }
  return wanted.flatMap((index) => {
    const column = columns[index]!
    return column.kind === 'data' && isProvable(column.type) ? [{ index, column }] : []
  })
}

/** By the places of columns, the members, or fields, that the engine's reader may be told to be numbers where all of their values are plain. */
export function numberMembers(
  relation: Relation,
  wanted: readonly number[],
  sample: readonly string[],
): ReadonlyMap<number, NumberMember> {
  const { format } = relation
  const columns = provableColumns(relation, wanted)
  if (format.kind === 'csv-open') {
    return new Map(
      columns.flatMap(({ index, column: { ordinal, type } }) => {
        const whole = sureFieldDigits(type)
        return whole === undefined ? [] : [[index, { key: String(ordinal), digits: { whole, fraction: 0 } }] as const]
      }),
    )
  }
  if (format.kind !== 'json') return new Map()
  const keys = likelyKeys(format, columns, sample)
  return new Map(columns.map(({ index, column }, i) => [index, { key: keys[i]!, digits: plainDigits(column.type) }]))
}

/** A SELECT of one row that says of each of the provable columns whether it holds for all files; they lie under one compression. */
export function proofText(
  { format, columns }: Relation,
  files: readonly DataFile[],
  asked: readonly Wanted<DataColumn>[],
  { long, sample }: ProofHints,
): string {
  const width = columns.filter((column) => column.kind === 'data').length
  const select = (conditions: readonly string[], from: string) =>
    `SELECT ${conditions.map((condition) => `coalesce(bool_and(${condition}), true)`).join(', ')} FROM ${from}`
  switch (format.kind) {
    case 'json': {
      const keys = likelyKeys(format, asked, sample)
      const texts = keys.map((key, i) => `CAST(${quotedName(key)} AS VARCHAR) AS t${i}`)
      const rows = readMembers(format, files, new Map(keys.map((key) => [key, 'JSON'])), long)
      const conditions = asked.map(({ column }, i) => jsonProof(column.type, `t${i}`))
      return select(conditions, `(SELECT ${texts.join(', ')} FROM ${rows})`)
    }
    case 'csv-lazy': {
      const conditions = asked.map(({ column }) => integerProof(column.type, `f${column.ordinal}`))
      return select(conditions, readText(files, lazyLayout(format, long), width))
    }
    case 'csv-open': {
      const conditions = asked.map(({ column: { type, ordinal } }) => {
        const field = `f${ordinal}`
        if (sureFieldDigits(type) === undefined) return `NOT ${hasDoubledQuotes(field, format)}`
        return `${field} IS NULL OR ${isWholeField(type, field)}`
      })
      return select(conditions, readText(files, openLayout(format, long), width))
    }
    default:
      throw new Error(`nothing is proven of ${format.kind}`)
  }
}

/** A text is what the type's rule takes; the engine's reader makes the same number of it then. */
const integerProof = (type: Type, text: string): string =>
  `${text} IS NULL OR ${integerFromText(type, text)} IS NOT NULL`

/**
 * `text`: a member's JSON. A number of JSON is no text and no boolean, which the reader would take for a number; a whole one
 * has no fraction to be rounded; a decimal is the same by way of a double, which the reader takes.
 */
function jsonProof(type: Type, text: string): string {
  const cast = castText(type, text)
  const isNumber = `TRY_CAST(${text} AS DOUBLE) IS NOT NULL`
  const holds = (condition: string) => `${text} IS NULL OR coalesce(${condition}, false)`
  if (isInteger(type)) return holds(`NOT contains(${text}, '.') AND (${cast} <> 0 OR ${text} = '0')`)
  if (type.kind === 'double') return holds(isNumber)
  return holds(`${castText(type, `TRY_CAST(${text} AS DOUBLE)`)} = ${cast}`)
}
