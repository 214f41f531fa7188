/**
 * Queries laid out as Trino's own formatter does, blanks and empty lines included: that is how Athena keeps the text of a
 * view, and clients compare it. Row patterns and table functions, rare in views, have no layout.
 */
import type { Query, QueryBody, RowCount, Select, SelectItem, SetOperation, TableExpr } from '../ast.ts'
import { formatIdentifier, formatName, formatNames } from './format-types.ts'
import { ExpressionLayout, NoLayout } from './layout-expression.ts'
import { layoutAlias, type Source } from './layout-types.ts'

/** Undefined where a part of it has no layout. `source`: the text of the query itself. */
export function layoutQuery(query: Query, source: string): string | undefined {
  try {
    return new QueryLayout({ text: source, start: query.at.start }).query(query, 0)
  } catch (error) {
    if (error instanceof NoLayout) return undefined
    throw error
  }
}

const margin = (depth: number): string => '   '.repeat(depth)

class QueryLayout {
  readonly #expressions: ExpressionLayout

  constructor(source: Source) {
    this.#expressions = new ExpressionLayout(source, (query) => this.query(query, 0))
  }

  query(query: Query, depth: number): string {
    const { orderBy, offset, limit } = query
    const from = margin(depth)
    const parts = [this.#with(query, depth), this.#body(query.body, depth)]
    if (orderBy.length > 0) parts.push(`${from}${this.#expressions.sortItems(orderBy)}\n`)
    if (offset) parts.push(`${from}OFFSET ${count(offset)} ROWS\n`)
    if (query.limitClause?.kind === 'fetch')
      parts.push(
        `${from}FETCH FIRST ${limit ? `${count(limit)} ROWS` : 'ROW'} ${query.withTies ? 'WITH TIES' : 'ONLY'}\n`,
      )
    else if (query.limitClause) parts.push(`${from}LIMIT ${limit ? count(limit) : 'ALL'}\n`)
    return parts.join('')
  }

  #with(query: Query, depth: number): string {
    if (!query.with) return ''
    const named = query.with.queries.map(({ name, columns, query: inner }) => {
      const header = `${formatIdentifier(name)}${columns ? ` ${formatNames(columns)}` : ''}`
      return `${header} AS ${this.#subquery(inner, depth)}\n`
    })
    return `${margin(depth)}WITH${query.with.recursive ? ' RECURSIVE' : ''}\n  ${named.join(', ')}`
  }

