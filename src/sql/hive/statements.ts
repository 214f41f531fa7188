/** Athena's DDL and utility statements (ug/ddl-reference.html). */
import type { Identifier, QualifiedName } from '../ast.ts'
import type { Token } from '../lexer.ts'
import { unsupportedStatement } from '../unsupported.ts'
import { alterTable } from './alter-table.ts'
import type { HiveStatement } from './ast.ts'
import { createTable, properties } from './create-table.ts'
import type { HiveCursor } from './cursor.ts'
import { grantStatement } from './grants.ts'
import { partitionSpec } from './partition-spec.ts'

export function hiveStatement(cursor: HiveCursor): HiveStatement {
  const start = cursor.token
  if (cursor.accept('CREATE')) return atDatabase(cursor) ? createDatabase(cursor, start) : createTable(cursor, start)
  if (cursor.accept('DROP')) return atDatabase(cursor) ? dropDatabase(cursor, start) : dropTable(cursor, start)
  if (cursor.accept('ALTER')) return atDatabase(cursor) ? alterDatabase(cursor, start) : alterTable(cursor, start)
  if (cursor.token.word === 'GRANT' || cursor.token.word === 'REVOKE') return grantStatement(cursor)
  if (cursor.accept('MSCK')) return repair(cursor, start)
  if (cursor.accept('SHOW')) return show(cursor, start)
  if (cursor.accept('DESCRIBE') || cursor.accept('DESC')) return describe(cursor, start)
  return cursor.fail()
}

const atDatabase = (cursor: HiveCursor): boolean => cursor.token.word === 'DATABASE' || cursor.token.word === 'SCHEMA'

function createDatabase(cursor: HiveCursor, start: Token): HiveStatement {
  cursor.advance()
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS')
  const name: Identifier = cursor.identifier()
  const comment = cursor.accept('COMMENT') ? cursor.string() : undefined
  const location = cursor.accept('LOCATION') ? cursor.string() : undefined
  const given = cursor.accept('WITH', 'DBPROPERTIES') ? properties(cursor) : []
  return {
    kind: 'create-database',
    name,
    ifNotExists,
    ...(comment !== undefined && { comment }),
    ...(location !== undefined && { location }),
    properties: given,
    at: cursor.since(start),
  }
}

function dropDatabase(cursor: HiveCursor, start: Token): HiveStatement {
  cursor.advance()
  const ifExists = cursor.accept('IF', 'EXISTS')
  const name = cursor.identifier()
  const cascade = cursor.accept('CASCADE')
  if (!cascade) cursor.accept('RESTRICT')
  return { kind: 'drop-database', name, ifExists, cascade, at: cursor.since(start) }
}

function alterDatabase(cursor: HiveCursor, start: Token): HiveStatement {
  cursor.advance()
  const name = cursor.identifier()
  cursor.expect('SET', 'DBPROPERTIES')
  return { kind: 'alter-database', name, properties: properties(cursor), at: cursor.since(start) }
}

function dropTable(cursor: HiveCursor, start: Token): HiveStatement {
  cursor.expect('TABLE')
  const ifExists = cursor.accept('IF', 'EXISTS')
  const name = cursor.qualifiedName()
  const purge = cursor.accept('PURGE')
  return { kind: 'drop-table', name, ifExists, purge, at: cursor.since(start) }
}

function repair(cursor: HiveCursor, start: Token): HiveStatement {
  cursor.expect('REPAIR', 'TABLE')
  const name = cursor.qualifiedName()
  const mode = cursor.accept('DROP', 'PARTITIONS') ? 'drop' : cursor.accept('SYNC', 'PARTITIONS') ? 'sync' : 'add'
  if (mode === 'add') cursor.accept('ADD', 'PARTITIONS')
  return { kind: 'msck-repair', name, mode, at: cursor.since(start) }
}

