import type { Model, Operation } from './schema.ts'

export interface RestMatch {
  readonly operation: Operation
  readonly labels: Readonly<Record<string, string>>
}

/** The operation a REST request addresses. Throws AwsError where a label is not valid percent-encoding. */
export declare function matchRest(
  model: Model,
  method: string,
  rawPath: string,
  query: URLSearchParams,
  headers: Readonly<Record<string, string>>,
): RestMatch | undefined
