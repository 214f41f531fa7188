/**
 * AND and OR from left to right: what the left side has decided, the right side may not fail. DuckDB computes both sides
 * of a value, and puts the terms of a filter in an order of its own unless it knows that one of them can fail; of our
 * JavaScript functions it does not know it.
 */
const FAILS = /'![A-Z_]+!|\bjs_\w+\(/
const CALLS = /\bjs_\w+\(/
/** A term that holds a query must stay where the optimiser can make a join of it. */
const QUERY = /\bSELECT\b/
/** Each term but the last is printed twice. */
const LONGEST = 4_000

/** A boolean value of two terms or more. */
export function connected(operator: 'AND' | 'OR', terms: readonly string[]): string {
  const [first, ...others] = terms
  if (others.length === 0) return first!
  const plain = `(${terms.join(` ${operator} `)})`
  if (plain.length > LONGEST || QUERY.test(plain) || !others.some((term) => FAILS.test(term))) return plain
  const decided = operator === 'AND' ? `(${first}) IS FALSE THEN false` : `(${first}) THEN true`
  return `CASE WHEN ${decided} ELSE ((${first}) ${operator} ${connected(operator, others)}) END`
}

const LOWER_BOUND = /^\((\((c\d+) >=? CAST\('[^']+' AS \w+\)\)) AND NOT isnan\((c\d+)\)\)$/
const UPPER_BOUND = /^\((c\d+) <=? CAST\('-?[\d.]+(?:[eE][-+]?\d+)?' AS \w+\)\)$/

/** NaN is above every number in DuckDB: where a filter has an upper bound too, the lower one need not keep it out. */
function withoutGuards(terms: readonly string[]): string[] {
  const bounded = new Set(terms.map((term) => UPPER_BOUND.exec(term)?.[1]))
  return terms.map((term) => {
    const [, bound, column, guarded] = LOWER_BOUND.exec(term) ?? []
    return bound !== undefined && column === guarded && bounded.has(column) ? bound : term
  })
}

/** The terms of a filter; one that may fail is computed for the rows that the ones before it let through. */
export function filterTerms(conditions: readonly string[]): string[] {
  let guard = ''
  const terms = withoutGuards(conditions).map((term) => {
    const isQuery = QUERY.test(term)
    const guarded = guard !== '' && guard.length <= LONGEST && !isQuery && CALLS.test(term)
    const result = guarded ? `CASE WHEN ${guard} THEN ${term} ELSE false END` : term
    // Beyond that length it is of no use, and not made any longer.
    if (!isQuery && guard.length <= LONGEST) guard = guard === '' ? term : `${guard} AND ${term}`
    return result
  })
  return terms.length > MOST_TERMS ? bundled(terms) : terms
}

/** DuckDB compares every term of a filter with every other: beyond this many that is most of the query. */
const MOST_TERMS = 200
const BUNDLE = 100

/** The first terms as they are, for what they tell of the tables' statistics; the others as few that hold many. */
function bundled(terms: readonly string[]): string[] {
  const kept = terms.filter((term, i) => i < BUNDLE || QUERY.test(term))
  const others = terms.filter((term, i) => i >= BUNDLE && !QUERY.test(term))
  const bundles = Array.from({ length: Math.ceil(others.length / BUNDLE) }, (_, i) => {
    const together = others.slice(i * BUNDLE, (i + 1) * BUNDLE).join(' AND ')
    return `CASE WHEN ${together} THEN true ELSE false END`
  })
  return [...kept, ...bundles]
}
