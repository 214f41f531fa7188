/** A call of an API of AWS's that something stands for which came by another door: a metastore's method, a statement. */
export interface ModelCall {
  /** The name of the model: `glue`. */
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  /** What was asked beyond what that API knows. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** Where it has failed, for itself or beside others. */
  readonly error?: unknown
}
