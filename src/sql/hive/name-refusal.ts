/**
 * What Athena says of the name in a DDL statement that has too many parts, or one in double quotes: its grammar takes
 * these for text. Trino could have read it, so the message is that of the DDL grammar (texts as observed).
 */
import type { Token } from '../lexer.ts'
import { SqlError } from '../position.ts'
import { invalidTableName } from '../table-name.ts'
import { positionOf } from '../trino/cursor.ts'
import { unsupportedStatement } from '../unsupported.ts'

type Kind = 'alter' | 'create' | 'describe' | 'drop' | 'show-columns' | 'show-create' | 'show-tables'

/** The words before the name; some may be missing. */
const STATEMENTS: readonly (readonly [kind: Kind, words: string, optional?: string])[] = [
  ['describe', 'DESCRIBE'],
  ['describe', 'DESC'],
  ['show-columns', 'SHOW COLUMNS FROM'],
  ['show-columns', 'SHOW COLUMNS IN'],
  ['show-create', 'SHOW CREATE TABLE'],
  ['show-tables', 'SHOW TABLES IN'],
  ['show-tables', 'SHOW TABLES FROM'],
  ['drop', 'DROP TABLE', 'IF EXISTS'],
  ['alter', 'ALTER TABLE'],
  ['create', 'CREATE TABLE', 'IF NOT EXISTS'],
]
/** What may be a name in that grammar, which reserves no words. */
const NAMES =
  "{'SELECT', 'FROM', 'ADD', 'AS', 'ALL', 'DISTINCT', 'WHERE', 'GROUP', 'BY', 'GROUPING', 'SETS', 'CUBE', 'ROLLUP', 'ORDER', 'HAVING', 'LIMIT', 'AT', 'OR', 'AND', 'IN', NOT, 'NO', 'EXISTS', 'BETWEEN', 'LIKE', RLIKE, 'IS', 'NULL', 'TRUE', 'FALSE', 'NULLS', 'ASC', 'DESC', 'FOR', 'INTERVAL', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'JOIN', 'CROSS', 'OUTER', 'INNER', 'LEFT', 'SEMI', 'RIGHT', 'FULL', 'NATURAL', 'ON', 'LATERAL', 'WINDOW', 'OVER', 'PARTITION', 'RANGE', 'ROWS', 'UNBOUNDED', 'PRECEDING', 'FOLLOWING', 'CURRENT', 'ROW', 'WITH', 'VALUES', 'CREATE', 'TABLE', 'VIEW', 'REPLACE', 'INSERT', 'DELETE', 'INTO', 'DESCRIBE', 'EXPLAIN', 'FORMAT', 'LOGICAL', 'CODEGEN', 'CAST', 'SHOW', 'TABLES', 'COLUMNS', 'COLUMN', 'USE', 'PARTITIONS', 'FUNCTIONS', 'DROP', 'UNION', 'EXCEPT', 'INTERSECT', 'TO', 'TABLESAMPLE', 'STRATIFY', 'ALTER', 'RENAME', 'ARRAY', 'MAP', 'STRUCT', 'COMMENT', 'SET', 'RESET', 'DATA', 'START', 'TRANSACTION', 'COMMIT', 'ROLLBACK', 'MACRO', 'FIRST', 'AFTER', 'IF', 'DIV', 'PERCENT', 'BUCKET', 'OUT', 'OF', 'SORT', 'CLUSTER', 'DISTRIBUTE', 'OVERWRITE', 'TRANSFORM', 'REDUCE', 'USING', 'SERDE', 'SERDEPROPERTIES', 'RECORDREADER', 'RECORDWRITER', 'DELIMITED', 'FIELDS', 'TERMINATED', 'COLLECTION', 'ITEMS', 'KEYS', 'ESCAPED', 'LINES', 'SEPARATED', 'FUNCTION', 'EXTENDED', 'REFRESH', 'CLEAR', 'CACHE', 'UNCACHE', 'LAZY', 'FORMATTED', TEMPORARY, 'OPTIONS', 'UNSET', 'TBLPROPERTIES', 'DBPROPERTIES', 'BUCKETS', 'SKEWED', 'STORED', 'DIRECTORIES', 'LOCATION', 'EXCHANGE', 'ARCHIVE', 'UNARCHIVE', 'FILEFORMAT', 'TOUCH', 'COMPACT', 'CONCATENATE', 'CHANGE', 'CASCADE', 'RESTRICT', 'CLUSTERED', 'SORTED', 'PURGE', 'INPUTFORMAT', 'OUTPUTFORMAT', DATABASE, DATABASES, 'DFS', 'TRUNCATE', 'ANALYZE', 'COMPUTE', 'LIST', 'STATISTICS', 'PARTITIONED', 'EXTERNAL', 'DEFINED', 'REVOKE', 'GRANT', 'LOCK', 'UNLOCK', 'MSCK', 'REPAIR', 'EXPORT', 'IMPORT', 'LOAD', 'ROLE', 'ROLES', 'COMPACTIONS', 'PRINCIPALS', 'TRANSACTIONS', 'INDEX', 'INDEXES', 'LOCKS', 'OPTION', 'ANTI', 'LOCAL', 'INPATH', IDENTIFIER, BACKQUOTED_IDENTIFIER}"
