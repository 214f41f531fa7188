/** Array functions. */
import { quotedName } from '../../quotation.ts'
import { BIGINT, type Type, VARCHAR } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failure, failureAs } from '../failures.ts'
import { coarse, fine, isFine, isMoment, within } from '../fine-moments.ts'
import { textOf } from '../texts.ts'
import { duckdbType, rowFieldName } from '../types.ts'
import { compare } from './comparison.ts'
import { fold } from './folds.ts'
import { asResult, joinedBy, named, numberConstant } from './forms.ts'

type ArrayType = Type & { readonly kind: 'array' }
const elementOf = (call: Call, index = 0): Type => (call.types[index] as ArrayType).element

/** An element or Trino's error: places start at 1 and end at the length. */
const subscript: Lowering = (call) => {
  const type = call.types[0]!
  if (type.kind === 'map') {
    return call.once(call.args, (map, key) => {
      const shown = textOf(call.printing, key!, type.key, call.zone(1))
      const absent = failure(
        'INVALID_FUNCTION_ARGUMENT',
        'Key not present in map',
        call.result,
        shown && `': ' || ${shown}`,
      )
      return `CASE WHEN ${map} IS NULL OR ${key} IS NULL THEN NULL WHEN NOT map_contains(${map}, ${key}) THEN ${absent} ELSE map_extract_value(${map}, ${key}) END`
    })
  }
  const place = numberConstant(call, 1)
  if (place !== undefined && place > 0)
    return call.once(
      [call.args[0]!],
      (list) =>
        `CASE WHEN len(${list}) < ${place} THEN ${beyond(call, list!, String(place))} ELSE ${list}[${place}] END`,
    )
  return call.once(call.args, (list, index) => {
    const zero = failure('INVALID_FUNCTION_ARGUMENT', 'SQL array indices start at 1', call.result)
    const negative = failure('INVALID_FUNCTION_ARGUMENT', 'Array subscript is negative: ', call.result, index)
    return `CASE WHEN ${index} = 0 THEN ${zero} WHEN ${index} < 0 THEN ${negative} WHEN ${index} > len(${list}) THEN ${beyond(call, list!, index!)} ELSE ${list}[${index}] END`
  })
}

function beyond(call: Call, list: string, index: string): string {
  return failure(
    'INVALID_FUNCTION_ARGUMENT',
    'Array subscript must be less than or equal to array length: ',
    call.result,
    `CAST(${index} AS VARCHAR) || ' > ' || CAST(len(${list}) AS VARCHAR)`,
  )
}

const elementAt: Lowering = (call) => {
  if (call.types[0]!.kind === 'map') return `map_extract_value(${call.args.join(', ')})`
  const place = numberConstant(call, 1)
  if (place !== undefined && place !== 0) return `${call.args[0]}[${place}]`
  const zero = failureAs('INVALID_FUNCTION_ARGUMENT', 'SQL array indices start at 1', 'BIGINT')
  return call.once(
    call.args,
    (list, index) => `list_extract(${list}, CASE WHEN ${index} = 0 THEN ${zero} ELSE ${index} END)`,
  )
}

const transformed: Lowering = (call) => {
  const item = call.printing.fresh('v')
  const result = (call.result as ArrayType).element
  return `list_transform(${call.args[0]}, lambda ${item}: ${call.cast(call.lambda(1, item), call.lambdaType(1).result, result)})`
}

const filtered: Lowering = (call) => {
  const item = call.printing.fresh('v')
  return `list_filter(${call.args[0]}, lambda ${item}: ${call.lambda(1, item)})`
}

const matching =
  (name: string): Lowering =>
  (call) => {
    const item = call.printing.fresh('v')
    return `tr_${name}(list_transform(${call.args[0]}, lambda ${item}: CAST(${call.lambda(1, item)} AS BOOLEAN)))`
  }

const reduce: Lowering = (call) => {
  const state = call.lambdaType(3).parameters[0]?.type ?? call.types[1]!
  const initial = call.cast(call.args[1]!, call.types[1]!, state)
  const folded = fold(call, { list: call.args[0]!, element: elementOf(call), initial, state, step: 2 })
  return call.once(
    [folded],
    (s) =>
      `CASE WHEN ${call.args[0]} IS NOT NULL THEN ${call.cast(call.lambda(3, s!), call.lambdaType(3).result, call.result)} END`,
  )
}

