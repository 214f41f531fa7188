/** For tests of engines: small plans made by hand, and a place for their files. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EnginePlan, Sink } from '../core/queries/engine-plan.ts'
import type { DataFile, FileFormat, Relation, RelationColumn } from '../core/queries/relation.ts'
import type { Aggregation, Column, Rel, Scalar } from '../sql/plan.ts'
import { columnsOf } from '../sql/plan.ts'
import { array, BIGINT, BOOLEAN, type Type, VARCHAR } from '../sql/types.ts'

export interface Place {
  readonly directory: string
  path(): string
  file(name: string, bytes: string | Uint8Array): DataFile
  known(localPath: string): DataFile
  remove(): void
}

export function openPlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'lentic-engine-'))
  const known = (localPath: string, name = 'file'): DataFile => ({
    localPath,
    uri: `s3://lake/${name}`,
    sizeBytes: statSync(localPath).size,
    modifiedAt: new Date('2024-01-01T00:00:00Z'),
    partition: [],
    partitionName: '',
  })
  const path = () => join(directory, randomUUID())
  return {
    directory,
    path,
    known,
    file(name, bytes) {
      const localPath = path()
      writeFileSync(localPath, bytes)
      return known(localPath, name)
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

export const ROWS: Sink = { kind: 'rows', limit: 1_000 }
export const LIMITS = { memoryBytes: 512 * 1_048_576, timeoutMs: 120_000 }

export function planOf(root: Rel, changes: Partial<EnginePlan> = {}, names: readonly string[] = []): EnginePlan {
  const output = columnsOf(root).map((column, i) => ({ name: names[i] ?? `_col${i}`, column }))
  return { query: { root, output }, relations: [], sink: ROWS, limits: LIMITS, ...changes }
}

export const column = (id: number, type: Type): Scalar => ({ kind: 'column', id, type })
export const bigint = (value: number): Scalar => ({ kind: 'constant', type: BIGINT, value: BigInt(value) })
export const text = (value: string): Scalar => ({ kind: 'constant', type: VARCHAR, value })

/** One row of constants. */
export function literals(...items: readonly Scalar[]): Rel {
  return {
    kind: 'project',
    input: { kind: 'single-row' },
    items: items.map((of, id) => ({ column: { id, type: of.type }, of })),
  }
}

export function scanOf(relation: Relation, names: readonly string[]): Rel {
  const columns = names.map((source, id) => {
    return { id, source, type: relation.columns.find((c) => c.name === source)!.type }
  })
  return { kind: 'scan', relation: relation.id, columns }
}

export function relationOf(
  format: FileFormat,
  columns: readonly (readonly [string, Type])[],
  files: readonly DataFile[],
): Relation {
  const described = columns.map(([name, type], ordinal): RelationColumn => {
    return { kind: 'data', name, type, field: name, ordinal }
  })
  return { id: 'relation-1', format, columns: described, files }
}

/** A table of `count` bigints, 0 to count - 1. */
function numbers(id: number, count: number): Rel {
  return {
    kind: 'values',
    columns: [{ id, type: BIGINT }],
    rows: Array.from({ length: count }, (_, i) => [bigint(i)]),
  }
}

/** 10^12 rows of `c3 > c0` and the like: no machine finishes it within a test. */
export function endless(): Rel {
  const tables = [0, 1, 2, 3].map((id) => numbers(id, 1_000))
  const joined = tables.reduce((left, right) => ({ kind: 'join', type: 'cross', left, right, lateral: false }))
  const differ: Scalar = call(
    '$gt',
    BOOLEAN,
    call('$add', BIGINT, column(0, BIGINT), column(1, BIGINT)),
    call('$add', BIGINT, column(2, BIGINT), column(3, BIGINT)),
  )
  return { kind: 'filter', input: joined, predicate: differ }
}

/** The largest `c0` of `input`. */
export const largest = (input: Rel): Rel => aggregate(input, 'max', [column(0, BIGINT)], BIGINT)
/** All `c0` in one array: state that can not be spilled. */
export const gathered = (input: Rel): Rel => aggregate(input, 'array_agg', [column(0, BIGINT)], array(BIGINT))
export const counted = (input: Rel): Rel => aggregate(input, 'count', [], BIGINT)

function aggregate(input: Rel, name: string, args: readonly Scalar[], result: Type): Rel {
  const made: Column = { id: 100, type: result }
  const aggregation: Aggregation = {
    column: made,
    function: { name, parameters: args.map((arg) => arg.type), result },
    args,
    distinct: false,
    orderBy: [],
  }
  return { kind: 'aggregate', input, keys: [], aggregates: [aggregation], groupings: [] }
}

export function call(name: string, result: Type, ...args: readonly Scalar[]): Scalar {
  const resolved = { name, parameters: args.map((arg) => arg.type), result }
  return { kind: 'call', type: result, function: resolved, args }
}
