/**
 * One case: an expression, its Trino type, and its value as Athena's text; or the error it ends in. The expected values
 * are those of Trino's documentation and of its published behaviour.
 */
export type Case =
  | readonly [expression: string, type: string, value: string | null]
  | readonly [expression: string, failure: { readonly code: string; readonly text?: string }]
/** A whole query and its rows, in order. */
export type QueryCase = readonly [sql: string, types: readonly string[], rows: readonly (readonly (string | null)[])[]]
/** A whole query and the name, position and text of its error: `SYNTAX_ERROR: line 1:8: ..`. */
export type FailureCase = readonly [sql: string, failure: string]

export const fails = (code: string, text?: string) => (text === undefined ? { code } : { code, text })