/** By a comparator: each element's place is the number of elements before it, the earlier of equals first. */
const sorted: Lowering = (call) => {
  if (call.args.length === 1) return `list_sort(${call.args[0]}, 'ASC', 'NULLS LAST')`
  return call.once([call.args[0]!], (list) => {
    const [item, place, other, pair] = ['v', 'v', 'v', 'v'].map((prefix) => call.printing.fresh(prefix)) as [
      string,
      string,
      string,
      string,
    ]
    const refusal = failureAs(
      'INVALID_FUNCTION_ARGUMENT',
      'Lambda comparator must return either -1, 0, or 1',
      'BOOLEAN',
    )
    const isBefore = call.printing.fresh('v')
    const checked = `list_transform([${call.lambda(1, other, item)}], lambda ${isBefore}: CASE WHEN ${isBefore} BETWEEN -1 AND 1 THEN ${isBefore} < 0 WHEN len(${list}) > 1 THEN ${refusal} ELSE FALSE END)[1]`
    const before = `len(list_filter(${list}, lambda ${other}: ${checked}))`
    const ranked = `list_transform(${list}, lambda ${item}, ${place}: struct_pack(r := ${before}, i := ${place}, x := ${item}))`
    return `list_transform(list_sort(${ranked}), lambda ${pair}: ${pair}.x)`
  })
}

const joined: Lowering = (call) => {
  const [list, , nullText] = call.args
  const item = call.printing.fresh('v')
  const text = textOf(call.printing, item, elementOf(call), call.zone(0)) ?? call.cast(item, elementOf(call), VARCHAR)
  const shown = nullText === undefined ? text : `coalesce(${text}, ${nullText})`
  // array_to_string skips NULL, and an empty list is empty text.
  const given = call.args
    .slice(1)
    .flatMap((arg, i) => (typeof call.constant(i + 1) === 'string' ? [] : [` AND ${arg} IS NOT NULL`]))
    .join('')
  return call.once(
    [list!],
    (l) =>
      `CASE WHEN ${l} IS NOT NULL${given} THEN ${joinedBy(call, 1, `list_transform(${l}, lambda ${item}: ${shown})`)} END`,
  )
}

/** NULL as soon as one element is. */
const extreme =
  (name: string): Lowering =>
  (call) =>
    call.once(
      [call.args[0]!],
      (list) => `CASE WHEN len(list_filter(${list}, lambda e: e IS NULL)) = 0 THEN ${name}(${list}) END`,
    )

const removed: Lowering = (call) => {
  const item = call.printing.fresh('v')
  return call.once(
    [call.args[1]!],
    (x) =>
      `CASE WHEN ${x} IS NOT NULL THEN list_filter(${call.args[0]}, lambda ${item}: coalesce(NOT ${compare('=', item, x!, elementOf(call))}, TRUE)) END`,
  )
}

const sequence: Lowering = (call) => {
  const type = call.types[0]!
  if (!isMoment(type) || !isFine(type)) return coarseSequence(call)
  // Trino counts in microseconds; what lies within the first one is carried on.
  const item = call.printing.fresh('v')
  return call.once([call.args[0]!, call.args[1]!], (start, stop) => {
    const args = [coarse(start, type), coarse(stop, type), ...call.args.slice(2)]
    const steps = coarseSequence({ ...call, args })
    return `list_transform(${steps}, lambda ${item}: ${fine(item, type)} + ${within(start, type)})`
  })
}

const coarseSequence: Lowering = (call) => {
  const [start, stop, step] = call.args as [string, string, string | undefined]
  const { kind } = call.types[0]!
  if (kind === 'bigint') {
    const by = step ?? `CASE WHEN ${start} <= ${stop} THEN CAST(1 AS BIGINT) ELSE CAST(-1 AS BIGINT) END`
    return call.once([start, stop, by], (a, b, s) => `tr_sequence(${a}, ${b}, ${s})`)
  }
  const stepType = call.types[2]?.kind
  const item = call.printing.fresh('v')
  const moment = (sql: string): string => (kind === 'date' ? `CAST(${sql} AS TIMESTAMP)` : sql)
  const back = (sql: string): string =>
    kind === 'date' ? `list_transform(${sql}, lambda ${item}: CAST(${item} AS DATE))` : sql
  if (stepType === 'interval year to month')
    return back(call.once([start, stop, step!], (a, b, s) => `tr_month_sequence(${moment(a!)}, ${moment(b!)}, ${s})`))
  const by =
    step === undefined
      ? `CASE WHEN ${start} <= ${stop} THEN CAST(86400000 AS BIGINT) ELSE CAST(-86400000 AS BIGINT) END`
      : kind === 'date'
        ? wholeDays(call, step)
        : step
  const numbers = call.once(
    [start, stop, by],
    (a, b, s) => `tr_sequence(epoch_us(${moment(a!)}), epoch_us(${moment(b!)}), ${s} * 1000)`,
  )
  const read = kind === 'timestamp with time zone' ? 'make_timestamptz' : 'make_timestamp'
  return back(`list_transform(${numbers}, lambda v0: ${read}(v0))`)
}

