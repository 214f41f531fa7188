/** CHECKSUM: the sum of the hashes of all values, each hash as Trino's types define it. */
import { SqlError } from '../../position.ts'
import type { Type } from '../../types.ts'
import type { Printing } from '../context.ts'
import { isFine } from '../fine-moments.ts'
import { quote, rowFieldName } from '../types.ts'
import type { AggregateLowering } from './aggregate-call.ts'

/** xxHash64's first prime: what a NULL adds, and what each hash is multiplied by. */
const CHECKSUM_PRIME = "CAST('-7046029288634856825' AS BIGINT)"

export const checksum: AggregateLowering = (call) => {
  const [of] = call.args
  const hash = hashOf(call.printing, call.types[0]!, of!)
  const term = `CASE WHEN ${of} IS NULL THEN ${CHECKSUM_PRIME} ELSE js_checksum_term(${hash}) END`
  return `js_wrapped_sum(CAST(${call.apply('sum', term)} AS VARCHAR))`
}

const ofInteger = (sql: string): string => `js_xxhash64_bigint(CAST(${sql} AS BIGINT))`

/** 64 bits of a value that is not NULL; of NULL it is NULL. */
function hashOf(printing: Printing, type: Type, sql: string): string {
  switch (type.kind) {
    case 'unknown':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'interval day to second':
    case 'interval year to month':
      return ofInteger(sql)
    case 'boolean':
      return ofInteger(`CASE WHEN ${sql} THEN 1 WHEN NOT ${sql} THEN 0 END`)
    case 'date':
      return ofInteger(`${sql} - DATE '1970-01-01'`)
    case 'timestamp':
      return isFine(type)
        ? `js_hash_pair(tr_coarse_micros(${sql}), CAST(tr_within_micro(${sql}) AS BIGINT))`
        : ofInteger(`epoch_us(${sql})`)
    case 'time':
      return ofInteger(isFine(type) ? sql : `tr_fine_time(${sql})`)
    case 'time with time zone':
      if (isFine(type)) return ofInteger(`tr_fine_instant_clock(${sql}) // ${type.precision > 9 ? 1 : 1000}`)
      return ofInteger(`tr_instant_clock(${sql}) * 1000`)
    case 'timestamp with time zone':
      if (isFine(type))
        return `js_hash_pair(CAST(tr_floor_divide(${sql}, 1000000000) AS BIGINT), CAST(tr_floor_rest(${sql}, 1000000000) AS BIGINT))`
      return type.precision <= 3
        ? ofInteger(`epoch_us(${sql}) // 1000`)
        : `js_hash_pair(epoch_us(${sql}) // 1000, epoch_us(${sql}) % 1000 * 1000000)`
    // Minus zero counts as zero.
    case 'double':
      return ofInteger(`js_from_big_endian_64(js_to_ieee754(${sql} + 0, 8))`)
    case 'real':
      return ofInteger(`js_from_big_endian_32(js_to_ieee754(CAST(${sql} AS DOUBLE) + 0, 4))`)
    case 'decimal':
      return `js_hash_decimal(CAST(${sql} AS VARCHAR), ${type.precision})`
    case 'varchar':
      return `js_xxhash64_text(${sql})`
    case 'json':
      return `js_xxhash64_text(CAST(${sql} AS VARCHAR))`
    case 'char':
      return `js_xxhash64_text(rtrim(${sql}, ' '))`
    case 'varbinary':
      return `js_hash_bytes(${sql})`
    case 'uuid':
      return `js_hash_halves(unhex(replace(CAST(${sql} AS VARCHAR), '-', '')))`
    case 'ipaddress':
      return `js_hash_halves(js_ip_bytes(${sql}))`
    case 'array':
    case 'map':
    case 'row':
      return hashOfParts(printing, type, sql)
    default:
      throw new SqlError('NOT_SUPPORTED', `checksum of ${type.kind} is not supported by this engine`)
  }
}

/** Absent parts count as zero. */
const hashOrZero = (printing: Printing, type: Type, sql: string): string =>
  `coalesce(${hashOf(printing, type, sql)}, CAST(0 AS BIGINT))`

/** Rows take the hash codes of their fields, which are others than the hashes of numbers. */
function codeOrZero(printing: Printing, type: Type, sql: string): string {
  const number = LONGS[type.kind]
  const code = number ? `js_hash_code(CAST(${number(sql)} AS BIGINT))` : hashOf(printing, type, sql)
  if (!number && type.kind !== 'varchar')
    throw new SqlError('NOT_SUPPORTED', `checksum of a row with a ${type.kind} is not supported by this engine`)
  return `coalesce(${code}, CAST(0 AS BIGINT))`
}

const itself = (sql: string): string => sql
const LONGS: Partial<Record<Type['kind'], (sql: string) => string>> = {
  unknown: itself,
  tinyint: itself,
  smallint: itself,
  integer: itself,
  bigint: itself,
  date: (sql) => `${sql} - DATE '1970-01-01'`,
}

function hashOfParts(printing: Printing, type: Type & { readonly kind: 'array' | 'map' | 'row' }, sql: string): string {
  const item = printing.fresh('v')
  switch (type.kind) {
    case 'array':
      return `js_hash_sequence(list_transform(${sql}, lambda ${item}: ${hashOrZero(printing, type.element, item)}), CAST(0 AS BIGINT))`
    case 'row': {
      const fields = type.fields.map((field, i) =>
        codeOrZero(printing, field.type, `struct_extract(${sql}, ${quote(rowFieldName(type, i))})`),
      )
      return `CASE WHEN ${sql} IS NOT NULL THEN js_hash_sequence([${fields.join(', ')}], CAST(1 AS BIGINT)) END`
    }
    case 'map': {
      const key = hashOf(printing, type.key, `${item}.key`)
      const value = hashOrZero(printing, type.value, `${item}.value`)
      return `js_hash_sum(list_transform(map_entries(${sql}), lambda ${item}: xor(${key}, ${value})))`
    }
  }
}
