import { type FunctionDefinition, window } from './definition.ts'

export const windowFunctions: readonly FunctionDefinition[] = [
  window('cume_dist', 'Cumulative distribution', ['() -> double']),
  window('dense_rank', 'Rank without gaps', ['() -> bigint']),
  window('first_value', 'First value of the frame', ['(T) -> T']),
  window('lag', 'Value some rows before', ['(T) -> T', '(T, bigint) -> T', '(T, bigint, T) -> T']),
  window('last_value', 'Last value of the frame', ['(T) -> T']),
  window('lead', 'Value some rows after', ['(T) -> T', '(T, bigint) -> T', '(T, bigint, T) -> T']),
  window('nth_value', 'Value of the n-th row of the frame', ['(T, bigint) -> T']),
  window('ntile', 'Number of the bucket, of n', ['(bigint) -> bigint']),
  window('percent_rank', 'Relative rank', ['() -> double']),
  window('rank', 'Rank with gaps', ['() -> bigint']),
  window('row_number', 'Number of the row', ['() -> bigint']),
]
