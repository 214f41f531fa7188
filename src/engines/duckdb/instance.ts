/**
 * One DuckDB instance per plan, hardened. It is made before the plan is known (`openInstance`), so that a query pays
 * only for the grants (`grant`): the list of files it may touch can not change once external access is off.
 * The settings are the second wall; the first is that no text of a user reaches the engine, the third is the process.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quote as literal } from '../../sql/duckdb/types.ts'

export interface Instance {
  /** Runs the plan. */
  readonly main: DuckDBConnection
  /** Reads the log while `main` runs. */
  readonly watch: DuckDBConnection
  close(): void
}

export interface Grants {
  readonly memoryBytes: number
  /** Private to the instance; removed by its owner. */
  readonly temporaryDirectory: string
  /** Exact files, for reading and writing. */
  readonly files: readonly string[]
  readonly directories: readonly string[]
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
  'SET enable_progress_bar = true',
  'SET enable_progress_bar_print = false',
  // Reads of data files are counted from this log: the profiler's `total_bytes_read` misses Parquet's prefetched reads.
  "CALL enable_logging('FileSystem')",
]

export async function openInstance(): Promise<Instance> {
  const instance = await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'false' })
  const main = await instance.connect()
  const watch = await instance.connect()
  for (const setting of SETTINGS) await main.run(setting)
  return {
    main,
    watch,
    close: () => {
      main.closeSync()
      watch.closeSync()
      instance.closeSync()
    },
  }
}

/** The order matters: directories first, then the door is shut, then the lock is turned. */
export async function grant(instance: Instance, grants: Grants): Promise<void> {
  const list = (paths: readonly string[]) => `[${paths.map(literal).join(', ')}]`
  const memoryMb = Math.max(16, Math.floor(grants.memoryBytes / 1_048_576))
  const settings = [
    `SET memory_limit = '${memoryMb}MiB'`,
    `SET temp_directory = ${literal(grants.temporaryDirectory)}`,
    `SET max_temp_directory_size = '${Math.max(4096, memoryMb * 8)}MiB'`,
    ...(grants.directories.length ? [`SET allowed_directories = ${list(grants.directories)}`] : []),
    ...(grants.files.length ? [`SET allowed_paths = ${list(grants.files)}`] : []),
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ]
  await instance.main.run(settings.join(';'))
}
