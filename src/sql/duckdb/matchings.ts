/**
 * MATCH_RECOGNIZE. The rows of each partition become one list; a function in JavaScript finds the matches and answers
 * with places in that list; what measures read is taken from there, so that they are expressions like any other.
 */
import { columnIds } from '../analysis/transform.ts'
import { LABELS_A_WORD, type MatchingPlan } from '../matching/matching.ts'
import { programOf } from '../matching/program.ts'
import { type Assignment, type Column, columnsOf, type Rel, type Scalar } from '../plan.ts'
import type { MatchAggregate, RowChoice, RowMatching, RowReference } from '../row-matching.ts'
import { BOOLEAN } from '../types.ts'
import { aggregateText, resultZone } from './aggregates.ts'
import { assignments } from './assignments.ts'
import type { Printing } from './context.ts'
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
    const words = Math.max(1, Math.ceil(rel.labels.length / LABELS_A_WORD))
    const { conditions, readsHistory, tracks, leaves } = divided
    const { skip, rows, labels } = rel
    const lists = this.lists.map(({ name: _, ...list }) => list)
    const plan: MatchingPlan = {
      program: programOf(rel.pattern),
      skip,
      rows,
      labels,
      conditions,
      readsHistory,
      tracks,
      words,
      leaves,
      slots: this.slots,
      lists,
    }
    const fields = [...range(words).map((i) => `w${i}`), ...leaves.map((_, i) => `l${i}`)]
    const columns = fields.map((name) => `list_transform(${this.names.rows}, lambda x: ${field('x', name)})`)
    return `js_match_rows(${[quote(JSON.stringify(plan)), ...columns].join(', ')})`
  }

  private partitions(): string {
    const { rel, printing, names, divided } = this
    const bits = divided.bits.map((bit) => bit && this.rowText(bit))
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
    const judged = this.level(
      `SELECT ${['*', ...bits.flatMap((text, i) => (text ? [`${text} AS b${i}`] : [])), ...leaves.map((text, i) => `${text} AS l${i}`)].join(', ')} FROM ${numbered}`,
    )
    const words = range(Math.max(1, Math.ceil(rel.labels.length / LABELS_A_WORD))).map((word) => this.word(word))
    const fields = [
      ...own.map((name) => `${name} := ${name}`),
      ...words.map((text, i) => `w${i} := ${text}`),
      ...leaves.map((_, i) => `l${i} := l${i}`),
    ]
    const groups = rel.partitionBy.map((key) => printScalar(key, printing))
    return this.level(
      `SELECT list(struct_pack(${fields.join(', ')}) ORDER BY ${names.place}) AS ${names.rows} FROM ${judged}${groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : ''}`,
    )
  }

  private word(word: number): string {
    const labels = range(LABELS_A_WORD).filter((i) => this.divided.bits[word * LABELS_A_WORD + i])
    const terms = labels.map((i) => {
      const label = word * LABELS_A_WORD + i
      const [holds, fails] = [2 ** (2 * i), 2 ** (2 * i + 1)]
      return this.divided.bits[label]!.fallible
        ? `CASE WHEN b${label} IS NULL THEN ${fails} WHEN ${field(`b${label}`, 'f1')} THEN ${holds} ELSE 0 END`
        : `CASE WHEN b${label} THEN ${holds} ELSE 0 END`
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
    const failing = all.flatMap((scalar, i) => (scalar?.fallible ? [{ scalar, i }] : []))
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

  private aggregate(aggregate: MatchAggregate): string[] {
    const { column, function: fn, args, labels, final } = aggregate
    const { printing, rel } = this
    const used = new Set(args.flatMap((arg) => [...columnIds(arg)]))
    const withLabels = used.has(rel.classifier.id)
    const list = this.listFor(labels, final, withLabels)
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

const field = (row: string, name: string): string => `struct_extract(${row}, ${quote(name)})`
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
