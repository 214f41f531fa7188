/** A plan as the nodes that EXPLAIN shows: Trino's names for them, and what each does in Trino's words. */
import { type BoundQuery, type Column, type Cte, columnsOf, type Rel, type Scalar } from '../plan.ts'
import type { RowMatching } from '../row-matching.ts'
import { type Type, typeName } from '../types.ts'
import { ExpressionTexts } from './expressions.ts'
import { patternText } from './patterns.ts'
import { Symbols } from './symbols.ts'

export interface PlanNode {
  readonly name: string
  readonly descriptor: Readonly<Record<string, string>>
  readonly outputs: readonly { readonly symbol: string; readonly type: string }[]
  readonly details: readonly string[]
  /** Absent where they are not known. */
  readonly rows?: number
  readonly sizeBytes?: number
  readonly children: readonly PlanNode[]
}

/** What is known of a relation that a plan scans. */
export interface ScannedRelation {
  /** `catalog:database:table`. */
  readonly table: string
  /** What comes after `column := `; for a partition column, what the query leaves of it. */
  readonly column: (source: string, type: Type) => readonly string[]
  /** More lines: files, partitions. */
  readonly details: readonly string[]
  readonly sizeBytes: number
  /** Before any filter; absent where it is not known. */
  readonly rows?: number
}
export type DescribeRelation = (id: string) => ScannedRelation

export function planNodes({ root, output }: BoundQuery, describe: DescribeRelation): PlanNode {
  const nodes = new Nodes(describe)
  const child = nodes.node(root)
  const named = output.map(({ name, column }) => ({ name, symbol: nodes.symbols.of(column.id), column }))
  return {
    name: 'Output',
    descriptor: { columnNames: bracketed(named.map(({ name }) => name)) },
    outputs: named.map(({ symbol, column }) => ({ symbol, type: typeName(column.type) })),
    details: named.flatMap(({ name, symbol }) => (name === symbol ? [] : [`${name} := ${symbol}`])),
    children: [child],
  }
}

const bracketed = (items: readonly string[]): string => `[${items.join(', ')}]`

interface Parts {
  readonly descriptor?: Readonly<Record<string, string>>
  readonly details?: readonly string[]
  readonly children?: readonly PlanNode[]
  readonly columns: readonly Column[]
  readonly rows?: number
  readonly sizeBytes?: number
}

class Nodes {
  readonly symbols = new Symbols()
  private readonly texts = new ExpressionTexts(this.symbols)
  private readonly describe: DescribeRelation
  private readonly queries = new Map<number, Cte>()
  private shownQueries = 0

  constructor(describe: DescribeRelation) {
    this.describe = describe
  }

  node(rel: Rel): PlanNode {
    switch (rel.kind) {
      case 'scan':
        this.named(rel)
        return this.scan(rel, 'TableScan', {})
      case 'single-row':
        return this.make('Values', { columns: [], details: ['()'], rows: 1 })
      case 'values':
        return this.values(rel)
      case 'filter':
        return this.filter(rel)
      case 'project':
        return this.project(rel)
      case 'join':
        return this.join(rel)
      case 'unnest':
        return this.unnest(rel)
      case 'aggregate':
        return this.aggregate(rel)
      case 'window':
        return this.window(rel)
      case 'match':
        return this.match(rel)
      case 'sort':
        return this.above(rel.input, 'Sort', () => ({ orderBy: this.texts.sort(rel.keys) }))
      case 'limit':
        return this.limit(rel)
      case 'distinct':
        return this.above(rel.input, 'Aggregate', () => ({ keys: this.symbolList(columnsOf(rel.input)) }))
      case 'set-operation':
        return this.setOperation(rel)
      case 'sample':
        return this.above(rel.input, 'Sample', () => ({
          method: rel.method.toUpperCase(),
          ratio: String(rel.percentage / 100),
        }))
      case 'with':
        for (const cte of rel.queries) this.queries.set(cte.id, cte)
        return this.node(rel.body)
      case 'cte-ref':
        return this.reference(rel)
    }
  }

