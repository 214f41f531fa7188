/** Map functions. */
import { quotedName } from '../../quotation.ts'
import type { Type } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failureAs } from '../failures.ts'
import { duckdbType, quote, rowFieldName } from '../types.ts'
import { asResult, named } from './forms.ts'

type MapType = Type & { readonly kind: 'map' }
type RowType = Type & { readonly kind: 'row' }

/** Entries as DuckDB names them. */
function entriesOf(list: string, row: RowType, call: Call): string {
  const item = call.printing.fresh('v')
  const field = (i: number): string => `struct_extract(${item}, ${quote(rowFieldName(row, i))})`
  return `list_transform(${list}, lambda ${item}: struct_pack(key := ${field(0)}, value := ${field(1)}))`
}

const rowOf = (call: Call): RowType => (call.types[0] as Type & { kind: 'array' }).element as RowType

const map: Lowering = (call) => {
  if (call.args.length === 0) return `CAST(map() AS ${duckdbType(call.result)})`
  return call.once(call.args, (keys, values) => {
    const uneven = failureAs(
      'INVALID_FUNCTION_ARGUMENT',
      'Key and value arrays must be the same length',
      duckdbType(call.result),
    )
    return `CASE WHEN ${keys} IS NULL OR ${values} IS NULL THEN NULL WHEN len(${keys}) <> len(${values}) THEN ${uneven} ELSE map(${keys}, ${values}) END`
  })
}

const entries: Lowering = (call) => {
  const row = (call.result as Type & { kind: 'array' }).element as RowType
  const item = call.printing.fresh('v')
  return call.once(
    [call.args[0]!],
    (m) =>
      `CASE WHEN ${m} IS NOT NULL THEN list_transform(map_entries(${m}), lambda ${item}: struct_pack(${quotedName(rowFieldName(row, 0))} := ${item}.key, ${quotedName(rowFieldName(row, 1))} := ${item}.value)) END`,
  )
}

/** Maps entry by entry; `build` yields the key and the value of a new entry, or a condition to keep it. */
function mapped(
  call: Call,
  build: (entry: string) => { readonly key?: string; readonly value?: string; readonly keep?: string },
): string {
  const entry = call.printing.fresh('v')
  const { key = `${entry}.key`, value = `${entry}.value`, keep } = build(entry)
  return call.once([call.args[0]!], (m) => {
    const kept = keep === undefined ? `map_entries(${m})` : `list_filter(map_entries(${m}), lambda ${entry}: ${keep})`
    const made =
      keep === undefined
        ? `list_transform(${kept}, lambda ${entry}: struct_pack(key := ${key}, value := ${value}))`
        : kept
    return `CASE WHEN ${m} IS NOT NULL THEN map_from_entries(${made}) END`
  })
}

const zipWith: Lowering = (call) => {
  const [left, right] = call.args as [string, string]
  const result = call.result as MapType
  const key = call.printing.fresh('v')
  return call.once([left, right], (a, b) => {
    const value = call.cast(
      call.lambda(2, key, `map_extract_value(${a}, ${key})`, `map_extract_value(${b}, ${key})`),
      call.lambdaType(2).result,
      result.value,
    )
    const keys = `tr_array_distinct(map_keys(${a}) || map_keys(${b}))`
    return `CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN map_from_entries(list_transform(${keys}, lambda ${key}: struct_pack(key := ${key}, value := ${value}))) END`
  })
}

export const mapLowerings: Lowerings = {
  map,
  map_concat: (call) => {
    if (call.args.length === 1) return call.args[0]!
    return call.once(call.args, (...maps) => {
      const present = maps.map((m) => `${m} IS NOT NULL`).join(' AND ')
      return `CASE WHEN ${present} THEN map_concat(${maps.join(', ')}) END`
    })
  },
  map_entries: entries,
  map_filter: (call) => mapped(call, (e) => ({ keep: call.lambda(1, `${e}.key`, `${e}.value`) })),
  map_from_entries: (call) => asResult(call, `map_from_entries(${entriesOf(call.args[0]!, rowOf(call), call)})`),
  map_keys: named('map_keys'),
  map_values: named('map_values'),
  map_zip_with: zipWith,
  multimap_from_entries: (call) =>
    asResult(call, `tr_multimap_of_entries(${entriesOf(call.args[0]!, rowOf(call), call)})`),
  transform_keys: (call) =>
    mapped(call, (e) => ({
      key: call.cast(call.lambda(1, `${e}.key`, `${e}.value`), call.lambdaType(1).result, (call.result as MapType).key),
    })),
  transform_values: (call) =>
    mapped(call, (e) => ({
      value: call.cast(
        call.lambda(1, `${e}.key`, `${e}.value`),
        call.lambdaType(1).result,
        (call.result as MapType).value,
      ),
    })),
}
