/** The red flags of a lake, table by table: what is wrong, and what would fix it. */
import { nameParts } from '../catalog/dotted-name.ts'
import type { Finding, GlueCall, Limits, QueryUse, RuleId, TableFacts } from './facts.ts'

type Rule = (facts: TableFacts, limits: Limits) => Omit<Finding, 'rule' | 'table' | 'location'> | undefined

const TEXT: ReadonlySet<string> = new Set(['csv-lazy', 'csv-open', 'json', 'regex', 'cloudtrail', 'ion'])
const COLUMNAR: ReadonlySet<string> = new Set(['parquet', 'orc'])

export function judge(facts: TableFacts, limits: Limits): Finding[] {
  const { name: table, location } = facts
  return (Object.entries(CHECKS) as [RuleId, Rule][]).flatMap(([rule, check]) => {
    const found = check(facts, limits)
    if (!found) return []
    // Plain files in its place would be another kind of table, and its partitions are not the catalog's.
    const { level, message } = found
    return [{ rule, table, location, ...(facts.keepsLog ? { level, message } : found) }]
  })
}

const CHECKS: Readonly<Record<RuleId, Rule>> = {
  'text-format': ({ format, queries, sizeBytes }) =>
    TEXT.has(format) && queries.length > 0
      ? {
          level: 'warning',
          message: `text of ${megabytes(sizeBytes)}, read by ${count(queries.length, 'query', 'queries')} in ${count(runsOf(queries), 'run', 'runs')}`,
          change: ['parquet'],
        }
      : undefined,

  'no-partitions': ({ keys, sizeBytes, queries, format }, { largeTableBytes }) => {
    if (keys.length > 0 || sizeBytes < largeTableBytes) return undefined
    const column = mostAsked(queries)
    const message = `${megabytes(sizeBytes)} without partitions`
    if (column === undefined) return { level: 'warning', message: `${message}; no query says by which column` }
    const asked = `${message}; its queries ask for ${column}`
    return {
      level: 'warning',
      message: asked,
      change: [...(TEXT.has(format) ? ['parquet'] : []), `partition:${column}`],
    }
  },

  'small-files': ({ files, sizeBytes, partitions, keepsForm }, { fewestSmallFiles, smallFileBytes }) => {
    const average = sizeBytes / Math.max(1, files)
    // One file to a partition is not to be compacted any further.
    if (files < fewestSmallFiles || average >= smallFileBytes || files < 2 * Math.max(1, partitions)) return undefined
    const change = keepsForm ? ['compact'] : ['parquet', 'compact']
    return { level: 'warning', message: `${files} files of ${megabytes(average)} on average`, change }
  },

  'large-files': ({ largestFileBytes }, { largeFileBytes }) =>
    largestFileBytes > largeFileBytes
      ? {
          level: 'note',
          message: `a file of ${megabytes(largestFileBytes)}: write 100 to 500 MB a file, by finer partitions or several INSERTs`,
        }
      : undefined,

  'too-many-partitions': (facts, limits) =>
    areCrumbs(facts, limits)
      ? {
          level: 'note',
          message: `${facts.partitions} partitions of ${megabytes(facts.sizeBytes / facts.partitions)} on average: partition by fewer or coarser keys`,
        }
      : undefined,

  'empty-partitions': ({ name, emptyPartitions }) => {
    if (emptyPartitions.length === 0) return undefined
    const registered = count(emptyPartitions.length, 'registered partition has', 'registered partitions have')
    return { level: 'note', message: `${registered} no file`, glue: partitionDrops(name, emptyPartitions) }
  },

  'unused-partition-key': ({ keys, queries }, { fewestRuns }) => {
    const asked = new Set(queries.flatMap((query) => query.conditions))
    const unused = keys.filter((key) => !asked.has(key))
    if (unused.length === 0 || runsOf(queries) < fewestRuns) return undefined
    return { level: 'note', message: `none of ${runsOf(queries)} runs has asked for ${unused.join(', ')}` }
  },

  'select-star': ({ format, queries, columns }) => {
    const star = queries.filter((query) => query.asksAllColumns)
    if (!COLUMNAR.has(format) || star.length === 0 || columns < 2) return undefined
    const bytes = star.reduce((sum, query) => sum + query.scannedBytes, 0)
    const named = queries.flatMap((query) => (query.asksAllColumns ? [] : query.columns))
    return {
      level: 'note',
      ...(named.length > 0 && { columns: [...new Set(named)] }),
      message: `${count(runsOf(star), 'run', 'runs')} with SELECT * read all ${columns} columns, ${megabytes(bytes)}: name the columns that are wanted`,
    }
  },

  'missing-projection': ({ name, partitions, isProjected, projection, queries }, { manyPartitions }) => {
    if (isProjected || !projection || partitions < manyPartitions) return undefined
    const properties = Object.entries(projection).map(([key, value]) => `'${key}' = '${value}'`)
    return {
      level: 'note',
      ...lookups(partitions, queries, () => 0),
      message: `${partitions} partitions are looked up in the catalog, and could be reckoned`,
      statement: `ALTER TABLE ${hiveName(name)} SET TBLPROPERTIES (${properties.join(', ')})`,
    }
  },

  'missing-index': (
    { name, indexableKeys, partitions, isProjected, indexes, projection, queries },
    { manyPartitions },
  ) => {
    if (isProjected || indexes > 0 || partitions < manyPartitions || projection) return undefined
    const { database, table } = nameParts(name)
    const Keys = indexKeys(indexableKeys, queries)
    if (Keys.length === 0) return undefined
    const leads = ({ conditions }: QueryUse) => conditions.includes(Keys[0]!)
    return {
      level: 'note',
      message: `${partitions} partitions without an index`,
      ...lookups(partitions, queries, (query) => (leads(query) ? query.partitions : partitions)),
      glue: [
        {
          operation: 'CreatePartitionIndex',
          input: { DatabaseName: database, TableName: table, PartitionIndex: { IndexName: 'by_keys', Keys } },
        },
      ],
    }
  },

  'missing-statistics': ({ account, name, statisticsAt, files }) =>
    statisticsAt === undefined && files > 0
      ? { level: 'note', message: 'columns without statistics', glue: statisticsRun(account, name) }
      : undefined,

  'stale-statistics': ({ account, name, statisticsAt, newestFileAt }) =>
    statisticsAt && newestFileAt && newestFileAt > statisticsAt
      ? {
          level: 'note',
          message: `statistics of ${statisticsAt.toISOString()}, data of ${newestFileAt.toISOString()}`,
          glue: statisticsRun(account, name),
        }
      : undefined,

  'uncompressed-text': ({ format, isCompressed, keepsForm, queries }) =>
    TEXT.has(format) && keepsForm && !isCompressed && queries.length > 0
      ? { level: 'note', message: 'text that is not compressed is read at its full length', change: ['gzip'] }
      : undefined,
}

