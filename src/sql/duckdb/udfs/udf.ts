/** A scalar function in JavaScript, for what DuckDB can not say. Pure; errors are FunctionFailure. */
export type UdfScalarType = 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'FLOAT' | 'VARCHAR' | 'BLOB'
export type UdfType = UdfScalarType | `${UdfScalarType}[]` | `${UdfScalarType}[][]`
/** BIGINT is bigint, INTEGER, DOUBLE and FLOAT number, VARCHAR string, BLOB bytes; lists and rows are arrays, NULLs included. */
export type UdfValue = boolean | number | bigint | string | Uint8Array | readonly (UdfValue | null)[]

export interface Udf {
  readonly name: string
  readonly parameterTypes: readonly UdfType[]
  /** Whether any number of arguments of any type follows: numbers without their point, moments as microseconds. */
  readonly variadic?: true
  readonly returnType: UdfType
  /** Called with NULL arguments too when true; otherwise a NULL argument makes the result NULL without a call. */
  readonly takesNulls: boolean
  // biome-ignore lint/suspicious/noExplicitAny: the engine passes what `parameterTypes` says
  readonly apply: (...args: any[]) => UdfValue | null
}

export function udf(name: string, parameterTypes: readonly UdfType[], returnType: UdfType, apply: Udf['apply']): Udf {
  return { name, parameterTypes, returnType, takesNulls: false, apply }
}
