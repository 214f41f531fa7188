/** SQL's JSON path language as a tree (trino.io/docs/422/functions/json.html, "JSON path language"). */

export interface JsonPath {
  /** In strict mode what does not fit the path is an error; in lax mode arrays are unwrapped, and it yields nothing. */
  readonly strict: boolean
  readonly root: PathExpr
}

export type PathExpr =
  | { readonly kind: 'root' | 'current' | 'last' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number' | 'boolean' | 'null'; readonly text: string }
  | { readonly kind: 'negate'; readonly of: PathExpr }
  | { readonly kind: 'arithmetic'; readonly op: ArithmeticOperator; readonly left: PathExpr; readonly right: PathExpr }
  /** Without a name all members. */
  | { readonly kind: 'member'; readonly of: PathExpr; readonly name?: string }
  | { readonly kind: 'descendant'; readonly of: PathExpr; readonly name: string }
  /** Without ranges all elements. */
  | { readonly kind: 'elements'; readonly of: PathExpr; readonly ranges?: readonly PathRange[] }
  | { readonly kind: 'filter'; readonly of: PathExpr; readonly test: PathPredicate }
  | { readonly kind: 'method'; readonly of: PathExpr; readonly name: PathMethod }

export interface PathRange {
  readonly from: PathExpr
  readonly to?: PathExpr
}
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export const PATH_METHODS = ['type', 'size', 'double', 'ceiling', 'floor', 'abs', 'keyvalue'] as const
export type PathMethod = (typeof PATH_METHODS)[number]
export type ComparisonOperator = '==' | '<>' | '!=' | '<' | '<=' | '>' | '>='

export type PathPredicate =
  | { readonly kind: 'and' | 'or'; readonly left: PathPredicate; readonly right: PathPredicate }
  | { readonly kind: 'not' | 'unknown'; readonly of: PathPredicate }
  | { readonly kind: 'exists'; readonly of: PathExpr }
  | { readonly kind: 'compare'; readonly op: ComparisonOperator; readonly left: PathExpr; readonly right: PathExpr }
  | { readonly kind: 'starts with'; readonly of: PathExpr; readonly prefix: PathExpr }

/** The names of the variables that a tree uses, in order. */
export function variablesOf(tree: unknown): readonly string[] {
  if (typeof tree !== 'object' || tree === null) return []
  const { kind, name } = tree as { readonly kind?: string; readonly name?: string }
  if (kind === 'variable') return [name!]
  return Object.values(tree).flatMap(variablesOf)
}
