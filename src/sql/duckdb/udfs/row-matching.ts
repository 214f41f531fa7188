/** The search for row patterns, as a function of the lists that a partition's rows have become. */
import { matchRows } from '../../matching/matching.ts'
import type { Udf } from './udf.ts'

export const rowMatchingUdfs: readonly Udf[] = [
  {
    name: 'js_match_rows',
    parameterTypes: ['VARCHAR'],
    variadic: true,
    returnType: 'INTEGER[][]',
    takesNulls: false,
    apply: matchRows,
  },
]
