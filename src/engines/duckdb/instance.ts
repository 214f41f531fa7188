/**
 * One DuckDB instance per set of grants, hardened. It is made before the plan is known (`openInstance`), so that a query
 * pays only for the grants (`grant`): the list of files it may touch can not change once external access is off.
 * The settings are the second wall; the first is that no text of a user reaches the engine, the third is the process.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api'
import { quote as literal } from '../../sql/duckdb/types.ts'
import type { Grants } from './grants.ts'
import { startProfile } from './profile.ts'
import { prepareReads } from './scanned-bytes.ts'
import { textList } from './scans/text-list.ts'

export interface Instance {
  /** Runs the plan. */
  readonly main: DuckDBConnection
  /** Reads the log while `main` runs. */
  readonly watch: DuckDBConnection
  /** What the log says of each file, of `watch`: to plan it takes longer than to run it. */
  readonly reads: DuckDBPreparedStatement
  /** Its own: what it spills and the results it writes lie here. */
  readonly temporaryDirectory: string
  /** Functions and macros that plans have brought, by name, with their texts. */
  readonly defined: Map<string, string>
  /** By local path, how many bytes of it the instance has read and keeps: the ends of Parquet files. */
  readonly footers: Map<string, number>
  /** By local path, how many bytes of a file of deletes it has read, the rows of which it keeps. */
  readonly deletes: Map<string, number>
  close(): void
}

const SETTINGS = [
  'SET autoinstall_known_extensions = false',
  'SET autoload_known_extensions = false',
  'SET allow_community_extensions = false',
  'SET allow_persistent_secrets = false',
  "SET TimeZone = 'UTC'",
  "SET Calendar = 'gregorian'",
  'SET ieee_floating_point_ops = true',
  'SET preserve_insertion_order = true',
  'SET parquet_metadata_cache = true',
  // What is read of a file is logged only where it is truly read.
  'SET enable_external_file_cache = false',
  'SET enable_progress_bar = true',
  'SET enable_progress_bar_print = false',
  // Reads of data files are counted from this log: the profiler's `total_bytes_read` misses Parquet's prefetched reads.
  "CALL enable_logging('FileSystem')",
]

/** `temporaryDirectory` is made, and removed when it is closed. */
export async function openInstance(temporaryDirectory: string): Promise<Instance> {
  mkdirSync(temporaryDirectory, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'false' })
  const main = await instance.connect()
  const watch = await instance.connect()
  await main.run([...SETTINGS, `SET temp_directory = ${literal(temporaryDirectory)}`].join(';'))
  const reads = await prepareReads(watch)
  return {
    main,
    watch,
    reads,
    temporaryDirectory,
    defined: new Map(),
    footers: new Map(),
    deletes: new Map(),
    close: () => {
      reads.destroySync()
      main.closeSync()
      watch.closeSync()
      instance.closeSync()
      rmSync(temporaryDirectory, { recursive: true, force: true })
    },
  }
}

const MEGABYTE = 1_048_576

/** How much of the disk a plan may take for what does not fit its memory. */
export const spillBytes = (memoryBytes: number): number =>
  Math.max(4096, Math.floor(memoryBytes / MEGABYTE) * 8) * MEGABYTE

/** Nothing is counted of what is kept; blobs never change, so there is nothing to look after either. */
const KEEPING = [
  'SET enable_external_file_cache = true',
  "SET validate_external_file_cache = 'NO_VALIDATION'",
  'CALL disable_logging()',
]

/**
 * `keeping`: what it reads of files stays in its memory, as far as plans leave room, and is not logged.
 * The order matters: directories first, then the door is shut, then the lock is turned.
 */
export async function grant(instance: Instance, grants: Grants, keeping = false): Promise<void> {
  // A folder does not hold itself, and COPY looks at it before it writes into it.
  const paths = [...grants.files, ...grants.directories]
  const memoryMb = Math.max(16, Math.floor(grants.memoryBytes / MEGABYTE))
  const settings = [
    `SET memory_limit = '${memoryMb}MiB'`,
    `SET max_temp_directory_size = '${spillBytes(grants.memoryBytes) / MEGABYTE}MiB'`,
    ...(grants.disabledOptimizers.length
      ? [`SET disabled_optimizers = ${literal(grants.disabledOptimizers.join())}`]
      : []),
    ...(grants.readsWhole ? ['SET prefetch_all_parquet_files = true'] : []),
    ...(keeping ? KEEPING : []),
    ...(grants.directories.length ? [`SET allowed_directories = ${textList(grants.directories)}`] : []),
    ...(paths.length ? [`SET allowed_paths = ${textList(paths)}`] : []),
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ]
  // Every later statement writes its profile, this one too.
  if (grants.profile) await startProfile(instance.main, instance.temporaryDirectory, grants.profile)
  await instance.main.run(settings.join(';'))
}
