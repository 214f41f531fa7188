/** Trees back to Trino SQL. Parsing the text gives the same tree again, positions aside. */
import type { MergeCase, Property, Statement } from '../ast.ts'
import type { HiveStatement } from '../hive/ast.ts'
import { quotedText } from '../quotation.ts'
import { formatExpression, formatQuery, formatTable } from './format-query.ts'
import { formatIdentifier, formatName, formatNames } from './format-types.ts'

export { formatExpression }

/** Statements of Trino's grammar; Athena's DDL has another one. */
export type TrinoStatement = Exclude<Statement, HiveStatement | { kind: 'optimize' | 'vacuum' }>

export function formatStatement(statement: TrinoStatement): string {
  switch (statement.kind) {
    case 'query':
      return formatQuery(statement)
    case 'explain':
      return formatExplain(statement)
    case 'create-table-as':
      return formatCreateTableAs(statement)
    case 'insert': {
      const columns = statement.columns ? ` ${formatNames(statement.columns)}` : ''
      return `INSERT INTO ${formatName(statement.table)}${columns} ${formatQuery(statement.query)}`
    }
    case 'delete':
      return `DELETE FROM ${formatName(statement.table)}${formatWhere(statement.where)}`
    case 'update': {
      const values = formatAssignments(statement.assignments)
      return `UPDATE ${formatName(statement.table)} SET ${values}${formatWhere(statement.where)}`
    }
    case 'merge':
      return formatMerge(statement)
    case 'unload': {
      const properties = formatProperties(statement.properties)
      return `UNLOAD (${formatQuery(statement.query)}) TO ${quotedText(statement.to)}${properties}`
    }
    case 'create-view': {
      const columns = statement.columns ? ` ${formatNames(statement.columns)}` : ''
      const verb = statement.orReplace ? 'CREATE OR REPLACE VIEW' : 'CREATE VIEW'
      return `${verb} ${formatName(statement.name)}${columns} AS ${formatQuery(statement.query)}`
    }
    case 'drop-view':
      return `DROP VIEW ${statement.ifExists ? 'IF EXISTS ' : ''}${formatName(statement.name)}`
    case 'prepare':
      return `PREPARE ${formatIdentifier(statement.name)} FROM ${formatStatement(statement.statement as TrinoStatement)}`
    case 'execute': {
      const values = statement.using.map((e) => formatExpression(e)).join(', ')
      return `EXECUTE ${formatIdentifier(statement.name)}${values === '' ? '' : ` USING ${values}`}`
    }
    case 'deallocate':
      return `DEALLOCATE PREPARE ${formatIdentifier(statement.name)}`
  }
}

type Of<K extends TrinoStatement['kind']> = Extract<TrinoStatement, { kind: K }>

function formatExplain({ analyze, verbose, type, format, statement }: Of<'explain'>): string {
  const options = [...(type ? [`TYPE ${type}`] : []), ...(format ? [`FORMAT ${format}`] : [])]
  return [
    'EXPLAIN',
    ...(analyze ? ['ANALYZE'] : []),
    ...(verbose ? ['VERBOSE'] : []),
    ...(options.length > 0 ? [`(${options.join(', ')})`] : []),
    formatStatement(statement as TrinoStatement),
  ].join(' ')
}

function formatCreateTableAs(statement: Of<'create-table-as'>): string {
  const { name, ifNotExists, columns, comment, properties, query, withData } = statement
  return [
    `CREATE TABLE ${ifNotExists ? 'IF NOT EXISTS ' : ''}${formatName(name)}`,
    columns ? ` ${formatNames(columns)}` : '',
    comment === undefined ? '' : ` COMMENT ${quotedText(comment)}`,
    formatProperties(properties),
    ` AS ${formatQuery(query)}`,
    withData ? '' : ' WITH NO DATA',
  ].join('')
}

function formatProperties(properties: readonly Property[]): string {
  const listed = properties.map(({ name, value }) => `${formatIdentifier(name)} = ${formatExpression(value)}`)
  return listed.length > 0 ? ` WITH (${listed.join(', ')})` : ''
}

function formatWhere(where: Of<'delete'>['where']): string {
  return where ? ` WHERE ${formatExpression(where)}` : ''
}

function formatAssignments(assignments: Of<'update'>['assignments']): string {
  return assignments.map(({ column, value }) => `${formatIdentifier(column)} = ${formatExpression(value)}`).join(', ')
}

function formatMerge({ table, alias, source, on, cases }: Of<'merge'>): string {
  const target = formatName(table) + (alias ? ` AS ${formatIdentifier(alias)}` : '')
  const head = `MERGE INTO ${target} USING ${formatTable(source)} ON ${formatExpression(on)}`
  return [head, ...cases.map(formatMergeCase)].join(' ')
}

function formatMergeCase({ matched, condition, action }: MergeCase): string {
  const when = `WHEN ${matched ? '' : 'NOT '}MATCHED${condition ? ` AND ${formatExpression(condition)}` : ''} THEN`
  if (action.kind === 'delete') return `${when} DELETE`
  if (action.kind === 'update') return `${when} UPDATE SET ${formatAssignments(action.assignments)}`
  const columns = action.columns ? ` ${formatNames(action.columns)}` : ''
  return `${when} INSERT${columns} VALUES (${action.values.map((e) => formatExpression(e)).join(', ')})`
}