  /** The node, with the subqueries that its texts have met beside its children. */
  private make(
    name: string,
    { columns, descriptor = {}, details = [], children = [], rows, sizeBytes }: Parts,
  ): PlanNode {
    const nested: PlanNode[] = []
    while (this.shownQueries < this.texts.subqueries.length) {
      const subquery = this.texts.subqueries[this.shownQueries++]!
      const inner = this.node(subquery.query)
      const symbols = { symbol: subquery.name, type: subquery.kind }
      nested.push({ name: 'Subquery', descriptor: symbols, outputs: inner.outputs, details: [], children: [inner] })
    }
    return {
      name,
      descriptor,
      outputs: this.symbols.layout(columns).map(({ symbol, column }) => ({ symbol, type: typeName(column.type) })),
      details,
      ...(rows !== undefined && { rows }),
      ...(sizeBytes !== undefined && { sizeBytes }),
      children: [...children, ...nested],
    }
  }

  private above(input: Rel, name: string, descriptor: () => Readonly<Record<string, string>>): PlanNode {
    const child = this.node(input)
    return this.make(name, { columns: columnsOf(input), descriptor: descriptor(), children: [child] })
  }

  private symbolList(columns: readonly Column[]): string {
    return bracketed(columns.map((column) => this.symbols.of(column.id)))
  }

  private assignments(items: readonly { readonly column: Column; readonly of: Scalar }[]): string[] {
    const texts = items.map(({ of }) => (of.kind === 'column' ? undefined : this.texts.text(of)))
    return items.flatMap(({ column, of }, i) => {
      this.symbols.assign(column, of)
      return texts[i] === undefined ? [] : [`${this.symbols.of(column.id)} := ${texts[i]}`]
    })
  }

  private scan(
    rel: Rel & { kind: 'scan' },
    name: string,
    more: Readonly<Record<string, string>>,
    columns: readonly Column[] = rel.columns,
    details: readonly string[] = [],
  ): PlanNode {
    const relation = this.describe(rel.relation)
    const sources = rel.columns.flatMap((column) => {
      const [first, ...others] = relation.column(column.source, column.type)
      return [`${this.symbols.of(column.id)} := ${first}`, ...others.map((line) => `    ${line}`)]
    })
    return this.make(name, {
      columns,
      descriptor: { table: relation.table, ...more },
      details: [...details, ...sources, ...relation.details],
      sizeBytes: relation.sizeBytes,
      rows: relation.rows,
    })
  }

  private named(rel: Rel & { kind: 'scan' }): void {
    for (const column of rel.columns) this.symbols.name(column.id, column.source)
  }

  private values(rel: Rel & { kind: 'values' }): PlanNode {
    for (const column of rel.columns) this.symbols.name(column.id, 'field')
    const details = rel.rows.map((row) => `(${this.texts.list(row)})`)
    return this.make('Values', { columns: rel.columns, details, rows: rel.rows.length })
  }

  private filter(rel: Rel & { kind: 'filter' }): PlanNode {
    if (rel.input.kind === 'scan') {
      this.named(rel.input)
      return this.scan(rel.input, 'ScanFilter', { filterPredicate: this.texts.text(rel.predicate) })
    }
    return this.above(rel.input, 'Filter', () => ({ filterPredicate: this.texts.text(rel.predicate) }))
  }

  /** Only renames and leaves out: that is no work, and no node. */
  private project(rel: Rel & { kind: 'project' }): PlanNode {
    const columns = rel.items.map((item) => item.column)
    if (rel.input.kind === 'single-row') {
      const row = this.texts.list(rel.items.map((item) => item.of))
      for (const { column, of } of rel.items) this.symbols.assign(column, of)
      return this.make('Values', { columns, details: [`(${row})`], rows: 1 })
    }
    const plain = rel.items.every(({ of }) => of.kind === 'column')
    const scan = rel.input.kind === 'filter' ? rel.input.input : rel.input
    if (!plain && scan.kind === 'scan') {
      this.named(scan)
      const filtered = rel.input.kind === 'filter'
      const predicate: Record<string, string> =
        rel.input.kind === 'filter' ? { filterPredicate: this.texts.text(rel.input.predicate) } : {}
      const details = this.assignments(rel.items)
      return this.scan(scan, filtered ? 'ScanFilterProject' : 'ScanProject', predicate, columns, details)
    }
    const child = this.node(rel.input)
    const details = this.assignments(rel.items)
    if (plain)
      return {
        ...child,
        outputs: this.symbols.layout(columns).map(({ symbol, column }) => ({ symbol, type: typeName(column.type) })),
      }
    return this.make('Project', { columns, details, children: [child] })
  }

