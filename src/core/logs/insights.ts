/** Queries of Logs Insights over events: each command makes rows of rows. Pure. */
import { guardedPattern } from './guarded-pattern.ts'
import { type Cell, isTrue } from './insights-functions.ts'
import { compareCells, type Row, tell } from './insights-terms.ts'
import { type Command, InsightsError, type Named, type Term } from './insights-text.ts'

export interface LogRow {
  readonly fields: Readonly<Record<string, Cell>>
  /** By which the event is found again; none of what was reckoned from several. */
  readonly pointer?: string
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html */
const LIMITS = { usual: 10_000, most: 10_000 } as const

const asRow = ({ fields }: LogRow): Row => ({ get: (name) => fields[name] })

/** The fields that are shown, in order. */
export interface InsightsAnswer {
  readonly names: readonly string[]
  readonly rows: readonly LogRow[]
}

/** Throws InsightsError, and Fault for a regular expression that takes too long. */
export function answerInsights(commands: readonly Command[], events: readonly LogRow[], most?: number): InsightsAnswer {
  let rows = events
  let names: readonly string[] = ['@timestamp', '@message']
  let shown: readonly string[] | undefined
  let limit = Math.min(most ?? LIMITS.usual, LIMITS.most)
  for (const command of commands) {
    switch (command.kind) {
      case 'fields':
        rows = withFields(rows, command.items)
        shown = [...(shown ?? []), ...command.items.map(({ name }) => name)]
        break
      case 'display':
        rows = withFields(rows, command.items)
        shown = command.items.map(({ name }) => name)
        break
      case 'filter': {
        const condition = tell(command.condition)
        rows = rows.filter((row) => isTrue(condition(asRow(row))))
        break
      }
      case 'parse':
        rows = parsedRows(rows, command)
        break
      case 'stats':
        rows = grouped(rows, command.items, command.by)
        shown = [...command.by, ...command.items].map(({ name }) => name)
        break
      case 'dedup':
        rows = distinct(rows, command.by)
        break
      case 'sort':
        rows = sorted(rows, command.by)
        break
      case 'limit':
        limit = Math.min(command.count, LIMITS.most)
    }
  }
  names = shown ?? names
  return { names, rows: rows.slice(0, limit) }
}

function withFields(rows: readonly LogRow[], items: readonly Named[]): readonly LogRow[] {
  // A dotted name may be of a part of what a structure holds.
  const made = items.filter(({ name, term }) => !(term.kind === 'field' && term.name === name && !name.includes('.')))
  if (made.length === 0) return rows
  const told = made.map(({ name, term }) => [name, tell(term)] as const)
  return rows.map((row) => ({
    ...row,
    fields: { ...row.fields, ...Object.fromEntries(told.map(([name, of]) => [name, of(asRow(row))])) },
  }))
}

function parsedRows(rows: readonly LogRow[], command: Command & { readonly kind: 'parse' }): readonly LogRow[] {
  const of = tell(command.of)
  const stars = command.pattern.split('*')
  if (command.isGlob && stars.length - 1 !== command.names.length)
    throw new InsightsError('parse names as many fields as its pattern has stars', 0)
  const escaped = stars.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const source = command.isGlob
    ? escaped.reduce((text, part, i) => `${text}${i === escaped.length - 1 && part === '' ? '(.*)' : '(.*?)'}${part}`)
    : command.pattern
  const exec = guardedPattern(source, 's')
  return rows.map((row) => {
    const text = of(asRow(row))
    const match = text === undefined ? null : exec(String(text))
    if (!match) return row
    const found = command.isGlob
      ? Object.fromEntries(command.names.map((name, i) => [name, match[i + 1]]))
      : { ...match.groups }
    return { ...row, fields: { ...row.fields, ...found } }
  })
}

function distinct(rows: readonly LogRow[], by: readonly Named[]): readonly LogRow[] {
  const told = by.map(({ term }) => tell(term))
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = JSON.stringify(told.map((of) => of(asRow(row)) ?? null))
    return !seen.has(key) && seen.add(key)
  })
}

