/** Tables of sources in a plan: what is asked of each, and the files that its rows become for the time of the query. */
import type { BoundQuery } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import { failureText, type SourceDefinition, SourceError, type SourceScan } from '../federation/connector.ts'
import type { SourceCatalog } from '../federation/source-catalogs.ts'
import { wantedOf } from '../federation/source-scans.ts'
import { type SourceFiles, storedName } from '../federation/sources.ts'
import type { QueryContext } from './context.ts'
import { type EngineLimits, timeExceeded } from './engine-plan.ts'
import { type DataFile, isFiltered } from './relation.ts'
import type { NamedRelation, ScanPlan } from './scan-planning.ts'
import { askingSource } from './source-tables.ts'
import type { SourceRelation } from './table-resolver.ts'

export interface SourcePlan {
  readonly relation: NamedRelation
  readonly catalog: SourceCatalog
  readonly source: SourceDefinition
  readonly scan: SourceScan
}

export function sourcePlan(
  { id, catalog, table, columns, sight }: SourceRelation,
  query: BoundQuery,
  { queryId }: QueryContext,
): SourcePlan {
  const { columns: _, ...values } = sight ?? {}
  const wanted = wantedOf(id, table, columns, query, sight)
  const places = new Map(wanted.columns.map(({ name }, place) => [name, place]))
  const name = `${table.schema}.${table.name}`.toLowerCase()
  return {
    relation: {
      id,
      name,
      catalog: catalog.name.toLowerCase(),
      // Those that are not wanted have no name in the files, and are not looked for.
      columns: columns.map((column) => {
        const place = places.get(column.field)
        return place === undefined ? column : { ...column, field: storedName(place) }
      }),
      format: { kind: 'parquet' },
      files: [],
      ...values,
    },
    catalog,
    source: catalog.definition(),
    scan: { table, ...wanted, queryId },
  }
}

export interface ReadScans {
  readonly relations: readonly NamedRelation[]
  /** With the time that reading has taken. */
  readonly limits: EngineLimits
  /** The query has been run. */
  discard(): Promise<void>
}

/** All sources at a time, within the time that the query has. What they send is told as scanned. */
export async function readSources({ relations, sources }: ScanPlan, context: QueryContext): Promise<ReadScans> {
  const { limits } = context
  if (sources.length === 0) return { relations, limits, discard: async () => undefined }
  const started = context.rooms.clock.now().getTime()
  const over = new AbortController()
  const late = timeExceeded(context.limits.timeoutMs)
  const read: SourceFiles[] = []
  const discard = async (): Promise<void> => void (await Promise.all(read.map((files) => files.discard())))
  const deadline = context.rooms.clock.sleep(context.limits.timeoutMs, over.signal)
  deadline.then(
    () => over.abort(late),
    () => undefined,
  )
  try {
    const files = await readAll(sources, context, over, read)
    const spentMs = context.rooms.clock.now().getTime() - started
    return {
      relations: relations.map((relation) => withFiles(relation, files.get(relation.id), context)),
      limits: { ...limits, spentMs },
      discard,
    }
  } catch (error) {
    await discard()
    throw context.signal.aborted ? context.signal.reason : error
  } finally {
    over.abort()
  }
}

/** One that fails stops the others; when this is over, none is under way. */
async function readAll(
  sources: readonly SourcePlan[],
  { rooms, signal, onProgress }: QueryContext,
  over: AbortController,
  read: SourceFiles[],
): Promise<ReadonlyMap<string, SourceFiles>> {
  const either = AbortSignal.any([signal, over.signal])
  const files = new Map<string, SourceFiles>()
  let scannedBytes = 0
  const onReceived = (bytes: number): void => {
    scannedBytes += bytes
    onProgress?.({ scannedBytes })
  }
  const work = async ({ relation, catalog, source, scan }: SourcePlan): Promise<void> => {
    try {
      const ask = () => rooms.sources.read(source, scan, either, onReceived)
      const found = await (isFiltered(relation) ? askingUnseen(catalog, ask) : askingSource(catalog, ask))
      read.push(found)
      files.set(relation.id, found)
    } catch (error) {
      over.abort(error)
    }
  }
  await Promise.all(sources.map(work))
  over.signal.throwIfAborted()
  return files
}

/** What a source says of rows that it stumbles over may be about those that are filtered out. */
async function askingUnseen<T>(catalog: SourceCatalog, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new SqlError('GENERIC_USER_ERROR', failureText(catalog.name, new SourceError('the table can not be read')))
  }
}

function withFiles(relation: NamedRelation, found: SourceFiles | undefined, { now }: QueryContext): NamedRelation {
  if (!found) return relation
  const files = found.files.map(
    ({ localPath, sizeBytes }): DataFile => ({
      localPath,
      sizeBytes,
      uri: `${relation.catalog}:${relation.name}`,
      modifiedAt: now,
      partition: [],
      partitionName: '',
    }),
  )
  return { ...relation, files, receivedBytes: found.receivedBytes }
}