const AFTER_NEW_TABLE =
  "{<EOF>, '(', 'SELECT', 'FROM', 'AS', 'ROW', 'WITH', 'VALUES', 'TABLE', 'INSERT', 'MAP', 'COMMENT', 'REDUCE', 'TBLPROPERTIES', 'SKEWED', 'STORED', 'LOCATION', 'CLUSTERED', 'PARTITIONED'}"

interface NamedStatement {
  readonly kind: Kind
  readonly parts: readonly Token[]
  /** Between the parts. */
  readonly dots: readonly Token[]
}

/** Undefined when the name is not what is wrong. `noAlternative` makes a message from two tokens of the statement. */
export function nameRefusal(
  tokens: readonly Token[],
  noAlternative: (first: Token, stop: Token) => SqlError,
): SqlError | undefined {
  const named = namedStatement(tokens)
  if (!named) return undefined
  const { kind, parts, dots } = named
  const place = parts.findIndex(isText)
  const quoted = place < 3 ? parts[place] : undefined
  if (kind === 'show-tables' && parts.length > 2 && (place < 0 || place > 1)) {
    const what = place === 2 ? 'extraneous' : 'mismatched'
    return expecting(what, dots[1]!, "{<EOF>, 'LIKE', STRING}")
  }
  const asksForTable = kind === 'describe' || kind === 'show-columns' || kind === 'show-create'
  if (parts.length > 3 && asksForTable) return invalidTableName(parts.map(({ value }) => value))
  if (kind === 'show-create') return quoted && unsupportedStatement()
  const first = tokens[0]!
  if (quoted) {
    if (kind === 'alter' || kind === 'create') return noAlternative(first, quoted)
    if (kind === 'describe' && place === 0) return noAlternative(first, quoted)
    return place === 1 && kind !== 'show-tables'
      ? noAlternative(parts[0]!, quoted)
      : expecting('mismatched', quoted, NAMES)
  }
  if (parts.length <= 3) return undefined
  if (kind === 'alter') return noAlternative(first, dots[2]!)
  return expecting('mismatched', dots[2]!, kind === 'drop' ? "{<EOF>, 'PURGE'}" : AFTER_NEW_TABLE)
}

const isText = (token: Token): boolean => token.kind === 'string' && token.text.startsWith('"')
const isPart = (token: Token | undefined): token is Token =>
  token !== undefined && (/^(word|digit-word|backquoted)$/.test(token.kind) || isText(token))

function namedStatement(tokens: readonly Token[]): NamedStatement | undefined {
  const follow = (words: readonly string[], at: number) => words.every((word, i) => tokens[at + i]?.word === word)
  for (const [kind, words, optional = ''] of STATEMENTS) {
    const before = words.split(' ')
    if (!follow(before, 0)) continue
    const more = optional.split(' ')
    let at = before.length
    if (optional !== '' && follow(more, at)) at += more.length
    const parts: Token[] = []
    const dots: Token[] = []
    for (; isPart(tokens[at]); at += 2) {
      parts.push(tokens[at]!)
      if (tokens[at + 1]?.text !== '.') break
      dots.push(tokens[at + 1]!)
    }
    return parts.length > 0 ? { kind, parts, dots } : undefined
  }
  return undefined
}

const expecting = (what: 'mismatched' | 'extraneous', token: Token, list: string): SqlError =>
  new SqlError('SYNTAX_ERROR', `${what} input '${token.text}' expecting ${list}`, positionOf(token))
