/**
 * From JSON to Hive's types, keys found whatever their case. Expressions take and give SQL text.
 *
 * An object's members are first asked for under the spellings that are likely; only an object that lacks one of them is
 * taken apart into keys and values, whose keys are then compared as the table says.
 */
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, identifier, quote, rowFieldNames } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import { integerFromText, scalarFromText } from './text-values.ts'

const OBJECT = 'MAP(VARCHAR, JSON)'

export class JsonKeys {
  readonly #caseSensitive: boolean
  readonly #dotsInKeys: boolean
  readonly #spellings: ReadonlyMap<string, string>

  /** `dotsInKeys`: a dot in a key is an underscore in the column's name. `sample`: keys as some of the data spells them. */
  constructor(rules: { readonly caseSensitive: boolean; readonly dotsInKeys: boolean }, sample: readonly string[]) {
    this.#caseSensitive = rules.caseSensitive
    this.#dotsInKeys = rules.dotsInKeys
    this.#spellings = new Map(sample.toReversed().map((key) => [this.comparable(key), key]))
  }

  comparable(key: string): string {
    const dotless = this.#dotsInKeys ? key.replaceAll('.', '_') : key
    return this.#caseSensitive ? dotless : dotless.toLowerCase()
  }

  comparableSql(key: string): string {
    const dotless = this.#dotsInKeys ? `replace(${key}, '.', '_')` : key
    return this.#caseSensitive ? dotless : `lower(${dotless})`
  }

  /** The likely place of a member as a JSON path. */
  path(key: string): string {
    const spelling = this.#spellings.get(this.comparable(key)) ?? key
    // DuckDB's paths have no escape for these; such a path finds nothing and the slow way does.
    return /["\\*]/.test(spelling) ? '$."\u0001"' : `$."${spelling}"`
  }
}

/** The members of an object, step by step: each step's columns are made of the step before. */
export interface Members {
  /** Of `json`: `j` and the likely members `l`. */
  readonly likely: (json: string) => readonly Named[]
  /** Of `j` and `l`, by name. */
  readonly apart: (name: (column: string) => string) => readonly Named[]
  /** Of `l` and `m`. */
  readonly listed: (name: (column: string) => string) => readonly Named[]
  /** The value of member `i`, of `l`, `k` and `v`; SQL NULL or JSON's null when there is none. */
  readonly value: (i: number, name: (column: string) => string) => string
}
export type Named = readonly [name: string, sql: string]

/** `strict`: what is not an object fails instead of having no members. */
function membersOf(wanted: readonly string[], keys: JsonKeys, strict = false): Members {
  const paths = wanted.map((key) => quote(keys.path(key))).join(', ')
  return {
    likely: (json) => [
      ['j', json],
      ['l', `json_extract(${json}, [${paths}])`],
    ],
    apart: (name) => [
      ['l', name('l')],
      [
        'm',
        `CASE WHEN list_count(${name('l')}) < ${wanted.length} THEN ${strict ? objectOrFail(name('j')) : asMap(name('j'))} END`,
      ],
    ],
    listed: (name) => [
      ['l', name('l')],
      ['k', `list_transform(map_keys(${name('m')}), lambda k: ${keys.comparableSql('k')})`],
      ['v', `map_values(${name('m')})`],
    ],
    value: (i, name) =>
      `coalesce(${name('l')}[${i + 1}], ${name('v')}[list_position(${name('k')}, ${quote(keys.comparable(wanted[i]!))})])`,
  }
}

const asMap = (json: string) => `TRY_CAST(${json} AS ${OBJECT})`
const objectOrFail = (json: string) =>
  `CASE WHEN json_type(${json}) <> 'OBJECT' THEN ${failureAs('HIVE_CURSOR_ERROR', 'Row is not a valid JSON Object', OBJECT)} ELSE ${asMap(json)} END`

/** `json`: an expression of type JSON. What does not fit the type is NULL. */
function jsonValue(type: Type, json: string, keys: JsonKeys, depth = 0): string {
  const inner = depth + 1
  switch (type.kind) {
    case 'array': {
      const element = jsonValue(type.element, `e${depth}`, keys, inner)
      return `list_transform(TRY_CAST(${json} AS JSON[]), lambda e${depth}: ${element})`
    }
    case 'map': {
      const m = `m${depth}`
      const key = `list_transform(map_keys(${m}), lambda k${depth}: ${scalarFromText(type.key, `k${depth}`)})`
      const value = `list_transform(map_values(${m}), lambda v${depth}: ${jsonValue(type.value, `v${depth}`, keys, inner)})`
      const whole = `CASE WHEN ${m} IS NOT NULL THEN map(${key}, ${value}) END`
      return `list_transform([${asMap(json)}], lambda ${m}: ${whole})[1]`
    }
    case 'row':
      return rowValue(type, json, keys, depth)
    case 'json':
      return json
    default:
      return scalar(type, `(${json} ->> '$')`)
  }
}

/** DuckDB has no LET: a list of one is transformed, once for each step. */
function rowValue(type: Type & { readonly kind: 'row' }, json: string, keys: JsonKeys, depth: number): string {
  const names = rowFieldNames(type)
  const members = membersOf(
    type.fields.map((field, i) => field.name ?? names[i]!),
    keys,
  )
  const o = `o${depth}`
  const of = (column: string) => `${o}.${column}`
  const pack = (fields: readonly Named[]) =>
    `struct_pack(${fields.map(([name, sql]) => `${name} := ${sql}`).join(', ')})`
  const fields = type.fields.map((field, i): Named => {
    return [identifier(names[i]!), jsonValue(field.type, members.value(i, of), keys, depth + 1)]
  })
  const isObject = `${of('v')} IS NOT NULL OR list_count(${of('l')}) = ${type.fields.length}`
  const steps = [
    pack(members.likely(o)),
    pack(members.apart(of)),
    pack(members.listed(of)),
    `CASE WHEN ${isObject} THEN ${pack(fields)} END`,
  ]
  return `${steps.reduce((list, step) => `list_transform(${list}, lambda ${o}: ${step})`, `[${json}]`)}[1]`
}

function scalar(type: Type, text: string): string {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      // A whole number may be written as 12.0.
      return integerFromText(duckdbType(type), text, '[+-]?[0-9]+(\\.0*)?')
    case 'timestamp':
      return `coalesce(TRY_CAST(${text} AS TIMESTAMP), epoch_ms(TRY_CAST(TRY_CAST(${text} AS DOUBLE) * 1000 AS BIGINT)))`
    case 'varbinary':
      return `encode(${text})`
    default:
      return scalarFromText(type, text)
  }
}

/**
 * A SELECT of columns of JSON objects. `source` yields the objects as `json`, and `also` are columns of it to keep.
 */
export function selectMembers(
  wanted: readonly { readonly key: string; readonly type: Type; readonly as: string }[],
  keys: JsonKeys,
  source: string,
  also: readonly string[],
  strict = false,
): string {
  const members = membersOf(
    wanted.map(({ key }) => key),
    keys,
    strict,
  )
  const same = (column: string) => column
  const select = (columns: readonly Named[], from: string) =>
    `SELECT ${[...columns.map(([name, sql]) => `${sql} AS ${name}`), ...also].join(', ')} FROM ${from}`
  const likely = select(members.likely('json'), source)
  const apart = select(members.apart(same), `(${likely})`)
  const listed = select(members.listed(same), `(${apart})`)
  const items = wanted.map(({ type, as }, i): Named => [as, jsonValue(type, members.value(i, same), keys)])
  return select(items, `(${listed})`)
}
