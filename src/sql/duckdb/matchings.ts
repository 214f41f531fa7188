/**
 * MATCH_RECOGNIZE. The rows of each partition become one list; a function in JavaScript finds the matches and answers
 * with places in that list; what measures read is taken from there, so that they are expressions like any other.
 */
import { columnIds } from '../analysis/transform.ts'
import { BITS_A_WORD, type FramePlan, type MatchingPlan } from '../matching/matching.ts'
import { programOf } from '../matching/program.ts'
import { type Assignment, type Column, columnsOf, type Rel, type Scalar } from '../plan.ts'
import { SqlError } from '../position.ts'
import type { MatchAggregate, PatternFrame, RowChoice, RowMatching, RowReference } from '../row-matching.ts'
import { BOOLEAN } from '../types.ts'
import { aggregateText, resultZone } from './aggregates.ts'
import { assignments } from './assignments.ts'
import type { Printing } from './context.ts'
import { failureAs } from './failures.ts'
import { checkedPlace } from './functions/windows.ts'
import { type DividedConditions, divideConditions, type RowScalar } from './pattern-conditions.ts'
import { printScalar } from './scalars.ts'
import { columnName, fromText, namesOf, type Select, zoneName } from './selects.ts'
import { sortText } from './sorting.ts'
import { quote } from './types.ts'

export function printMatching(rel: RowMatching, printing: Printing, print: (rel: Rel) => Select): Select {
  return new MatchingPrinter(rel, printing, fromText(print(rel.input), columnsOf(rel.input), printing)).select()
}

/** What `js_match_rows` tells of each row before the slots: its place and the number of the match. */
const HEAD = 2
/** Aggregates whose value depends on the order of the rows. */
const ORDERED: ReadonlySet<string> = new Set([
  'array_agg',
  'listagg',
  'arbitrary',
  'any_value',
  'multimap_agg',
  'map_agg',
])

interface Names {
  readonly place: string
  readonly rows: string
  readonly found: string
  readonly row: string
}

class MatchingPrinter {
  private readonly rel: RowMatching
  private readonly printing: Printing
  private readonly source: string
  private readonly columns: readonly Column[]
  private readonly divided: DividedConditions
  /** How many lists of bits there are. */
  private readonly words: number
  private readonly names: Names
  /** Columns of other rows of the partition, by column and distance. */
  private readonly distant = new Map<string, { readonly name: string; readonly text: string }>()
  private readonly slots: (RowChoice & { of: 'row' | 'label' })[] = []
  private readonly lists: { labels: readonly number[]; final: boolean; withLabels: boolean; name: string }[] = []

  constructor(rel: RowMatching, printing: Printing, source: string) {
    this.rel = rel
    this.printing = printing
    this.source = source
    this.columns = columnsOf(rel.input)
    this.divided = divideConditions(rel)
    this.words = Math.max(1, Math.ceil(this.divided.bits.length / BITS_A_WORD))
    const [place, rows, found, row] = ['n', 'r', 'f', 'm'].map((prefix) => printing.fresh(prefix))
    this.names = { place: place!, rows: rows!, found: found!, row: row! }
  }

  select(): Select {
    const measured = new Set(this.rel.measures.flatMap((measure) => [...columnIds(measure.of)]))
    const isMeasured = ({ column }: { readonly column: Column }) => measured.has(column.id)
    const references = this.rel.references.filter(isMeasured).flatMap((reference) => this.reference(reference))
    const aggregates = this.rel.aggregates.filter(isMeasured).flatMap((aggregate) => this.aggregate(aggregate))
    const { row, rows } = this.names
    const kept = namesOf(this.rel.kept, this.printing).map(
      (name) =>
        `${field(`list_extract(${rows}, ${this.rel.rows.each ? `list_extract(${row}, 1)` : '1'})`, name)} AS ${name}`,
    )
    const number = `CASE WHEN list_extract(${row}, 2) > 0 THEN CAST(list_extract(${row}, 2) AS BIGINT) END AS ${columnName(this.rel.matchNumber)}`
    const lists = this.lists.flatMap((list, i) => this.list(list, i))
    const read = `SELECT ${[...kept, number, ...references, ...lists].join(', ')} FROM ${this.matches()}`
    const aggregated = this.level(`SELECT ${['*', ...aggregates].join(', ')} FROM ${this.level(read)}`)
    const items = [...namesOf(this.rel.kept, this.printing), ...assignments(this.measures(), this.printing)]
    return { from: aggregated, where: [], items: items.length ? items : ['1 AS nothing'] }
  }

