/**
 * From JSON to Hive's types, keys found whatever their case. Expressions take and give SQL text.
 *
 * An object's members are first asked for under the spellings that are likely, all at once, which takes one reading of
 * its text; only an object that lacks one of them is taken apart into keys and values, whose keys are then compared as
 * the table says.
 */
import { failingCast, failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote, rowFieldNames } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Type } from '../../../sql/types.ts'
import { duplicateKey, keyTwice, mapOfLast } from './duplicate-keys.ts'
import { isJsonNumber, numberFromJson, wholeFromText } from './json-numbers.ts'
import { momentByPattern } from './moment-patterns.ts'
import { castText, isInteger, scalarFromText } from './text-values.ts'

const OBJECT = 'MAP(VARCHAR, JSON)'

/** What a SerDe is told of how to read. */
export interface JsonRules {
  readonly caseSensitive: boolean
  /** A dot in a key is an underscore in the column's name. */
  readonly dotsInKeys: boolean
  readonly serde: 'hive' | 'openx'
  /** Names of columns and of fields inside them, in lower case, to the keys that they have. */
  readonly mapping: Readonly<Record<string, string>>
  /** What is malformed fails. */
  readonly strict?: boolean
  /** Java's patterns of moments. */
  readonly timestampFormats?: readonly string[]
}

export class JsonReading {
  readonly #rules: JsonRules
  readonly #sample: readonly string[]
  readonly #spellings: ReadonlyMap<string, string>

  /** `sample`: keys as some of the data spells them. */
  constructor(rules: JsonRules, sample: readonly string[]) {
    this.#rules = rules
    this.#sample = sample
    this.#spellings = new Map(sample.toReversed().map((key) => [this.comparable(key), key]))
  }

  comparable(key: string): string {
    const dotless = this.#rules.dotsInKeys ? key.replaceAll('.', '_') : key
    return this.#rules.caseSensitive ? dotless : dotless.toLowerCase()
  }

  comparableSql(key: string): string {
    const dotless = this.#rules.dotsInKeys ? `replace(${key}, '.', '_')` : key
    return this.#rules.caseSensitive ? dotless : `lower(${dotless})`
  }

