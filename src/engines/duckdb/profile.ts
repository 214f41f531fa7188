/**
 * What each operator of a plan did, from DuckDB's own profile. Its names, conditions and file names are the engine's
 * business: of them only what kind of work it was comes out.
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { OperatorProfile } from '../../core/queries/engine-plan.ts'
import type { Relation } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'

/** What DuckDB calls an operator to what Trino calls such work; others are named by their words. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/(SCAN|READ_)/, 'TableScan'],
  [/PROJECTION/, 'Project'],
  [/FILTER/, 'Filter'],
  [/DELIM_JOIN/, 'CorrelatedJoin'],
  [/CROSS_PRODUCT/, 'CrossJoin'],
  [/JOIN/, 'Join'],
  [/GROUP_BY|AGGREGATE/, 'Aggregate'],
  [/TOP_N/, 'TopN'],
  [/ORDER_BY/, 'Sort'],
  [/LIMIT/, 'Limit'],
  [/WINDOW/, 'Window'],
  [/UNION|EXCEPT|INTERSECT/, 'SetOperation'],
  [/UNNEST/, 'Unnest'],
  [/SAMPLE/, 'Sample'],
  [/RECURSIVE_CTE/, 'RecursiveUnion'],
  [/CTE/, 'NamedQuery'],
  [/COPY|INSERT|RESULT/, 'Output'],
]

interface EngineProfile {
  readonly operator_name?: string
  readonly operator_timing?: number
  readonly operator_cardinality?: number
  readonly extra_info?: unknown
  readonly children?: readonly EngineProfile[]
}

const pathIn = (directory: string): string => join(directory, 'profile.json')

/** The next statement of the connection writes its profile below `directory`. Before the settings are locked. */
export async function startProfile(connection: DuckDBConnection, directory: string): Promise<void> {
  await connection.run(
    `PRAGMA enable_profiling = 'json'; SET profiling_output = ${quote(pathIn(directory))}; SET profiling_mode = 'standard'`,
  )
}

/** Of the statement that has just ended. */
export async function readProfile(directory: string, relations: readonly Relation[]): Promise<OperatorProfile[]> {
  const profile = JSON.parse(await readFile(pathIn(directory), 'utf8')) as EngineProfile
  await rm(pathIn(directory), { force: true })
  // How many rows there are that the caller may not see is not for telling.
  const open = relations.every((relation) => relation.rowFilter === undefined)
  return (profile.children ?? []).map((child) => operator(child, relations, open))
}

function operator(profile: EngineProfile, relations: readonly Relation[], open: boolean): OperatorProfile {
  const { operator_name: own = '', operator_timing: seconds = 0, children = [] } = profile
  const name = NAMES.find(([pattern]) => pattern.test(own))?.[1] ?? words(own)
  const relation = name === 'TableScan' ? scanned(profile, relations) : undefined
  const told = open || name !== 'TableScan'
  const { operator_cardinality: rows = 0 } = profile
  return {
    name,
    ...(relation && { relation: relation.id }),
    ...(told && { rows }),
    // The engine's own count of rows scanned is an estimate, once for each thread: it is of no use. What a scan yields
    // is what it has read, unless it filters.
    ...(open && relation && !filters(profile) && { inputRows: rows }),
    cpuMs: seconds * 1000,
    children: children.map((child) => operator(child, relations, open)),
  }
}

const words = (name: string): string =>
  name
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const filters = ({ extra_info: info }: EngineProfile): boolean =>
  /"(?:Dynamic )?Filters":/.test(JSON.stringify(info ?? ''))

/** The relation one of whose files the engine names. */
function scanned({ extra_info: info }: EngineProfile, relations: readonly Relation[]): Relation | undefined {
  const text = JSON.stringify(info ?? '')
  return relations.find(({ files }) => files.some((file) => text.includes(file.localPath)))
}