  /** Of a row that no match has, all measures are NULL, whatever they would be made of. */
  private measures(): readonly Assignment[] {
    const { rows, measures, matchNumber } = this.rel
    if (!rows.each || !rows.unmatchedRows) return measures
    const number: Scalar = { kind: 'column', id: matchNumber.id, type: matchNumber.type }
    const isMatched: Scalar = { kind: 'not', of: { kind: 'is-null', of: number, type: BOOLEAN }, type: BOOLEAN }
    return measures.map(({ column, of }) => ({
      column,
      // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
      of: { kind: 'case', whens: [{ when: isMatched, then: of }], type: of.type },
    }))
  }

  private level(text: string): string {
    return `(${text}) AS ${this.printing.fresh('q')}`
  }

  /** One row for each row of the answer: the list of the partition's rows, and where in it to look. */
  private matches(): string {
    const { rows, found, row } = this.names
    const partitions = this.partitions()
    const searched = this.level(`SELECT ${rows}, ${this.call()} AS ${found} FROM ${partitions}`)
    return this.level(`SELECT ${rows}, unnest(${this.checked()}) AS ${row} FROM ${searched}`)
  }

  private call(): string {
    const { rel, divided } = this
    const { conditions, readsHistory, tracks, leaves, leafScalars, reach } = divided
    const { words } = this
    const { skip, rows, labels } = rel
    const lists = this.lists.map(({ name: _, ...list }) => list)
    const plan: MatchingPlan = {
      program: programOf(rel.pattern),
      skip,
      rows,
      ...(rel.frame && { frame: framePlan(rel.frame) }),
      labels,
      conditions,
      bits: divided.bits.length,
      words,
      readsHistory,
      tracks,
      leaves,
      leafLists: leafScalars.length,
      reach,
      slots: this.slots,
      lists,
    }
    const offset = rel.frame && 'value' in rel.frame.end ? ['o'] : []
    const fields = [...range(words).map((i) => `w${i}`), ...leafScalars.map((_, i) => `l${i}`), ...offset]
    const columns = fields.map((name) => `list_transform(${this.names.rows}, lambda x: ${field('x', name)})`)
    return `js_match_rows(${[quote(JSON.stringify(plan)), ...columns].join(', ')})`
  }

  private partitions(): string {
    const { rel, printing, names, divided } = this
    const bits = divided.bits.map((bit) => this.rowText(bit))
    const leaves = divided.leafScalars.map((leaf) => this.rowText(leaf))
    const over = [
      rel.partitionBy.length > 0 &&
        `PARTITION BY ${rel.partitionBy.map((key) => printScalar(key, printing)).join(', ')}`,
      rel.orderBy.length > 0 && `ORDER BY ${sortText(rel.orderBy, printing)}`,
    ]
    const window = `OVER (${over.filter(Boolean).join(' ')})`
    const distant = [...this.distant.values()].map(({ name, text }) => `${text} ${window} AS ${name}`)
    const own = namesOf(this.columns, printing)
    const numbered = this.level(
      `SELECT ${[...own, `row_number() ${window} AS ${names.place}`, ...distant].join(', ')} FROM ${this.source}`,
    )
    const offset = rel.frame && 'value' in rel.frame.end ? [this.frameOffset(rel.frame.end.value)] : []
    const computed = [
      ...bits.map((text, i) => `${text} AS b${i}`),
      ...leaves.map((text, i) => `${text} AS l${i}`),
      ...offset.map((text) => `${text} AS o`),
    ]
    const judged = this.level(`SELECT ${['*', ...computed].join(', ')} FROM ${numbered}`)
    const fields = [
      ...own.map((name) => `${name} := ${name}`),
      ...range(this.words).map((word) => `w${word} := ${this.word(word)}`),
      ...leaves.map((_, i) => `l${i} := l${i}`),
      ...offset.map(() => 'o := o'),
    ]
    const groups = rel.partitionBy.map((key) => printScalar(key, printing))
    return this.level(
      `SELECT list(struct_pack(${fields.join(', ')}) ORDER BY ${names.place}) AS ${names.rows} FROM ${judged}${groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : ''}`,
    )
  }

  /** How many rows of the partition follow in the frame; more than there can be are cut off. */
  private frameOffset(value: Scalar): string {
    const text = printScalar(value, this.printing)
    const words = 'Window frame offset value must not be negative or null'
    const failure = failureAs('INVALID_WINDOW_FRAME', words, 'INTEGER')
    return `CASE WHEN ${text} >= 0 THEN CAST(least(${text}, ${MAX_OFFSET}) AS INTEGER) ELSE ${failure} END`
  }

