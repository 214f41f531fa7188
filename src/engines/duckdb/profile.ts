/**
 * What each operator of a plan did, from DuckDB's own profile. Its names, conditions and file names are the engine's
 * business: of them only what kind of work it was comes out.
 */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { OperatorProfile } from '../../core/queries/engine-plan.ts'
import type { Relation } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'
import { stopsEarly } from './early-stop.ts'
import type { PlanMessage } from './messages.ts'

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

export interface EngineProfile {
  readonly operator_name?: string
  readonly operator_timing?: number
  readonly operator_cardinality?: number
  readonly extra_info?: unknown
  readonly children?: readonly EngineProfile[]
}

/** A scan among its operators. */
export interface ScanProfile {
  readonly operator: EngineProfile
  readonly relation: Relation
  /** That it has yielded. */
  readonly rows: number
  /** What it has yielded is not all that it has read. */
  readonly filters: boolean
}

/** `rows`: what the scans have yielded, which costs next to nothing; `all`: also how long each operator took. */
export type ProfileDetail = 'rows' | 'all'

const METRICS: Readonly<Record<ProfileDetail, string>> = {
  all: "SET profiling_mode = 'standard'",
  rows: `PRAGMA custom_profiling_settings = '{"OPERATOR_TYPE": "true", "OPERATOR_CARDINALITY": "true", "EXTRA_INFO": "true"}'`,
}

/** More footers than this are not worth reading to count rows. */
export const MOST_FOOTERS = 64

/** Whether the rows that the relations are read for can not be told from footers and the file log alone. */
export function needsProfile({ query, sink }: PlanMessage, relations: readonly Relation[]): boolean {
  const read = relations.filter(({ files }) => files.length > 0)
  if (read.length === 0) return false
  const formats = read.flatMap(({ format, layouts = [] }) => [format, ...layouts.map((layout) => layout.format)])
  if (formats.some(({ kind }) => kind !== 'parquet')) return true
  // Of the last row group that it looks at, a plan that stops early reads but a part.
  return (
    stopsEarly(query.root, sink) ||
    new Set(read.flatMap(({ files }) => files.map((file) => file.localPath))).size > MOST_FOOTERS
  )
}

const pathIn = (directory: string): string => join(directory, 'profile.json')

/** Every later statement of the connection writes its profile below `directory`. Before the settings are locked. */
export async function startProfile(
  connection: DuckDBConnection,
  directory: string,
  detail: ProfileDetail,
): Promise<void> {
  const output = `SET profiling_output = ${quote(pathIn(directory))}`
  await connection.run(`PRAGMA enable_profiling = 'json'; ${output}; ${METRICS[detail]}`)
}

/**
 * Of the statement that has just ended: its outermost operators. Undefined where no profile is made, and of one whose rows
 * were not read to the end.
 */
export async function readProfile(directory: string): Promise<readonly EngineProfile[] | undefined> {
  const path = pathIn(directory)
  if (!existsSync(path)) return undefined
  const profile = JSON.parse(await readFile(path, 'utf8')) as EngineProfile
  await rm(path, { force: true })
  return profile.children ?? []
}

export function scansOf(profiles: readonly EngineProfile[], relations: readonly Relation[]): ScanProfile[] {
  return profiles.flatMap((operator) => {
    const relation = nameOf(operator) === 'TableScan' ? scanned(operator, relations) : undefined
    const below = scansOf(operator.children ?? [], relations)
    if (!relation) return below
    return [{ operator, relation, rows: operator.operator_cardinality ?? 0, filters: filters(operator) }, ...below]
  })
}

/** Of a profile of all. `inputRows`: how many rows each scan has read, where that can be told. */
export function operatorsOf(
  profiles: readonly EngineProfile[],
  relations: readonly Relation[],
  inputRows: ReadonlyMap<EngineProfile, number>,
): OperatorProfile[] {
  return profiles.map((profile) => {
    const { operator_timing: seconds = 0, operator_cardinality: rows = 0, children = [] } = profile
    const name = nameOf(profile)
    const relation = name === 'TableScan' ? scanned(profile, relations) : undefined
    const read = inputRows.get(profile)
    return {
      name,
      ...(relation && { relation: relation.id }),
      rows,
      ...(read !== undefined && { inputRows: read }),
      cpuMs: seconds * 1000,
      children: operatorsOf(children, relations, inputRows),
    }
  })
}

const nameOf = ({ operator_name: own = '' }: EngineProfile): string =>
  NAMES.find(([pattern]) => pattern.test(own))?.[1] ?? words(own)

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