  private join(rel: Rel & { kind: 'join' }): PlanNode {
    const children = [this.node(rel.left), this.node(rel.right)]
    const terms = rel.on?.kind === 'and' ? rel.on.terms : rel.on ? [rel.on] : []
    const isEquality = (term: Scalar) => term.kind === 'call' && term.function.name === '$eq'
    const equal = terms.filter(isEquality)
    const others = terms.filter((term) => !isEquality(term))
    const filter = others.map((term) => this.texts.text(term)).join(' AND ')
    const type = `${rel.type[0]!.toUpperCase()}${rel.type.slice(1)}`
    return this.make(rel.lateral ? 'CorrelatedJoin' : `${type}Join`, {
      columns: columnsOf(rel),
      descriptor: {
        ...(rel.lateral && { type: rel.type.toUpperCase() }),
        ...(equal.length > 0 && { criteria: equal.map((term) => this.texts.text(term)).join(' AND ') }),
        ...(filter !== '' && { filter }),
      },
      children,
    })
  }

  private unnest(rel: Rel & { kind: 'unnest' }): PlanNode {
    const child = this.node(rel.input)
    const lists = rel.items.map(({ of, columns }) => {
      const text = this.texts.text(of)
      for (const column of columns) this.symbols.name(column.id, 'field')
      return `${columns.map((column) => this.symbols.of(column.id)).join(', ')} := ${text}`
    })
    if (rel.ordinality) this.symbols.name(rel.ordinality.id, 'ordinality')
    return this.make('Unnest', {
      columns: columnsOf(rel),
      descriptor: {
        ...(columnsOf(rel.input).length > 0 && { replicate: this.symbolList(columnsOf(rel.input)) }),
        ...(rel.outer && { type: 'LEFT' }),
      },
      details: lists,
      children: [child],
    })
  }

  private aggregate(rel: Rel & { kind: 'aggregate' }): PlanNode {
    const child = this.node(rel.input)
    const details = this.assignments(rel.keys)
    for (const one of rel.aggregates) {
      const clauses = [
        this.texts.aggregate(one.function, one.args, one.distinct),
        one.orderBy.length > 0 && `ORDER BY ${this.texts.sort(one.orderBy)}`,
        one.filter && `FILTER (WHERE ${this.texts.text(one.filter)})`,
      ]
      details.push(`${this.symbols.name(one.column.id, one.function.name)} := ${clauses.filter(Boolean).join(' ')}`)
    }
    for (const one of rel.groupings) this.symbols.name(one.column.id, 'grouping')
    const key = (index: number) => this.symbols.of(rel.keys[index]!.column.id)
    return this.make('Aggregate', {
      columns: columnsOf(rel),
      descriptor: {
        ...(rel.keys.length > 0 && { keys: this.symbolList(rel.keys.map(({ column }) => column)) }),
        ...(rel.sets && { groupingSets: bracketed(rel.sets.map((set) => bracketed(set.map(key)))) }),
      },
      details,
      children: [child],
    })
  }

  private window(rel: Rel & { kind: 'window' }): PlanNode {
    const child = this.node(rel.input)
    const [first] = rel.functions
    const details = rel.functions.map((one) => {
      const call = this.texts.aggregate(one.function, one.args, one.distinct)
      const text = `${call} ${this.texts.frame(one.frame)}`
      const own = one.partitionBy === first!.partitionBy && one.orderBy === first!.orderBy
      const over = own
        ? ''
        : ` partitionBy = [${this.texts.list(one.partitionBy)}] orderBy = ${this.texts.sort(one.orderBy)}`
      return `${this.symbols.name(one.column.id, one.function.name)} := ${text}${over}`
    })
    return this.make('Window', {
      columns: columnsOf(rel),
      descriptor: {
        ...(first!.partitionBy.length > 0 && {
          partitionBy: bracketed(first!.partitionBy.map((key) => this.key(key))),
        }),
        ...(first!.orderBy.length > 0 && { orderBy: this.texts.sort(first!.orderBy) }),
      },
      details,
      children: [child],
    })
  }

