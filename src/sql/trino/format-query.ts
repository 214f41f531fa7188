/** Queries and table expressions as Trino SQL. */
import type { Query, QueryBody, RowCount, Select, SelectItem, TableExpr, TableFunctionArgument } from '../ast.ts'
import { expressionFormatter } from './format-expression.ts'
import { formatRecognition } from './format-row-pattern.ts'
import { formatIdentifier, formatName, formatNames, formatType } from './format-types.ts'
import { formatPartitioning, formatSortItems, formatWindow } from './format-window.ts'

export const formatExpression = expressionFormatter(formatQuery)
const print = formatExpression

export function formatQuery(query: Query): string {
  const clauses = [formatBody(query.body, 0)]
  if (query.with) {
    const named = query.with.queries.map(
      ({ name, columns, query: inner }) =>
        `${formatIdentifier(name)}${columns ? ` ${formatNames(columns)}` : ''} AS (${formatQuery(inner)})`,
    )
    clauses.unshift(`WITH ${query.with.recursive ? 'RECURSIVE ' : ''}${named.join(', ')}`)
  }
  if (query.orderBy.length > 0) clauses.push(`ORDER BY ${formatSortItems(query.orderBy, print)}`)
  if (query.offset) clauses.push(`OFFSET ${formatCount(query.offset)}`)
  if (query.limit)
    clauses.push(
      query.limitClause?.kind === 'fetch'
        ? `FETCH FIRST ${formatCount(query.limit)} ROWS ${query.withTies ? 'WITH TIES' : 'ONLY'}`
        : `LIMIT ${formatCount(query.limit)}`,
    )
  return clauses.join(' ')
}

const formatCount = (count: RowCount): string => ('count' in count ? String(count.count) : '?')

/** INTERSECT binds tighter than UNION and EXCEPT; the parser keeps parentheses, so a tree never needs new ones. */
function formatBody(body: QueryBody, minimum: number): string {
  switch (body.kind) {
    case 'select':
      return formatSelect(body)
    case 'table':
      return `TABLE ${formatName(body.name)}`
    case 'values':
      return `VALUES ${body.rows.map((row) => print(row)).join(', ')}`
    case 'parenthesized':
      return `(${formatQuery(body.query)})`
    case 'set-operation': {
      const own = body.op === 'intersect' ? 2 : 1
      const operator = `${body.op.toUpperCase()}${body.all ? ' ALL' : ''}`
      const text = `${formatBody(body.left, own)} ${operator} ${formatBody(body.right, own + 1)}`
      return own < minimum ? `(${text})` : text
    }
  }
}

function formatSelect(select: Select): string {
  const clauses = [`SELECT ${select.distinct ? 'DISTINCT ' : ''}${select.items.map(formatItem).join(', ')}`]
  if (select.from) clauses.push(`FROM ${formatTable(select.from)}`)
  if (select.where) clauses.push(`WHERE ${print(select.where)}`)
  if (select.groupBy) clauses.push(formatGroupBy(select.groupBy))
  if (select.having) clauses.push(`HAVING ${print(select.having)}`)
  if (select.windows.length > 0) {
    const windows = select.windows.map(({ name, spec }) => `${formatIdentifier(name)} AS ${formatWindow(spec, print)}`)
    clauses.push(`WINDOW ${windows.join(', ')}`)
  }
  return clauses.join(' ')
}

function formatItem(item: SelectItem): string {
  if (item.kind === 'expr') return print(item.expr) + (item.alias ? ` AS ${formatIdentifier(item.alias)}` : '')
  if (!item.of) return '*'
  const of = item.of.kind === 'number' ? `(${item.of.text})` : print(item.of, 10)
  return `${of}.*${item.aliases ? ` AS ${formatNames(item.aliases)}` : ''}`
}