/** Partitions so many that they are too small. */
export const areCrumbs = (
  { partitions, sizeBytes }: Pick<TableFacts, 'partitions' | 'sizeBytes'>,
  { manyPartitions, smallPartitionBytes }: Limits,
): boolean => partitions >= manyPartitions && sizeBytes / partitions < smallPartitionBytes

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

const runsOf = (queries: readonly QueryUse[]): number => queries.reduce((sum, { runs }) => sum + runs, 0)

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 10e6 ? 2 : 0)} MB`

/** Columns and keys, the one that most runs ask for first. */
function byRuns(queries: readonly QueryUse[]): string[] {
  const runs = new Map<string, number>()
  for (const query of queries)
    for (const column of query.conditions) runs.set(column, (runs.get(column) ?? 0) + query.runs)
  return [...runs].toSorted((a, b) => b[1] - a[1]).map(([column]) => column)
}

const mostAsked = (queries: readonly QueryUse[]): string | undefined => byRuns(queries)[0]

/** An index leads only those who ask for its first key (glue dg, partition-indexes), so the one that most ask for comes first. */
function indexKeys(keys: readonly string[], queries: readonly QueryUse[]): readonly string[] {
  const asked = byRuns(queries).filter((column) => keys.includes(column))
  return asked.length > 0 ? asked : keys
}

/** "If no partition indexes are present on the table, AWS Glue loads all the partitions of the table": glue dg, partition-indexes. */
function lookups(
  partitions: number,
  queries: readonly QueryUse[],
  after: (query: QueryUse) => number,
): Pick<Finding, 'lookups'> {
  const runs = runsOf(queries)
  if (runs === 0) return {}
  const sum = (of: (query: QueryUse) => number) => queries.reduce((all, query) => all + query.runs * of(query), 0)
  return { lookups: { runs, before: sum(() => partitions), after: sum(after) } }
}

const hiveName = (name: string): string =>
  name
    .split('.')
    .map((part) => `\`${part}\``)
    .join('.')

/** docs: glue web API, BatchDeletePartition. */
const PARTITIONS_A_CALL = 25

/** By their very texts: a DROP PARTITION of an int key's `1` drops `01` too. */
function partitionDrops(name: string, partitions: readonly (readonly string[])[]): GlueCall[] {
  const { database, table } = nameParts(name)
  return Array.from({ length: Math.ceil(partitions.length / PARTITIONS_A_CALL) }, (_, i) => ({
    operation: 'BatchDeletePartition',
    input: {
      DatabaseName: database,
      TableName: table,
      PartitionsToDelete: partitions
        .slice(i * PARTITIONS_A_CALL, (i + 1) * PARTITIONS_A_CALL)
        .map((Values) => ({ Values })),
    },
  }))
}

function statisticsRun(account: string, name: string): GlueCall[] {
  const { database, table } = nameParts(name)
  return [
    {
      operation: 'StartColumnStatisticsTaskRun',
      input: { DatabaseName: database, TableName: table, Role: `arn:aws:iam::${account}:role/statistics` },
    },
  ]
}
