/** What the logs of a service are: a table as AWS documents it, rows of our making, and what people ask of them. */
export interface Log {
  /** Of the table. */
  readonly name: string
  /** Run in their order: the table, and its partitions where they are not projected. */
  readonly statements: readonly string[]
  /** Objects of bucket `logs` by key. */
  readonly objects: ReadonlyMap<string, string | Uint8Array>
  readonly queries: readonly PublicQuery[]
}

export interface PublicQuery {
  /** The page or repository where one like it is found. */
  readonly source: string
  readonly sql: string
  /** The rows computed in plain JavaScript from what was generated; in any order. */
  readonly answer?: () => readonly Row[]
}
export type Row = readonly (string | number | bigint | null)[]

export const query = (source: string, sql: string, answer?: () => readonly Row[]): PublicQuery =>
  answer ? { source, sql, answer } : { source, sql }

/** What a group comes to, one row for each; `key` gives its columns. */
export function grouped<T>(
  rows: readonly T[],
  key: (row: T) => Row,
  values: (members: readonly T[]) => Row = (members) => [members.length],
): Row[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(key(row)))
  return [...groups.values()].map((members) => [...key(members[0]!), ...values(members)])
}

export const sum = <T>(rows: readonly T[], value: (row: T) => number): number =>
  rows.reduce((total, row) => total + value(row), 0)

/** The first `n` by descending number; ties would make the answer another each time, so there must be none at the end. */
export function top(rows: readonly Row[], column: number, n: number): Row[] {
  const ordered = rows.toSorted((a, b) => Number(b[column]) - Number(a[column]))
  if (ordered[n] && ordered[n][column] === ordered[n - 1]![column])
    throw new Error('a tie decides what is in the answer')
  return ordered.slice(0, n)
}

export const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)]

export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
