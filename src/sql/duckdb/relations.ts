/** Relations of the plan as SELECTs. Every relation's columns are named `c<id>`, unique in the statement. */
import { type Column, columnsOf, type Rel } from '../plan.ts'
import { printAggregate } from './aggregates.ts'
import { assignments, companion } from './assignments.ts'
import { conform } from './casts.ts'
import { filterTerms } from './conditions.ts'
import type { Printing } from './context.ts'
import { printCteRef, printWith } from './ctes.ts'
import { printMatching } from './matchings.ts'
import { queryComparison } from './query-comparisons.ts'
import { printScalar } from './scalars.ts'
import { columnName, fromText, namesOf, nested, type Select, selectText, zoneName } from './selects.ts'
import { sortText } from './sorting.ts'
import { duckdbType, holdsZone } from './types.ts'
import { printUnnest } from './unnest.ts'
import { printWindow } from './windows.ts'
import { merged, zoneOf } from './zone-inference.ts'
import { sameZone, UTC } from './zones.ts'

type ScanText = (scan: Rel & { readonly kind: 'scan' }) => string

export interface RelationPrinter extends Printing {
  readonly scanText: ScanText
  /** Columns of the queries of WITH, by id. */
  readonly ctes: Map<number, readonly Column[]>
}

export function printRelation(rel: Rel, printing: RelationPrinter): Select {
  const print = (part: Rel): Select => printRelation(part, printing)
  const scalar = (part: Parameters<typeof printScalar>[0]): string => printScalar(part, printing)
  switch (rel.kind) {
    case 'scan': {
      const text = printing.scanText(rel)
      return {
        from: /^\s*(?:SELECT|WITH)\b/i.test(text) ? `(${text}) AS ${printing.fresh('q')}` : aliased(text, printing),
        where: [],
      }
    }
    case 'single-row':
      return { where: [] }
    case 'values':
      return printValues(rel, printing)
    case 'filter': {
      const input = print(rel.input)
      const columns = columnsOf(rel.input)
      const open = !input.items && !input.limit && !input.orderBy && !input.distinct && !input.groupBy && !input.with
      const base = open ? input : nested(input, columns, printing)
      const terms = rel.predicate.kind === 'and' ? rel.predicate.terms : [rel.predicate]
      const texts = terms.map((term) => queryComparison(term, scalar, printing) ?? scalar(term))
      return { ...base, where: [...base.where, ...filterTerms(texts)] }
    }
    case 'project':
      return printProject(rel, printing)
    case 'join':
      return printJoin(rel, printing)
    case 'unnest':
      return printUnnest(rel, printing, print)
    case 'aggregate':
      return printAggregate(rel, printing, print)
    case 'window':
      return printWindow(rel, printing, print)
    case 'match':
      return printMatching(rel, printing, print)
    case 'sort': {
      const input = print(rel.input)
      const base = input.orderBy || input.limit || input.with ? nested(input, columnsOf(rel.input), printing) : input
      return { ...base, orderBy: sortText(rel.keys, printing) }
    }
    case 'limit':
      return printLimit(rel, printing, print)
    case 'distinct': {
      const input = print(rel.input)
      const base =
        input.orderBy || input.limit || input.distinct || input.with
          ? nested(input, columnsOf(rel.input), printing)
          : input
      return { ...base, distinct: true }
    }
    case 'set-operation':
      return printSetOperation(rel, printing)
    case 'sample': {
      const from = fromText(print(rel.input), columnsOf(rel.input), printing)
      const method = rel.method === 'system' ? 'SYSTEM' : 'BERNOULLI'
      return {
        from: `(SELECT * FROM ${from} TABLESAMPLE ${method} (${rel.percentage} PERCENT)) AS ${printing.fresh('q')}`,
        where: [],
      }
    }
    case 'with':
      return printWith(rel, printing, print)
    case 'cte-ref':
      return printCteRef(rel, printing)
  }
}

/** A relation as a complete SELECT of its columns in order. */
export function relationText(rel: Rel, printing: RelationPrinter): string {
  const select = printRelation(rel, printing)
  return selectText(select, columnsOf(rel), printing)
}

function aliased(text: string, printing: Printing): string {
  return /\)\s*$/.test(text) ? `${text} AS ${printing.fresh('q')}` : text
}

function printProject(rel: Rel & { kind: 'project' }, printing: RelationPrinter): Select {
  const input = printRelation(rel.input, printing)
  const base =
    input.items || input.groupBy || input.distinct || input.with ? nested(input, columnsOf(rel.input), printing) : input
  const items = assignments(rel.items, printing)
  return { ...base, items: items.length ? items : ['1 AS nothing'] }
}

function printJoin(rel: Rel & { kind: 'join' }, printing: RelationPrinter): Select {
  const left = fromText(operand(rel.left, printing), columnsOf(rel.left), printing)
  const rightSelect = operand(rel.right, printing)
  const plain = fromText(rightSelect, columnsOf(rel.right), printing)
  const right = rel.lateral
    ? `LATERAL (${selectText(rightSelect, columnsOf(rel.right), printing)}) AS ${printing.fresh('q')}`
    : rel.right.kind === 'join' && plain.includes(' JOIN ')
      ? `(${plain})`
      : plain
  if (rel.type === 'cross' || (rel.type === 'inner' && !rel.on))
    return { from: `${left} CROSS JOIN ${right}`, where: [] }
  const on = rel.on ? printScalar(rel.on, printing) : 'TRUE'
  return { from: `${left} ${rel.type.toUpperCase()} JOIN ${right} ON ${on}`, where: [] }
}

