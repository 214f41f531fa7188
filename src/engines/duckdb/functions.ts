/** What an instance can compute beyond DuckDB: the JavaScript functions that the printed SQL calls. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { groupsFunction } from './line-groups.ts'

export function registerFunctions(connection: DuckDBConnection): void {
  connection.registerScalarFunction(groupsFunction())
}
