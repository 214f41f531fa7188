/** The queries that are mutated: of AWS's logs, of TPC-H, of every function and clause. */
import { QUERIES } from '../../src/sql/samples.ts'
import { LOGS } from '../scenarios/public-queries/logs.ts'
import { queriesOf } from '../trino/corpus.ts'
import { TPCH_QUERIES } from '../trino/tpch-queries.ts'

const LOG_QUERIES = LOGS.flatMap((log) => log.queries.map(({ sql }) => sql))
/** The longer ones come several times, for the many of one function to leave them room. */
const LARGE = [...LOG_QUERIES, ...TPCH_QUERIES, ...QUERIES]

export const corpus: readonly string[] = [
  ...LARGE,
  ...LARGE,
  ...LARGE,
  ...queriesOf('written by hand'),
  ...queriesOf('functions by signature').filter((_, i) => i % 3 === 0),
]