/** A row without columns still has to be something FROM can name. */
function operand(rel: Rel, printing: RelationPrinter): Select {
  const select = printRelation(rel, printing)
  return select.from || select.items
    ? select
    : { ...select, from: '(SELECT 1 AS nothing)', ...(select.where.length ? { items: ['1 AS nothing'] } : {}) }
}

function printValues(rel: Rel & { kind: 'values' }, printing: Printing): Select {
  const zones = rel.columns.map((column, i) => {
    if (column.type.kind !== 'timestamp with time zone') return undefined
    return rel.rows.map((row) => zoneOf(row[i]!, printing, (part) => printScalar(part, printing)))
  })
  const varying = rel.columns.map((column, i) => {
    const of = zones[i]
    const one = of && merged(of)
    if (of) companion(column, one ?? { sql: zoneName(column) }, printing)
    return of !== undefined && one === undefined
  })
  const rows = rel.rows.map((row, r) => {
    const texts = row.flatMap((value, i) => {
      const text = conform(printing, printScalar(value, printing), value.type, rel.columns[i]!.type)
      return varying[i] ? [text, (zones[i]![r] ?? UTC).sql] : [text]
    })
    return `(${texts.join(', ')})`
  })
  const names = namesOf(rel.columns, printing)
  if (rel.rows.length === 0) {
    const items = rel.columns.map((column) => `CAST(NULL AS ${duckdbType(column.type)}) AS ${columnName(column)}`)
    return { where: ['FALSE'], items }
  }
  return { from: `(VALUES ${rows.join(', ')}) AS ${printing.fresh('q')}(${names.join(', ')})`, where: [] }
}

function printLimit(rel: Rel & { kind: 'limit' }, printing: RelationPrinter, print: (rel: Rel) => Select): Select {
  const columns = columnsOf(rel.input)
  if (rel.withTies) return printTies(rel, printing, print)
  const input = print(rel.input)
  const base = input.limit || input.with ? nested(input, columns, printing) : input
  const parts = [rel.count !== undefined && `LIMIT ${rel.count}`, rel.offset && `OFFSET ${rel.offset}`]
  const limit = parts.filter(Boolean).join(' ')
  return limit ? { ...base, limit } : base
}

/** WITH TIES: all rows of the rank that the last row has. */
function printTies(rel: Rel & { kind: 'limit' }, printing: RelationPrinter, print: (rel: Rel) => Select): Select {
  const columns = columnsOf(rel.input)
  const names = namesOf(columns, printing)
  const from = fromText(print(rel.input), columns, printing)
  const order = sortText(rel.withTies!, printing)
  const [place, rank, last, q1, q2] = ['n', 'n', 'n', 'q', 'q'].map((prefix) => printing.fresh(prefix))
  const offset = rel.offset ?? 0
  const end = offset + rel.count!
  const ranked = `SELECT ${[...names, `row_number() OVER (ORDER BY ${order}) AS ${place}`, `rank() OVER (ORDER BY ${order}) AS ${rank}`].join(', ')} FROM ${from}`
  const bounded = `SELECT *, max(CASE WHEN ${place} = ${end} THEN ${rank} END) OVER () AS ${last} FROM (${ranked}) AS ${q1}`
  return {
    from: `(${bounded}) AS ${q2}`,
    where: [`${place} > ${offset}`, `(${last} IS NULL OR ${rank} <= ${last})`],
    items: names,
    orderBy: order,
  }
}

function printSetOperation(rel: Rel & { kind: 'set-operation' }, printing: RelationPrinter): Select {
  const sides = [rel.left, rel.right]
  const columns = sides.map(columnsOf)
  const texts = sides.map((side, s) => fromText(printRelation(side, printing), columns[s]!, printing))
  const zones = rel.columns.map((column, i) =>
    holdsZone(column.type) ? columns.map((side) => printing.zones.get(side[i]!.id) ?? UTC) : undefined,
  )
  const branches = columns.map((side, s) => {
    const items = rel.columns.flatMap((column, i) => {
      const source = side[i]!
      const item = `${conform(printing, columnName(source), source.type, column.type)} AS ${columnName(column)}`
      const [a, b] = zones[i] ?? []
      return !a || !b || (sameZone(a, b) && a.name !== undefined)
        ? [item]
        : [item, `${zones[i]![s]!.sql} AS ${zoneName(column)}`]
    })
    return `SELECT ${items.join(', ')} FROM ${texts[s]}`
  })
  for (const [i, column] of rel.columns.entries()) {
    const [a, b] = zones[i] ?? []
    if (a && b) companion(column, sameZone(a, b) && a.name !== undefined ? a : { sql: zoneName(column) }, printing)
  }
  const word = `${rel.op.toUpperCase()}${rel.all ? ' ALL' : ''}`
  return { from: `((${branches[0]}) ${word} (${branches[1]})) AS ${printing.fresh('q')}`, where: [] }
}