function sorted(rows: readonly LogRow[], by: (Command & { readonly kind: 'sort' })['by']): readonly LogRow[] {
  const keys = by.map(({ term, descending }) => ({ of: tell(term), sign: descending ? -1 : 1 }))
  return rows.toSorted((a, b) => {
    for (const { of, sign } of keys) {
      const order = compareCells(of(asRow(a)), of(asRow(b)))
      if (order !== 0) return order * sign
    }
    return 0
  })
}

function grouped(rows: readonly LogRow[], items: readonly Named[], by: readonly Named[]): readonly LogRow[] {
  const keys = by.map(({ name, term }) => [name, tell(term)] as const)
  const groups = new Map<string, { readonly fields: Record<string, Cell>; readonly rows: LogRow[] }>()
  for (const row of rows) {
    const fields = Object.fromEntries(keys.map(([name, of]) => [name, of(asRow(row))]))
    const key = JSON.stringify(Object.values(fields).map((value) => value ?? null))
    const group = groups.get(key) ?? { fields, rows: [] }
    groups.set(key, group)
    group.rows.push(row)
  }
  if (by.length === 0 && groups.size === 0) groups.set('', { fields: {}, rows: [] })
  const aggregates = items.map(({ name, term }) => [name, aggregate(term)] as const)
  return [...groups.values()].map((group) => ({
    fields: { ...group.fields, ...Object.fromEntries(aggregates.map(([name, of]) => [name, of(group.rows)])) },
  }))
}

type Aggregate = (rows: readonly LogRow[]) => Cell
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

const NUMERIC: Readonly<Record<string, (values: readonly number[], percent: number) => number>> = {
  sum: total,
  avg: (values) => total(values) / values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  median: (values) => rank(values, 50),
  pct: rank,
  percentile: rank,
  stddev: (values) => {
    const mean = total(values) / values.length
    return Math.sqrt(total(values.map((value) => (value - mean) ** 2)) / values.length)
  },
}

function rank(values: readonly number[], percent: number): number {
  const inOrder = values.toSorted((a, b) => a - b)
  return inOrder[Math.max(0, Math.ceil((percent / 100) * inOrder.length) - 1)]!
}

/** Arithmetic of aggregates is one too. */
function aggregate(term: Term): Aggregate {
  if (term.kind === 'operation') {
    const [left, right] = [aggregate(term.left), aggregate(term.right)]
    const of = tell({ ...term, left: { kind: 'field', name: 'left' }, right: { kind: 'field', name: 'right' } })
    return (rows) => of({ get: (name) => (name === 'left' ? left(rows) : right(rows)) })
  }
  if (term.kind === 'value') return () => term.value
  if (term.kind !== 'call') throw new InsightsError('stats wants aggregates', 0)
  const [of, percent] = term.arguments.map(tell)
  const values = (rows: readonly LogRow[]): Cell[] =>
    rows.map((row) => of?.(asRow(row))).filter((value) => value !== undefined)
  const numbers = (rows: readonly LogRow[]): number[] => values(rows).map(Number).filter(Number.isFinite)
  switch (term.name) {
    case 'count':
      return (rows) => (of ? values(rows).length : rows.length)
    case 'count_distinct':
      return (rows) => new Set(values(rows)).size
    case 'earliest':
    case 'latest':
      return (rows) => {
        const inTime = rows.toSorted((a, b) => compareCells(a.fields['@timestamp'], b.fields['@timestamp']))
        return values(inTime).at(term.name === 'earliest' ? 0 : -1)
      }
    case 'sortsfirst':
    case 'sortslast':
      return (rows) =>
        values(rows)
          .toSorted(compareCells)
          .at(term.name === 'sortsfirst' ? 0 : -1)
  }
  const numeric = NUMERIC[term.name]
  if (!numeric || !of) throw new InsightsError(`invalid function ${term.name}`, 0)
  const most = Number(percent?.({ get: () => undefined }) ?? 50)
  return (rows) => {
    const found = numbers(rows)
    return found.length === 0 ? undefined : numeric(found, most)
  }
}
