/** A scalar function in JavaScript, for what DuckDB can not say. Pure; errors are FunctionFailure. */
export type UdfScalarType = 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'FLOAT' | 'VARCHAR' | 'BLOB'
export type UdfType = UdfScalarType | `${UdfScalarType}[]`
/** BIGINT is bigint, INTEGER, DOUBLE and FLOAT number, VARCHAR string, BLOB bytes; a list is an array, NULLs included. */
export type UdfScalar = boolean | number | bigint | string | Uint8Array
export type UdfValue = UdfScalar | readonly (UdfScalar | null)[]

export interface Udf {
  readonly name: string
  readonly parameterTypes: readonly UdfType[]
  readonly returnType: UdfType
  /** Called with NULL arguments too when true; otherwise a NULL argument makes the result NULL without a call. */
  readonly takesNulls: boolean
  // biome-ignore lint/suspicious/noExplicitAny: the engine passes what `parameterTypes` says
  readonly apply: (...args: any[]) => UdfValue | null
}

export function udf(name: string, parameterTypes: readonly UdfType[], returnType: UdfType, apply: Udf['apply']): Udf {
  return { name, parameterTypes, returnType, takesNulls: false, apply }
}