  private word(word: number): string {
    const bits = range(this.divided.bits.length).slice(word * BITS_A_WORD, (word + 1) * BITS_A_WORD)
    const terms = bits.map((bit, i) => {
      const [holds, fails] = [2 ** (2 * i), 2 ** (2 * i + 1)]
      return this.divided.bits[bit]!.fallible
        ? `CASE WHEN b${bit} IS NULL THEN ${fails} WHEN ${field(`b${bit}`, 'f1')} THEN ${holds} ELSE 0 END`
        : `CASE WHEN b${bit} THEN ${holds} ELSE 0 END`
    })
    return `CAST(${terms.length > 0 ? terms.join(' + ') : '0'} AS INTEGER)`
  }

  /** Of the row itself; in a row of its own, and missing when it failed, where it can fail. */
  private rowText({ of, fallible }: RowScalar): string {
    const type = { kind: 'row', fields: [{ type: of.type }] } as const
    const tried: Scalar = fallible ? { kind: 'try', of: { kind: 'row', items: [of], type }, type } : of
    return this.bound(tried, (id, distance) => this.columnAt(id, distance))
  }

  private columnAt(id: number, distance: number): string {
    if (distance === 0) return `c${id}`
    const key = `${id}|${distance}`
    let known = this.distant.get(key)
    if (!known) {
      const text = distance < 0 ? `lag(c${id}, ${-distance})` : `lead(c${id}, ${distance})`
      known = { name: this.printing.fresh('d'), text }
      this.distant.set(key, known)
    }
    return known.name
  }

  /** `of` with columns of the input, and references to them, standing for what `text` says of a column and a distance. */
  private bound(of: Scalar, text: (id: number, distance: number) => string): string {
    const { bound, zones } = this.printing
    const texts = new Map(this.columns.map(({ id }) => [id, text(id, 0)]))
    for (const { column, row, of: source } of this.rel.references) {
      if (source.kind !== 'column') continue
      texts.set(column.id, text(source.id, row.distance))
      const zone = zones.get(source.id)
      if (zone?.name !== undefined) zones.set(column.id, zone)
    }
    for (const [id, one] of texts) bound.set(id, one)
    const result = printScalar(of, this.printing)
    for (const id of texts.keys()) bound.delete(id)
    return result
  }

  /** Where the search came to a condition that had failed, the condition is evaluated once more, and fails. */
  private checked(): string {
    const { found, rows } = this.names
    const all = [...this.divided.bits, ...this.divided.leafScalars]
    const failing = all.flatMap((scalar, i) => (scalar.fallible ? [{ scalar, i }] : []))
    if (failing.length === 0) return found
    const first = `list_extract(${found}, 1)`
    const arms = failing.map(({ scalar, i }) => {
      const text = this.bound(scalar.of, (id, distance) => {
        const place = `list_extract(${first}, 2) + ${distance}`
        return `CASE WHEN ${place} > 0 THEN ${field(`list_extract(${rows}, ${place})`, `c${id}`)} END`
      })
      return `WHEN ${i} THEN CAST(${text} AS VARCHAR)`
    })
    const again = `CASE list_extract(${first}, 3) ${arms.join(' ')} END`
    return `CASE WHEN list_extract(${first}, 1) = -1 AND (${again}) IS NULL THEN CAST([] AS INTEGER[][]) ELSE ${found} END`
  }

  private reference({ column, row, of }: RowReference): string[] {
    const place = `list_extract(${this.names.row}, ${this.slot(row, of.kind === 'column' ? 'row' : 'label')})`
    if (of.kind === 'classifier')
      return [`list_extract([${this.rel.labels.map(quote).join(', ')}], ${place}) AS ${columnName(column)}`]
    const from = `list_extract(${this.names.rows}, ${place})`
    const item = `${field(from, `c${of.id}`)} AS ${columnName(column)}`
    const zone = this.printing.zones.get(of.id)
    if (!zone) return [item]
    const varies = zone.name === undefined
    this.printing.zones.set(column.id, varies ? { sql: zoneName(column) } : zone)
    return varies ? [item, `${field(from, `c${of.id}z`)} AS ${zoneName(column)}`] : [item]
  }

  private slot(row: RowChoice, of: 'row' | 'label'): number {
    const key = JSON.stringify({ ...row, of })
    const known = this.slots.findIndex((slot) => JSON.stringify(slot) === key)
    return HEAD + 1 + (known >= 0 ? known : this.slots.push({ ...row, of }) - 1)
  }