  /** https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html ("Mapping nested field names with colons"). */
  fieldKey(name: string): string {
    const key = name.toLowerCase()
    return Object.hasOwn(this.#rules.mapping, key) ? this.#rules.mapping[key]! : name
  }

  /** A member's key as it is likely to be spelled. */
  spelling(key: string): string {
    return this.#spellings.get(this.comparable(key)) ?? key
  }

  /** Whether no two of the sample are one member's. */
  spellOnce(members: readonly { readonly key: string }[]): boolean {
    const spelled = this.#sample.map((key) => this.comparable(key))
    return members.every(({ key }) => {
      const comparable = this.comparable(key)
      return spelled.indexOf(comparable) === spelled.lastIndexOf(comparable)
    })
  }

  /** Whether some of the data spells it so. */
  isSampled(key: string): boolean {
    return this.#spellings.has(this.comparable(key))
  }

  /** What an object with the key twice fails with, as the type; undefined where its last value counts. */
  duplicate(key: string, engineType: string): string | undefined {
    const { serde, strict } = this.#rules
    return serde === 'openx' && strict ? duplicateKey(key, engineType) : undefined
  }

  /** Of the keys and values that `m` is an object's. OpenX's SerDe passes over keys that are none of their type. */
  mapOf(m: string, keys: string, values: string, engineType: string): string {
    const twice = keyTwice(`map_keys(${m})`)
    const failed = this.duplicate(twice, engineType)
    const isDuplicate = failed && `CASE WHEN ${twice} IS NOT NULL THEN ${failed} END`
    return mapOfLast(keys, values, this.#rules.serde === 'openx', isDuplicate)
  }

  /** Those of an array, as JSON. OpenX's SerDe takes what is none for the one element of one, but for the empty text. */
  elements(json: string): string {
    const elements = `TRY_CAST(${json} AS JSON[])`
    if (this.#rules.serde === 'hive') return elements
    return `coalesce(${elements}, CASE WHEN json_type(${json}) <> 'NULL' AND ${json} <> '""' THEN [${json}] END)`
  }

  /** A text as bytes: its own to Hive's SerDe, base 64 with its padding or without to OpenX's, as Trino reads them. */
  bytes(text: string): string {
    if (this.#rules.serde === 'hive') return `encode(${text})`
    return `TRY(from_base64(${text} || repeat('=', (4 - length(${text}) % 4) % 4)))`
  }

  /** A text, or the text of a number, as a timestamp. */
  moment(text: string): string {
    const { serde, timestampFormats = [] } = this.#rules
    const byPatterns = timestampFormats.map((pattern) => momentByPattern(pattern, text))
    const usual = serde === 'openx' ? openxMoment(text) : `TRY_CAST(${text} AS TIMESTAMP)`
    return byPatterns.length > 0 ? `coalesce(${[...byPatterns, usual].join(', ')})` : usual
  }
}

/**
 * The engine leaves out an offset where it is asked for a time without one. A number is seconds, or with thirteen places
 * and more milliseconds, as the SerDe has it (and Trino's reader in its place).
 */
function openxMoment(text: string): string {
  const isZoned = `contains(${text}, '+') OR contains(substr(${text}, 12), '-') OR ends_with(${text}, 'z')`
  const zoned = `CAST(TRY_CAST(upper(${text}) AS TIMESTAMPTZ) AS TIMESTAMP)`
  const whole = `TRY_CAST(${text} AS BIGINT)`
  const fraction = `CAST(trunc(TRY_CAST(${text} AS DECIMAL(38,9)) * 1000) AS BIGINT)`
  const millis = `CASE WHEN contains(${text}, '.') THEN ${fraction} WHEN length(${text}) >= 13 THEN ${whole} ELSE ${whole} * 1000 END`
  const written = `CASE WHEN ${isZoned} THEN ${zoned} ELSE TRY_CAST(${text} AS TIMESTAMP) END`
  return `coalesce(${written}, TRY(epoch_ms(${millis})))`
}

/** DuckDB's paths have no escape for these; such a path finds nothing and the slow way does. */
const jsonPath = (spelling: string): string => (/["\\*]/.test(spelling) ? '$."\u0001"' : `$."${spelling}"`)

interface Member {
  readonly key: string
  readonly type: Type
}

/** The members of an object, step by step: each step's columns are made of the step before, whose names `name` gives. */
interface Members {
  /** First of the object itself, then of what the step before has made. */
  readonly steps: readonly [(json: string) => readonly Named[], ...((name: ColumnName) => readonly Named[])[]]
  /** After the last step, member `i` under its likely spelling, in its shape; SQL NULL when there is none. */
  readonly likely: (i: number, name: ColumnName) => string
  /** The same in whatever spelling, as JSON, where some likely member is missing. */
  readonly apart: (i: number, name: ColumnName) => string
  /** Whether it was an object. */
  readonly isObject: (name: ColumnName) => string
}
type Named = readonly [name: string, sql: string]
type ColumnName = (column: string) => string

const NESTED: ReadonlySet<string> = new Set(['array', 'map', 'row', 'json'])
const shapeOf = (type: Type): string => (NESTED.has(type.kind) || isJsonNumber(type) ? 'JSON' : 'VARCHAR')

/** Of a member that is a number: its JSON as text, and what the engine makes of that. */
const numberText = (i: number): string => `t${i}`
const numberCast = (i: number): string => `n${i}`
function numberColumns(type: Type, i: number, likely: string): Named[] {
  if (!isJsonNumber(type)) return []
  const text = `CAST(${likely} AS VARCHAR)`
  return [
    [numberText(i), text],
    [numberCast(i), castText(type, text)],
  ]
}

/**
 * `j` is the object, `s` its likely members in their order, `w` whether those are all that is wanted, `m` the object taken
 * apart where they are not, `k` and `v` the keys and values of that, the last first, beside the likely numbers. `strict`: what
 * is not an object fails instead of having no members, and one that has a likely member twice is taken apart, `u` being its key.
 */
function membersOf(wanted: readonly Member[], keys: JsonReading, strict = false): Members {
  const spellings = distinctSpellings(wanted.map(({ key }) => keys.spelling(key)))
  const paths = spellings.map((spelling) => quote(jsonPath(spelling))).join(', ')
  const shape = wanted.map(({ type }, i) => {
    return `${JSON.stringify(spellings[i])}:"${shapeOf(type)}"`
  })
  const likely = (i: number, name: ColumnName) => `struct_extract_at(${name('s')}, ${i + 1})`
  const apart = (i: number, name: ColumnName) =>
    `${name('v')}[list_position(${name('k')}, ${quote(keys.comparable(wanted[i]!.key))})]`
  const asMapOf = strict ? objectOrFail : asMap
  const members = quote(`{${shape.join()}}`)
  const wantedKeys = `[${wanted.map(({ key }) => quote(keys.comparable(key))).join(', ')}]`
  const comparableKeys = (all: string) => `list_transform(${all}, lambda k: ${keys.comparableSql('k')})`
  const isOnce = (json: string) => {
    if (!strict) return 'true'
    // Of two likely members the first would be found; this fails of what has all of them where one is there twice.
    if (keys.spellOnce(wanted)) return `TRY(json_transform_strict(${json}, ${members})) IS NOT NULL`
    return `${keyTwice(comparableKeys(`json_keys(${json})`), wantedKeys)} IS NULL`
  }
  const numbers = (name: ColumnName) => wanted.flatMap(({ type }, i) => numberColumns(type, i, likely(i, name)))
  const takenApart = (name: ColumnName): Named[] => [
    ...kept(name, 's', 'w'),
    ['k', `list_reverse(${comparableKeys(`map_keys(${name('m')})`)})`],
    ['v', `list_reverse(map_values(${name('m')}))`],
  ]
  const duplicate = (key: string) => {
    const failed = keys.duplicate(key, 'JSON')
    return failed === undefined ? 'NULL' : `json_transform(${failed}, ${members})`
  }
  const lookedThrough: readonly ((name: ColumnName) => readonly Named[])[] = [
    takenApart,
    (name) => [...kept(name, 's', 'w', 'k', 'v'), ['u', keyTwice(name('k'), wantedKeys)]],
    (name) => [
      ...kept(name, 'w', 'k', 'v'),
      ['s', `CASE WHEN ${name('u')} IS NULL THEN ${name('s')} ELSE ${duplicate(name('u'))} END`],
    ],
    (name) => [...kept(name, 's', 'w', 'k', 'v'), ...numbers(name)],
  ]
  return {
    steps: [
      (json) => [
        ['j', json],
        ['s', `json_transform(${json}, ${members})`],
      ],
      (name) => {
        const all = wanted.map((_, i) => `${likely(i, name)} IS NOT NULL`).join(' AND ')
        // A member may be there and null.
        const there = `list_count(json_extract(${name('j')}, [${paths}])) = ${wanted.length}`
        const isWhole = `CASE WHEN ${all} THEN true ELSE ${there} END`
        return [...kept(name, 'j', 's'), ['w', `CASE WHEN ${isWhole} THEN ${isOnce(name('j'))} ELSE false END`]]
      },
      (name) => [...kept(name, 's', 'w'), ['m', `CASE WHEN NOT ${name('w')} THEN ${asMapOf(name('j'))} END`]],
      ...(strict ? lookedThrough : [(name: ColumnName) => [...takenApart(name), ...numbers(name)]]),
    ],
    likely,
    apart,
    isObject: (name) => `${name('w')} OR ${name('v')} IS NOT NULL`,
  }
}

const kept = (name: ColumnName, ...columns: readonly string[]): Named[] =>
  columns.map((column) => [column, name(column)])

/** A struct has no two fields that differ by case alone, and none without a name; such a member is found the slow way. */
function distinctSpellings(spellings: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return spellings.map((spelling, i) => {
    const lower = spelling.toLowerCase()
    if (lower === '' || seen.has(lower)) return `\u0001${i}`
    seen.add(lower)
    return spelling
  })
}

const asMap = (json: string) => `TRY_CAST(${json} AS ${OBJECT})`
const objectOrFail = (json: string) =>
  `CASE WHEN json_type(${json}) <> 'OBJECT' THEN ${failureAs('HIVE_CURSOR_ERROR', 'Row is not a valid JSON Object', OBJECT)} ELSE ${asMap(json)} END`

/** `json`: an expression of type JSON. What does not fit the type is NULL. */
function jsonValue(type: Type, json: string, keys: JsonReading, depth = 0): string {
  const inner = depth + 1
  switch (type.kind) {
    case 'array': {
      const element = jsonValue(type.element, `e${depth}`, keys, inner)
      return `list_transform(${keys.elements(json)}, lambda e${depth}: ${element})`
    }
    case 'map': {
      const m = `m${depth}`
      const key = `list_transform(map_keys(${m}), lambda k${depth}: ${keyFromText(type.key, `k${depth}`, keys)})`
      const value = `list_transform(map_values(${m}), lambda v${depth}: ${jsonValue(type.value, `v${depth}`, keys, inner)})`
      const whole = `CASE WHEN ${m} IS NOT NULL THEN ${keys.mapOf(m, key, value, duckdbType(type))} END`
      return `list_transform([${asMap(json)}], lambda ${m}: ${whole})[1]`
    }
    case 'row':
      return rowValue(type, json, keys, depth)
    case 'json':
      return json
    default:
      return scalar(type, keys, `(${json} ->> '$')`)
  }
}

function memberValue(type: Type, members: Members, i: number, name: ColumnName, keys: JsonReading, depth = 0): string {
  const [likely, apart] = [members.likely(i, name), members.apart(i, name)]
  if (NESTED.has(type.kind)) return jsonValue(type, `coalesce(${likely}, ${apart})`, keys, depth)
  const text = `${apart} ->> '$'`
  if (!isJsonNumber(type)) return scalar(type, keys, `coalesce(${likely}, ${text})`)
  return numberFromJson(type, name(numberText(i)), name(numberCast(i)), scalar(type, keys, text))
}

/** DuckDB has no LET: a list of one is transformed, once for each step. */
function rowValue(type: Type & { readonly kind: 'row' }, json: string, keys: JsonReading, depth: number): string {
  const names = rowFieldNames(type)
  const members = membersOf(
    type.fields.map((field, i) => ({ key: keys.fieldKey(field.name ?? names[i]!), type: field.type })),
    keys,
  )
  const o = `o${depth}`
  const of = (column: string) => `${o}.${column}`
  const pack = (fields: readonly Named[]) =>
    `struct_pack(${fields.map(([name, sql]) => `${name} := ${sql}`).join(', ')})`
  const fields = type.fields.map((field, i): Named => {
    return [quotedName(names[i]!), memberValue(field.type, members, i, of, keys, depth + 1)]
  })
  const [first, ...then] = members.steps
  const steps = [
    pack(first(o)),
    ...then.map((step) => pack(step(of))),
    `CASE WHEN ${members.isObject(of)} THEN ${pack(fields)} END`,
  ]
  return `${steps.reduce((list, step) => `list_transform(${list}, lambda ${o}: ${step})`, `[${json}]`)}[1]`
}

const keyFromText = (type: Type, text: string, keys: JsonReading): string =>
  type.kind === 'varbinary' ? keys.bytes(text) : scalarFromText(type, text)

function scalar(type: Type, keys: JsonReading, text: string): string {
  if (isInteger(type)) return wholeFromText(type, text)
  switch (type.kind) {
    case 'timestamp':
      return keys.moment(text)
    case 'varbinary':
      return keys.bytes(text)
    default:
      return scalarFromText(type, text)
  }
}

/**
 * A SELECT of columns of JSON objects. `source` yields the objects as `json`, and `also` are columns of it to keep.
 */
export function selectMembers(
  wanted: readonly WantedMember[],
  keys: JsonReading,
  source: string,
  also: readonly string[],
  strict = false,
): string {
  const members = membersOf(wanted, keys, strict)
  const same = (column: string) => column
  const select = (columns: readonly Named[], from: string) =>
    `SELECT ${[...columns.map(([name, sql]) => `${sql} AS ${name}`), ...also].join(', ')} FROM ${from}`
  const [first, ...then] = members.steps
  const rows = then.reduce((from, step) => select(step(same), `(${from})`), select(first('json'), source))
  const items = wanted.map(({ type, as }, i): Named => [as, memberValue(type, members, i, same, keys)])
  return select(items, `(${rows})`)
}

/** `proven`: the engine's reader may be told its type. */
type WantedMember = Member & { readonly as: string; readonly proven?: boolean }
/** By their keys, what the engine's reader makes of members. */
export type MemberTypes = ReadonlyMap<string, string>

/** What a plan fails with when an object lacks the member of a column, whose name follows. */
export const MISSING_MEMBER = 'an object lacks the member of '
/** Columns that the engine's readers have of themselves. */
const RESERVED: ReadonlySet<string> = new Set(['file_index', 'filename', 'rowid'])

/**
 * The same of objects all of which have all of the members, spelled as in the sample: the engine's own reader then makes
 * columns of them, in the one reading of the text that it needs to know where an object ends. `read` takes the columns.
 * Undefined where some key is not in the sample. An object that is not so fails the plan, unless it `mayLack` members: no
 * object has them in any other spelling.
 */
export function selectAlike(
  wanted: readonly WantedMember[],
  keys: JsonReading,
  read: (members: MemberTypes) => string,
  also: readonly string[],
  mayLack: boolean,
): string | undefined {
  const spellings = wanted.map(({ key }) => keys.spelling(key))
  const names = new Set([...spellings.map((spelling) => spelling.toLowerCase()), ...RESERVED])
  if (names.size < spellings.length + RESERVED.size || names.has('')) return undefined
  if (!mayLack && !wanted.every(({ key }) => keys.isSampled(key))) return undefined
  const shape = wanted.map(({ type, proven }) => (proven ? duckdbType(type) : shapeOf(type)))
  const members = spellings.map((spelling, i) => `${quotedName(spelling)} AS x${i}`)
  const rows = `SELECT ${[...members, ...also].join(', ')} FROM ${read(new Map(spellings.map((spelling, i) => [spelling, shape[i]!])))}`
  const careful = wanted.flatMap(({ type, proven }, i) => (proven ? [] : numberColumns(type, i, `x${i}`)))
  const numbers = careful.map(([name, sql]) => `${sql} AS ${name}`)
  const items = wanted.map((member, i) => {
    const { type, as } = member
    const missing = mayLack ? undefined : failingCast(quote(MISSING_MEMBER + as), duckdbType(type))
    return `${valueOrFail(member, i, keys, missing)} AS ${as}`
  })
  const from = numbers.length ? `SELECT *, ${numbers.join(', ')} FROM (${rows})` : rows
  return `SELECT ${[...items, ...also].join(', ')} FROM (${from})`
}

/** Without `fail`, NULL. Not by `coalesce`: the engine would conclude that there is no NULL, and not look for one. */
function valueOrFail({ type, proven }: WantedMember, i: number, keys: JsonReading, fail: string | undefined): string {
  if (isJsonNumber(type) && !proven) return numberFromJson(type, numberText(i), numberCast(i), fail ?? 'NULL')
  const text = () => (NESTED.has(type.kind) ? jsonValue(type, `x${i}`, keys) : scalar(type, keys, `x${i}`))
  const value = proven ? `x${i}` : text()
  if (fail === undefined) return value
  return `CASE WHEN x${i} IS NOT NULL THEN ${value} ELSE ${fail} END`
}