  #subquery(query: Query, depth: number): string {
    return `(\n${this.query(query, depth + 1)}${margin(depth)}) `
  }

  #body(body: QueryBody, depth: number): string {
    switch (body.kind) {
      case 'select':
        return this.#select(body, depth)
      case 'table':
        return `TABLE ${formatName(body.name)}\n`
      case 'values': {
        const rows = body.rows.map(
          (row, i) => `\n${margin(depth)}${i === 0 ? '  ' : ', '}${this.#expressions.text(row)}`,
        )
        return ` VALUES ${rows.join('')}\n`
      }
      case 'parenthesized':
        return this.#subquery(body.query, depth)
      case 'set-operation':
        return this.#setOperation(body, depth)
    }
  }

  #setOperation({ op, all, left, right }: SetOperation, depth: number): string {
    return `${this.#body(left, depth)}${op.toUpperCase()} ${all ? 'ALL ' : ''}${this.#body(right, depth)}`
  }

  #select(select: Select, depth: number): string {
    const [from, print] = [margin(depth), this.#expressions.text]
    const items = select.items.map((item) => this.#item(item))
    const listed = items.map((item, i) => `\n${from}${i === 0 ? '  ' : ', '}${item}`).join('')
    const clauses = [
      `SELECT${select.distinct ? ' DISTINCT' : ''}${items.length > 1 ? listed : ` ${items[0]}`}`,
      select.from ? `FROM\n${from}  ${this.#table(select.from, depth)}` : '',
    ]
    if (select.where) clauses.push(`WHERE ${print(select.where)}`)
    if (select.groupBy) clauses.push(this.#groupBy(select.groupBy))
    if (select.having) clauses.push(`HAVING ${print(select.having)}`)
    if (select.windows.length > 0) clauses.push(this.#windows(select.windows, depth + 1))
    // Without FROM the line where it would end stands empty.
    return clauses.map((clause) => `${clause === '' ? '' : from}${clause}\n`).join('')
  }

  #item(item: SelectItem): string {
    if (item.kind === 'expr') return this.#expressions.text(item.expr) + layoutAlias(item.alias)
    if (!item.of) return '*'
    return `${this.#expressions.text(item.of)}.*${item.aliases ? ` AS ${formatNames(item.aliases)}` : ''}`
  }

  #groupBy({ distinct, elements }: NonNullable<Select['groupBy']>): string {
    const listed = elements.map(({ kind, sets }) => {
      const texts = sets.map((set) => `(${this.#expressions.list(set)})`)
      if (kind !== 'simple') return `${kind === 'sets' ? 'GROUPING SETS' : kind.toUpperCase()} (${texts.join(', ')})`
      return sets.map((set, i) => (set.length === 1 ? this.#expressions.text(set[0]!) : texts[i])).join(', ')
    })
    return `GROUP BY ${distinct ? ' DISTINCT ' : ''}${listed.join(', ')}`
  }

  #windows(windows: Select['windows'], depth: number): string {
    const texts = windows.map(({ name, spec }) => `${formatIdentifier(name)} AS ${this.#expressions.window(spec)}`)
    if (texts.length === 1) return `WINDOW ${texts[0]}`
    return `WINDOW\n${texts.map((text) => margin(depth) + text).join(',\n')}`
  }

  #table(table: TableExpr, depth: number): string {
    const print = this.#expressions.text
    switch (table.kind) {
      case 'name': {
        const { version } = table
        const period = version ? ` FOR ${version.by.toUpperCase()} AS OF ${print(version.expr)}` : ''
        return formatName(table.name) + period
      }
      case 'alias': {
        const columns = table.columns ? ` ${formatNames(table.columns)}` : ''
        return this.#suffixed(table.relation, depth) + layoutAlias(table.alias) + columns
      }
      case 'subquery':
        return table.lateral ? `LATERAL (${this.query(table.query, depth + 1)})` : this.#subquery(table.query, depth)
      case 'unnest':
        return `UNNEST(${this.#expressions.list(table.exprs)})${table.ordinality ? ' WITH ORDINALITY' : ''}`
      case 'sample':
        return `${this.#suffixed(table.relation, depth)} TABLESAMPLE ${table.method.toUpperCase()} (${print(table.percentage)})`
      case 'join':
        return this.#join(table, depth)
      default:
        throw new NoLayout(table.kind)
    }
  }

  /** A relation to which a suffix is added: one that has a suffix itself is put in parentheses. */
  #suffixed(table: TableExpr, depth: number): string {
    const text = (at: number): string => this.#table(table, at)
    const hasSuffix = table.kind === 'alias' || table.kind === 'sample'
    return hasSuffix ? `( ${text(depth + 1)}${margin(depth)})` : text(depth)
  }

  #join(join: Extract<TableExpr, { kind: 'join' }>, depth: number): string {
    const [left, right] = [this.#table(join.left, depth), this.#table(join.right, depth)]
    if (join.type === 'implicit') return `${left}\n${margin(depth)}, ${right}`
    const type = `${join.natural ? 'NATURAL ' : ''}${join.type.toUpperCase()}`
    const on = join.on ? ` ON ${this.#expressions.text(join.on)}` : ''
    const using = join.using ? ` USING ${formatNames(join.using)}` : ''
    return `(${left}\n${margin(depth)}${type} JOIN ${right}${on}${using})`
  }
}

const count = (rows: RowCount): string => ('count' in rows ? String(rows.count) : '?')
