/** A place in the tokens of one Hive statement. Names may be backquoted, double quotes are strings, keywords are names. */
import type { Identifier, QualifiedName } from '../ast.ts'
import { hiveStringValue, type Token } from '../lexer.ts'
import { TokenCursor } from '../token-cursor.ts'

/** Where Hive's grammar could not go on; the message is made by whoever knows the whole statement. */
export class HiveStop extends Error {
  override readonly name = 'HiveStop'
  readonly token: Token
  constructor(token: Token) {
    super(`unexpected ${token.text}`)
    this.token = token
  }
}

/**
 * Words that can not name a column or table in DDL without backquotes
 * (docs.aws.amazon.com/athena/latest/ug/reserved-words.html). TIME, TIMESTAMP and START are in that list, but AWS's own
 * tables have columns of those names without quotes (ug/create-alb-access-logs-table.html,
 * ug/elasticloadbalancer-classic-logs.html, ug/vpc-flow-logs-create-table-statement.html).
 */
const RESERVED = new Set(
  `ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CASHE CAST CHAR COLUMN CONF CONSTRAINT
   COMMIT CREATE CROSS CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR DATABASE DATE DAYOFWEEK DECIMAL DELETE DESCRIBE
   DISTINCT DIV DOUBLE DROP ELSE END EXCHANGE EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR FOLLOWING FOR
   FOREIGN FROM FULL FUNCTION GRANT GROUP GROUPING HAVING IF IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS
   JOIN LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON ONLY OR ORDER OUT OUTER OVER PARTIALSCAN
   PARTITION PERCENT PRECEDING PRECISION PRESERVE PRIMARY PROCEDURE RANGE READS REDUCE REGEXP REFERENCES REVOKE RIGHT RLIKE
   ROLLBACK ROLLUP ROW ROWS SELECT SET SMALLINT TABLE TABLESAMPLE THEN TO TRANSFORM TRIGGER TRUE
   TRUNCATE UNBOUNDED UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP VALUES VARCHAR VIEWS WHEN WHERE WINDOW WITH`.split(
    /\s+/,
  ),
)

export const needsBackquotes = (name: string): boolean =>
  !/^[a-z][a-z0-9_]*$/i.test(name) || RESERVED.has(name.toUpperCase())

export const backquoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

export class HiveCursor extends TokenCursor {
  fail(): never {
    throw new HiveStop(this.token)
  }

  /** Do these keywords follow? Takes them if so. */
  accept(...words: string[]): boolean {
    if (!words.every((word, i) => this.peek(i).word === word)) return false
    this.index += words.length
    return true
  }

  atName(token = this.token): boolean {
    if (token.kind === 'backquoted') return token.value !== ''
    if (token.kind === 'digit-word') return true
    // Athena: names that begin with an underscore need backquotes (ug/tables-databases-columns-names.html).
    return token.kind === 'word' && !RESERVED.has(token.word) && !token.text.startsWith('_')
  }

  identifier(): Identifier {
    const { token } = this
    if (!this.atName()) this.fail()
    this.advance()
    return { name: token.value, quoted: token.kind === 'backquoted', at: this.since(token) }
  }

  /** Table, `database.table` or `catalog.database.table`. */
  qualifiedName(): QualifiedName {
    const start = this.token
    const parts = [this.identifier()]
    while (parts.length < 3 && this.acceptOperator('.')) parts.push(this.identifier())
    return { parts, at: this.since(start) }
  }

  /** Views belong to Trino, whose names may be in double quotes even where Hive's grammar surrounds them. */
  viewName(): QualifiedName {
    const start = this.token
    const part = (): Identifier => {
      const { token } = this
      if (token.kind !== 'string' || !token.text.startsWith('"') || token.value === '') return this.identifier()
      this.advance()
      return { name: token.value, quoted: true, at: this.since(token) }
    }
    const parts = [part()]
    while (parts.length < 3 && this.acceptOperator('.')) parts.push(part())
    return { parts, at: this.since(start) }
  }

  string(): string {
    if (this.token.kind !== 'string') this.fail()
    return this.advance().value
  }

  /**
   * As Hive's DDL engine hears it: of several blanks or line breaks in a row one blank is left, in literals too
   * (observed of comments and properties of a new table; a single one is kept).
   */
  collapsedString(): string {
    if (this.token.kind !== 'string') this.fail()
    return hiveStringValue(this.advance().text.replace(/[ \t\r\n]{2,}/g, ' '))
  }

  integer(): number {
    if (this.token.kind !== 'integer') this.fail()
    return Number(this.advance().text)
  }
}