function show(cursor: HiveCursor, start: Token): HiveStatement {
  const word = cursor.advance().word
  const done = () => cursor.since(start)
  switch (word) {
    case 'DATABASES':
    case 'SCHEMAS':
      return { kind: 'show-databases', ...catalog(cursor), ...pattern(cursor), at: done() }
    case 'TABLES':
      return { kind: 'show-tables', ...database(cursor), ...pattern(cursor), at: done() }
    case 'VIEWS':
      return { kind: 'show-views', ...database(cursor), ...pattern(cursor), at: done() }
    case 'FUNCTIONS':
      return { kind: 'show-functions', ...pattern(cursor), at: done() }
    case 'COLUMNS':
      return { kind: 'show-columns', table: columnsOf(cursor), at: done() }
    case 'PARTITIONS': {
      const table = cursor.qualifiedName()
      const spec = cursor.accept('PARTITION') ? partitionSpec(cursor) : undefined
      return { kind: 'show-partitions', table, ...(spec && { spec }), at: done() }
    }
    case 'TBLPROPERTIES': {
      const table = cursor.qualifiedName()
      const property = cursor.atOperator('(') ? cursor.parenthesized(() => cursor.string()) : undefined
      return { kind: 'show-tblproperties', table, ...(property !== undefined && { property }), at: done() }
    }
    case 'CREATE':
      return showCreate(cursor, start)
  }
  cursor.index--
  return cursor.fail()
}

function showCreate(cursor: HiveCursor, start: Token): HiveStatement {
  if (cursor.accept('TABLE'))
    return { kind: 'show-create-table', table: cursor.qualifiedName(), at: cursor.since(start) }
  cursor.expect('VIEW')
  return { kind: 'show-create-view', table: cursor.viewName(), at: cursor.since(start) }
}

/** Of Trino's SHOW SCHEMAS; Athena's guide does not tell of it. */
const catalog = (cursor: HiveCursor): { catalog?: Identifier } =>
  cursor.accept('IN') || cursor.accept('FROM') ? { catalog: cursor.identifier() } : {}

function database(cursor: HiveCursor): { database?: QualifiedName } {
  if (!cursor.accept('IN') && !cursor.accept('FROM')) return {}
  const name = cursor.qualifiedName()
  if (name.parts.length > 2) cursor.fail()
  return { database: name }
}

/** Athena's regular expression, with or without LIKE before it. */
function pattern(cursor: HiveCursor): { pattern?: string } {
  if (cursor.accept('LIKE') || cursor.token.kind === 'string') return { pattern: cursor.string() }
  return {}
}

/** `FROM db.t`, or `FROM t FROM db`. */
function columnsOf(cursor: HiveCursor): QualifiedName {
  if (!cursor.accept('FROM')) cursor.expect('IN')
  const start = cursor.token
  const table = cursor.qualifiedName()
  if (!cursor.accept('FROM') && !cursor.accept('IN')) return table
  if (table.parts.length > 1) cursor.fail()
  const parts = [cursor.identifier(), ...table.parts]
  return { parts, at: cursor.since(start) }
}

function describe(cursor: HiveCursor, start: Token): HiveStatement {
  const extended = cursor.accept('EXTENDED')
  const formatted = !extended && cursor.accept('FORMATTED')
  // DESCRIBE INPUT and OUTPUT are Trino's, and not supported (ug/other-notable-limitations.html).
  const ofPrepared = /^(INPUT|OUTPUT)$/.test(cursor.token.word) && cursor.atName(cursor.peek())
  if (ofPrepared && !extended && !formatted) throw unsupportedStatement()
  const table = cursor.qualifiedName()
  const spec = cursor.accept('PARTITION') ? partitionSpec(cursor) : undefined
  const column = cursor.atName() ? cursor.identifier() : undefined
  const path = column ? columnPath(cursor) : []
  return {
    kind: 'describe',
    table,
    extended,
    formatted,
    ...(spec && { spec }),
    ...(column && { column }),
    ...(path.length > 0 && { path }),
    at: cursor.since(start),
  }
}

/** `.field`, `.'$elem$'`, `.'$key$'`, `.'$value$'`, as deep as the type goes (ug/describe-table.html). */
function columnPath(cursor: HiveCursor): string[] {
  const path: string[] = []
  while (cursor.acceptOperator('.'))
    path.push(cursor.token.kind === 'string' ? cursor.string() : cursor.identifier().name)
  return path
}