function wholeDays(call: Call, step: string): string {
  const refusal = failureAs(
    'INVALID_FUNCTION_ARGUMENT',
    'sequence step must be a day interval if start and end values are dates',
    'BIGINT',
  )
  return call.once([step], (s) => `CASE WHEN ${s} % 86400000 <> 0 THEN ${refusal} ELSE ${s} END`)
}

const zipped: Lowering = (call) => {
  const row = (call.result as ArrayType).element as Type & { kind: 'row' }
  const item = call.printing.fresh('v')
  const fields = row.fields.map((_, i) => `${quotedName(rowFieldName(row, i))} := ${item}[${i + 1}]`)
  return call.once(
    call.args,
    (...lists) =>
      `CASE WHEN ${lists.map((l) => `${l} IS NOT NULL`).join(' AND ')} THEN list_transform(list_zip(${lists.join(', ')}), lambda ${item}: struct_pack(${fields.join(', ')})) END`,
  )
}

const zipWith: Lowering = (call) => {
  const item = call.printing.fresh('v')
  const result = (call.result as ArrayType).element
  const body = call.cast(call.lambda(2, `${item}[1]`, `${item}[2]`), call.lambdaType(2).result, result)
  return call.once(
    [call.args[0]!, call.args[1]!],
    (a, b) =>
      `CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN list_transform(list_zip(${a}, ${b}), lambda ${item}: ${body}) END`,
  )
}

const repeat: Lowering = (call) => {
  const [of, count] = call.args as [string, string]
  const item = call.printing.fresh('v')
  return call.once([count], (n) => {
    const mustBe = (what: string) =>
      failure('INVALID_FUNCTION_ARGUMENT', `count argument of repeat function must be ${what}`, BIGINT)
    const checked = `CASE WHEN ${n} > 10000 THEN ${mustBe('less than or equal to 10000')} WHEN ${n} < 0 THEN ${mustBe('greater than or equal to 0')} ELSE ${n} END`
    return `CAST(list_transform(range(${checked}), lambda ${item}: ${of}) AS ${duckdbType(call.result)})`
  })
}

const setOf =
  (name: string): Lowering =>
  (call) =>
    call.once(call.args, (...lists) => `tr_${name}(${lists.join(', ')})`)

export const arrayLowerings: Lowerings = {
  $subscript: subscript,
  all_match: matching('all_match'),
  any_match: matching('any_match'),
  none_match: matching('none_match'),
  array_distinct: setOf('array_distinct'),
  array_except: setOf('array_except'),
  array_intersect: setOf('array_intersect'),
  array_union: setOf('array_union'),
  arrays_overlap: setOf('arrays_overlap'),
  array_first: ({ args }) => `${args[0]}[1]`,
  array_last: ({ args }) => `${args[0]}[-1]`,
  array_histogram: (call) => asResult(call, `tr_array_histogram(${call.args[0]})`),
  array_join: joined,
  array_max: extreme('list_max'),
  array_min: extreme('list_min'),
  array_position: (call) =>
    call.once(
      call.args,
      (list, x) =>
        `CASE WHEN ${list} IS NOT NULL AND ${x} IS NOT NULL THEN CAST(coalesce(list_position(${list}, ${x}), 0) AS BIGINT) END`,
    ),
  array_remove: removed,
  array_sort: sorted,
  cardinality: (call) => {
    const { kind } = call.types[0]!
    if (kind === 'map') return `CAST(cardinality(${call.args[0]}) AS BIGINT)`
    return kind === 'array' ? `len(${call.args[0]})` : `js_set_cardinality(${call.args[0]})`
  },
  combinations: (call) =>
    call.once(call.args, (list, n) => {
      const places = `CAST(CAST(js_combinations(len(${list}), ${n}) AS JSON) AS BIGINT[][])`
      return `list_transform(${places}, lambda p: list_transform(p, lambda i: ${list}[i]))`
    }),
  contains: (call) =>
    call.types[0]!.kind === 'array'
      ? call.once(call.args, (list, x) => `tr_contains(${list}, ${x})`)
      : `js_network_contains(${call.args.join(', ')})`,
  /** What the table function `sequence` yields; unlike the scalar one it has no limit. */
  $numbers: ({ args }) => `generate_series(${args[0]}, ${args[1]}, ${args[2]})`,
  contains_sequence: setOf('contains_sequence'),
  element_at: elementAt,
  filter: filtered,
  flatten: named('flatten'),
  ngrams: setOf('ngrams'),
  reduce,
  repeat,
  sequence,
  shuffle: (call) =>
    `list_transform(list_sort(list_transform(${call.args[0]}, lambda e: struct_pack(r := random(), x := e))), lambda e: e.x)`,
  slice: (call) => call.once(call.args, (list, start, length) => `tr_slice(${list}, ${start}, ${length})`),
  transform: transformed,
  trim_array: setOf('trim_array'),
  zip: zipped,
  zip_with: zipWith,
}
