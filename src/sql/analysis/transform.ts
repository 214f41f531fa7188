/** Walking and rebuilding plans: one place that knows every child of every node. */
import type { Bound, Rel, Scalar, SortKey, WindowFunction } from '../plan.ts'

export interface Mapping {
  readonly scalar: (scalar: Scalar) => Scalar
  readonly rel: (rel: Rel) => Rel
}

/** The node with its direct children mapped. */
export function mapScalarChildren(scalar: Scalar, map: Mapping): Scalar {
  const { scalar: f, rel } = map
  switch (scalar.kind) {
    case 'constant':
    case 'column':
      return scalar
    case 'call':
      return { ...scalar, args: scalar.args.map(f) }
    case 'cast':
    case 'not':
    case 'is-null':
    case 'try':
    case 'field':
      return { ...scalar, of: f(scalar.of) }
    case 'and':
    case 'or':
      return { ...scalar, terms: scalar.terms.map(f) }
    case 'case': {
      // biome-ignore lint/suspicious/noThenProperty: a branch of CASE
      const whens = scalar.whens.map(({ when, then }) => ({ when: f(when), then: f(then) }))
      return scalar.otherwise ? { ...scalar, whens, otherwise: f(scalar.otherwise) } : { ...scalar, whens }
    }
    case 'coalesce':
    case 'row':
    case 'array':
      return { ...scalar, items: scalar.items.map(f) }
    case 'nullif':
      return { ...scalar, left: f(scalar.left), right: f(scalar.right) }
    case 'in':
      return { ...scalar, of: f(scalar.of), items: scalar.items.map(f) }
    case 'lambda':
      return { ...scalar, body: f(scalar.body) }
    case 'scalar-query':
    case 'exists':
      return { ...scalar, query: rel(scalar.query) }
    case 'in-query':
    case 'quantified':
      return { ...scalar, of: f(scalar.of), query: rel(scalar.query) }
  }
}

/** The node with its direct children, relations and expressions, mapped. */
export function mapRelChildren(node: Rel, map: Mapping): Rel {
  const { scalar: f, rel } = map
  switch (node.kind) {
    case 'scan':
    case 'single-row':
    case 'cte-ref':
      return node
    case 'values':
      return { ...node, rows: node.rows.map((row) => row.map(f)) }
    case 'filter':
      return { ...node, input: rel(node.input), predicate: f(node.predicate) }
    case 'project':
      return { ...node, input: rel(node.input), items: node.items.map((item) => ({ ...item, of: f(item.of) })) }
    case 'join': {
      const sides = { left: rel(node.left), right: rel(node.right) }
      return node.on ? { ...node, ...sides, on: f(node.on) } : { ...node, ...sides }
    }
    case 'unnest':
      return { ...node, input: rel(node.input), items: node.items.map((item) => ({ ...item, of: f(item.of) })) }
    case 'aggregate':
      return {
        ...node,
        input: rel(node.input),
        keys: node.keys.map((key) => ({ ...key, of: f(key.of) })),
        aggregates: node.aggregates.map((one) => ({
          ...one,
          args: one.args.map(f),
          orderBy: mapSortKeys(one.orderBy, f),
          ...(one.filter && { filter: f(one.filter) }),
        })),
      }
    case 'window':
      return { ...node, input: rel(node.input), functions: node.functions.map((one) => mapWindow(one, f)) }
    case 'match':
      return {
        ...node,
        input: rel(node.input),
        partitionBy: node.partitionBy.map(f),
        orderBy: mapSortKeys(node.orderBy, f),
        ...(node.frame && { frame: { ...node.frame, end: mapBound(node.frame.end, f) } }),
        conditions: node.conditions.map((condition) => condition && f(condition)),
        aggregates: node.aggregates.map((one) => ({ ...one, args: one.args.map(f) })),
        measures: node.measures.map((measure) => ({ ...measure, of: f(measure.of) })),
      }
    case 'sort':
      return { ...node, input: rel(node.input), keys: mapSortKeys(node.keys, f) }
    case 'limit': {
      const input = rel(node.input)
      return node.withTies ? { ...node, input, withTies: mapSortKeys(node.withTies, f) } : { ...node, input }
    }
    case 'distinct':
    case 'sample':
      return { ...node, input: rel(node.input) }
    case 'set-operation':
      return { ...node, left: rel(node.left), right: rel(node.right) }
    case 'with': {
      const queries = node.queries.map((cte) => {
        const query = rel(cte.query)
        return cte.step ? { ...cte, query, step: rel(cte.step) } : { ...cte, query }
      })
      return { ...node, queries, body: rel(node.body) }
    }
  }
}

function mapSortKeys(keys: readonly SortKey[], f: (scalar: Scalar) => Scalar): readonly SortKey[] {
  return keys.map((key) => ({ ...key, of: f(key.of) }))
}

const mapBound = (bound: Bound, f: (scalar: Scalar) => Scalar): Bound =>
  'value' in bound ? { ...bound, value: f(bound.value) } : bound

type MapPart = (scalar: Scalar, index: number) => Scalar

/** `of` are for the parts of the window, where they differ from what its arguments become. */
export function mapWindow(
  one: WindowFunction,
  f: (scalar: Scalar) => Scalar,
  of: { readonly partitionBy: MapPart; readonly orderBy: MapPart } = { partitionBy: f, orderBy: f },
): WindowFunction {
  return {
    ...one,
    args: one.args.map(f),
    orderByInside: mapSortKeys(one.orderByInside, f),
    partitionBy: one.partitionBy.map((key, i) => of.partitionBy(key, i)),
    orderBy: one.orderBy.map((key, i) => ({ ...key, of: of.orderBy(key.of, i) })),
    ...(one.frame && { frame: { ...one.frame, start: mapBound(one.frame.start, f), end: mapBound(one.frame.end, f) } }),
  }
}

type Replace = (scalar: Scalar) => Scalar | undefined

/** Replaces expressions from the top down, inside subqueries too: where `replace` answers, its answer stands. */
export function replaceScalars(scalar: Scalar, replace: Replace, inQuery: Replace = replace): Scalar {
  const inside: Mapping = {
    scalar: (s) => inQuery(s) ?? mapScalarChildren(s, inside),
    rel: (r) => mapRelChildren(r, inside),
  }
  const map: Mapping = {
    scalar: (s) => replace(s) ?? mapScalarChildren(s, map),
    rel: inside.rel,
  }
  return map.scalar(scalar)
}

/** Calls `visit` on the expression and everything inside it, subqueries included. */
export function visitScalars(scalar: Scalar, visit: (scalar: Scalar) => void): void {
  replaceScalars(scalar, (s) => {
    visit(s)
    return undefined
  })
}

/** The ids of all columns an expression names, those of its own lambdas and subqueries included. */
export function columnIds(scalar: Scalar, into: Set<number> = new Set()): Set<number> {
  visitScalars(scalar, (s) => {
    if (s.kind === 'column') into.add(s.id)
  })
  return into
}