function formatGroupBy({ distinct, elements }: NonNullable<Select['groupBy']>): string {
  const listed = elements.map(({ kind, sets }) => {
    const texts = sets.map((set) => {
      const inside = set.map((e) => print(e)).join(', ')
      return set.length === 1 ? inside : `(${inside})`
    })
    if (kind === 'simple') return texts.join(', ')
    return `${kind === 'sets' ? 'GROUPING SETS' : kind.toUpperCase()} (${texts.join(', ')})`
  })
  return `GROUP BY ${distinct ? 'DISTINCT ' : ''}${listed.join(', ')}`
}

export function formatTable(table: TableExpr): string {
  switch (table.kind) {
    case 'name': {
      const { version } = table
      const period = version ? ` FOR ${version.by.toUpperCase()} AS OF ${print(version.expr, 5)}` : ''
      return formatName(table.name) + period
    }
    case 'alias':
      return `${single(table.relation)} AS ${formatIdentifier(table.alias)}${table.columns ? ` ${formatNames(table.columns)}` : ''}`
    case 'subquery':
      return `${table.lateral ? 'LATERAL ' : ''}(${formatQuery(table.query)})`
    case 'unnest':
      return `UNNEST(${table.exprs.map((e) => print(e)).join(', ')})${table.ordinality ? ' WITH ORDINALITY' : ''}`
    case 'sample': {
      const of = table.relation.kind === 'alias' ? formatTable(table.relation) : single(table.relation)
      return `${of} TABLESAMPLE ${table.method.toUpperCase()} (${print(table.percentage)})`
    }
    case 'table-function':
      return `TABLE(${formatName(table.name)}(${table.args.map(formatArgument).join(', ')}))`
    case 'match-recognize': {
      const of = table.relation.kind === 'alias' ? formatTable(table.relation) : single(table.relation)
      return `${of} MATCH_RECOGNIZE (${formatPartitioning(table, print).concat(formatRecognition(table, print)).join(' ')})`
    }
    case 'join':
      return formatJoin(table)
  }
}

function formatArgument({ name, value }: TableFunctionArgument): string {
  return `${name ? `${formatIdentifier(name)} => ` : ''}${formatArgumentValue(value)}`
}

function formatArgumentValue(value: TableFunctionArgument['value']): string {
  if (value.kind === 'descriptor') {
    const fields = value.fields.map(
      (field) => `${formatIdentifier(field.name)}${field.type ? ` ${formatType(field.type)}` : ''}`,
    )
    return `DESCRIPTOR(${fields.join(', ')})`
  }
  if (value.kind !== 'table-argument') return print(value)
  const { relation } = value
  const alias = relation.kind === 'alias' ? relation : undefined
  const of = alias ? alias.relation : relation
  const inner = of.kind === 'subquery' ? formatQuery(of.query) : formatTable(of)
  const named = alias
    ? ` AS ${formatIdentifier(alias.alias)}${alias.columns ? ` ${formatNames(alias.columns)}` : ''}`
    : ''
  const { partitionBy, orderBy } = value
  return [
    `TABLE(${inner})${named}`,
    ...(partitionBy.length > 0 ? [`PARTITION BY (${partitionBy.map((e) => print(e)).join(', ')})`] : []),
    ...(orderBy.length > 0 ? [`ORDER BY (${formatSortItems(orderBy, print)})`] : []),
  ].join(' ')
}

/** A relation to which a suffix is added. */
function single(table: TableExpr): string {
  const plain = ['name', 'subquery', 'unnest', 'table-function'].includes(table.kind)
  return plain ? formatTable(table) : `(${formatTable(table)})`
}

function formatJoin(join: Extract<TableExpr, { kind: 'join' }>): string {
  const left = formatTable(join.left)
  if (join.type === 'implicit') return `${left}, ${formatTable(join.right)}`
  const right = join.right.kind === 'join' ? `(${formatTable(join.right)})` : formatTable(join.right)
  const on = join.on ? ` ON ${print(join.on)}` : join.using ? ` USING ${formatNames(join.using)}` : ''
  return `${left} ${join.natural ? 'NATURAL ' : ''}${join.type.toUpperCase()} JOIN ${right}${on}`
}