  private key(scalar: Scalar): string {
    return scalar.kind === 'column' ? this.symbols.of(scalar.id) : this.texts.text(scalar)
  }

  private match(rel: RowMatching): PlanNode {
    const child = this.node(rel.input)
    const descriptor = {
      ...(rel.partitionBy.length > 0 && { partitionBy: bracketed(rel.partitionBy.map((key) => this.key(key))) }),
      ...(rel.orderBy.length > 0 && { orderBy: this.texts.sort(rel.orderBy) }),
    }
    const { conditions, measures } = patternText(rel, this.symbols, this.texts)
    const details = [...measures, ...conditions]
    return this.make('PatternRecognition', { columns: columnsOf(rel), descriptor, details, children: [child] })
  }

  private limit(rel: Rel & { kind: 'limit' }): PlanNode {
    const { count, offset, input, withTies } = rel
    const sorted = input.kind === 'sort' && offset === undefined && !withTies ? input : undefined
    const child = this.node(sorted ? sorted.input : input)
    const columns = columnsOf(input)
    if (sorted && count !== undefined)
      return this.make('TopN', {
        columns,
        descriptor: { count: String(count), orderBy: this.texts.sort(sorted.keys) },
        children: [child],
      })
    const skipped =
      offset === undefined
        ? child
        : this.make('Offset', { columns, descriptor: { count: String(offset) }, children: [child] })
    if (count === undefined) return skipped
    const ties = withTies && { withTies: this.texts.sort(withTies) }
    return this.make('Limit', { columns, descriptor: { count: String(count), ...ties }, children: [skipped] })
  }

  private setOperation(rel: Rel & { kind: 'set-operation' }): PlanNode {
    const children = [this.node(rel.left), this.node(rel.right)]
    for (const [i, column] of rel.columns.entries())
      this.symbols.name(column.id, this.symbols.of(columnsOf(rel.left)[i]!.id))
    const name = `${rel.op[0]!.toUpperCase()}${rel.op.slice(1)}`
    const distinct = { ...(!rel.all && { distinct: 'true' }) }
    return this.make(name, { columns: rel.columns, descriptor: distinct, children })
  }

  /** A named query is shown where it is read; a recursive one reads itself by name. */
  private reference(rel: Rel & { kind: 'cte-ref' }): PlanNode {
    const cte = this.queries.get(rel.cte)!
    const named = (columns: readonly Column[]) => {
      for (const [i, column] of rel.columns.entries())
        this.symbols.name(column.id, columns[i] ? this.symbols.of(columns[i].id) : 'field')
    }
    if (!cte.step) {
      const child = this.node(cte.query)
      const sources = columnsOf(cte.query)
      named(sources)
      return {
        ...child,
        outputs: this.symbols
          .layout(rel.columns)
          .map(({ symbol, column }) => ({ symbol, type: typeName(column.type) })),
        details: [
          ...child.details,
          ...rel.columns.flatMap((column, i) => {
            const [own, source] = [this.symbols.of(column.id), this.symbols.of(sources[i]!.id)]
            return own === source ? [] : [`${own} := "${source}"`]
          }),
        ],
      }
    }
    if (this.inside.has(rel.cte)) {
      named([])
      return this.make('RecursiveReference', { columns: rel.columns, descriptor: { query: String(rel.cte) } })
    }
    this.inside.add(rel.cte)
    const children = [this.node(cte.query), this.node(cte.step)]
    this.inside.delete(rel.cte)
    named(columnsOf(cte.query))
    const descriptor = { query: String(rel.cte), ...(!cte.all && { distinct: 'true' }) }
    return this.make('RecursiveUnion', { columns: rel.columns, descriptor, children })
  }
  private readonly inside = new Set<number>()
}