  private listFor(labels: readonly number[], final: boolean, withLabels: boolean): string {
    const same = this.lists.find(
      (list) => list.labels.join() === labels.join() && list.final === final && list.withLabels === withLabels,
    )
    if (same) return same.name
    const name = this.printing.fresh('a')
    this.lists.push({ labels, final, withLabels, name })
    return name
  }

  private list({ withLabels, name }: { readonly withLabels: boolean; readonly name: string }, index: number): string[] {
    const { row, rows } = this.names
    const before = this.lists.slice(0, index).reduce((sum, list) => sum + (list.withLabels ? 4 : 2), 0)
    const at = HEAD + 1 + this.slots.length + before
    const part = (from: number) =>
      `list_slice(${row}, list_extract(${row}, ${from}), list_extract(${row}, ${from + 1}))`
    const run = `range(-list_extract(${row}, ${at}), list_extract(${row}, ${at + 1}) + 1)`
    const places = `CASE WHEN list_extract(${row}, ${at}) < 0 THEN ${run} ELSE CAST(${part(at)} AS BIGINT[]) END`
    const items = [`list_select(${rows}, ${places}) AS ${name}`]
    return withLabels ? [...items, `${part(at + 2)} AS ${name}l`] : items
  }

  /** One value of the rows of a list. */
  private value({ column, function: fn, args }: MatchAggregate, ignoreNulls: boolean, list: string): string[] {
    const { printing } = this
    const [of, offset] = args as [Scalar, Scalar?]
    const zone = of.kind === 'column' ? printing.zones.get(of.id) : undefined
    if (zone && zone.name === undefined)
      throw new SqlError('NOT_SUPPORTED', `${fn.name} of timestamps of several time zones is not supported`)
    if (zone) printing.zones.set(column.id, zone)
    const item = of.kind === 'column' ? field('x', `c${of.id}`) : printScalar(of, printing)
    const all = `list_transform(${list}, lambda x: ${item})`
    const items = ignoreNulls ? `list_filter(${all}, lambda x: x IS NOT NULL)` : all
    const place = offset ? checkedPlace(printScalar(offset, printing)) : fn.name === 'last_value' ? '-1' : '1'
    return [`CASE WHEN len(${list}) > 0 THEN list_extract(${items}, ${place}) END AS ${columnName(column)}`]
  }

  private aggregate(aggregate: MatchAggregate): string[] {
    const { column, function: fn, args, labels, final } = aggregate
    const { printing, rel } = this
    const used = new Set(args.flatMap((arg) => [...columnIds(arg)]))
    const withLabels = used.has(rel.classifier.id)
    const list = this.listFor(labels, final, withLabels)
    if (aggregate.value) return this.value(aggregate, aggregate.value.ignoreNulls, list)
    if (fn.name === 'count' && args.length === 0) return [`len(${list}) AS ${columnName(column)}`]
    const [element, place, label] = ['e', 'n', 'l'].map((prefix) => printing.fresh(prefix))
    const unnested = [
      `unnest(${list}) AS ${element}`,
      `unnest(range(len(${list}))) AS ${place}`,
      ...(withLabels ? [`unnest(${list}l) AS ${label}`] : []),
    ]
    const columns = namesOf(
      this.columns.filter(({ id }) => used.has(id)),
      printing,
    ).map((name) => `${field(element!, name)} AS ${name}`)
    if (withLabels)
      columns.push(`list_extract([${rel.labels.map(quote).join(', ')}], ${label}) AS ${columnName(rel.classifier)}`)
    const call = { ...aggregate, distinct: false, orderBy: [] }
    const order = ORDERED.has(fn.name) ? ` ORDER BY ${place}` : ''
    const text = aggregateText(call, printing, { filter: '', order, over: '' })
    const source = this.level(
      `SELECT ${[...columns, place].join(', ')} FROM ${this.level(`SELECT ${unnested.join(', ')}`)}`,
    )
    const [zone] = resultZone(aggregate, printing, '').map((item) => item.slice(0, item.lastIndexOf(' AS ')))
    return [
      `(SELECT ${text} FROM ${source}) AS ${columnName(column)}`,
      ...(zone === undefined ? [] : [`(SELECT ${zone} FROM ${source}) AS ${zoneName(column)}`]),
    ]
  }
}

/** More rows than any partition has, and few enough for an integer. */
const MAX_OFFSET = 2147483647

function framePlan({ end, seek }: PatternFrame): FramePlan {
  if ('value' in end) return { seek, end: 'offset' }
  return { seek, end: end.kind === 'current-row' ? 'current-row' : 'unbounded' }
}

const field = (row: string, name: string): string => `struct_extract(${row}, ${quote(name)})`
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
