/** The entry: a bound query as DuckDB's SQL. */
import { type BoundQuery, type Column, columnsOf, type Rel, type Scalar } from '../plan.ts'
import { printRelation, type RelationPrinter, relationText } from './relations.ts'
import { athenaText } from './result-text.ts'
import { printScalar } from './scalars.ts'
import { columnName, fromText, selectText } from './selects.ts'
import { UTC, type Zone } from './zones.ts'

/** A scan as an operand of FROM (a parenthesized SELECT or a SELECT) that yields columns named `c<id>`. */
export type ScanText = (scan: Rel & { readonly kind: 'scan' }) => string

/** SELECT of the columns of the root, in order, named `c<id>`. Instants come as TIMESTAMPTZ; their zone is lost. */
export function printQuery(query: BoundQuery, scanText: ScanText): string {
  return relationText(query.root, printer(scanText))
}

/** SELECT of what the client sees: output column i as the text of Athena's result files, named `o<i>`. */
export function printTexts(query: BoundQuery, scanText: ScanText): string {
  return printOutput(query, scanText, (column, zone) => athenaText(column.type, columnName(column), zone))
}

/** SELECT of what the client sees, as values of `duckdbType`, named `o<i>`. */
export function printValues(query: BoundQuery, scanText: ScanText): string {
  return printOutput(query, scanText, columnName)
}

/** An expression over columns named `c<id>`. */
export function printExpression(scalar: Scalar, scanText?: ScanText): string {
  return printScalar(scalar, printer(scanText ?? refuseScan))
}

const FEW_ROWS = 10_000

function printOutput(query: BoundQuery, scanText: ScanText, show: (column: Column, zone: Zone) => string): string {
  const printing = printer(scanText)
  const root = printRelation(query.root, printing)
  const columns = columnsOf(query.root)
  const items = query.output.map(({ column }, i) => `${show(column, printing.zones.get(column.id) ?? UTC)} AS o${i}`)
  // Order and limit move to the outermost level, where DuckDB promises to keep them.
  const { orderBy, limit, ...inner } = root
  // It would show all rows before it takes the first few; those few are soon ordered once more.
  const few = orderBy !== undefined && query.root.kind === 'limit' && (query.root.count ?? Infinity) <= FEW_ROWS
  const from = fromText(few ? root : inner, columns, printing)
  return selectText(
    { from, where: [], items, ...(orderBy ? { orderBy } : {}), ...(limit && !few ? { limit } : {}) },
    columns,
    printing,
  )
}

function printer(scanText: ScanText): RelationPrinter {
  let names = 0
  const printing: RelationPrinter = {
    fresh: (prefix) => `${prefix}${++names}`,
    zones: new Map(),
    bound: new Map(),
    ctes: new Map(),
    hoisted: undefined,
    scanText,
    query: (rel) => {
      // What a subquery contains is its own affair.
      const outer = printing.hoisted
      printing.hoisted = undefined
      const text = relationText(rel, printing)
      printing.hoisted = outer
      return text
    },
  }
  return printing
}

function refuseScan(): string {
  throw new TypeError('an expression reads no table')
}
