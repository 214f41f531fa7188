/** Partition projection: the partitions a query needs, computed from table properties without asking the catalog. */

import { compareConstants } from '../../sql/analysis/constant-order.ts'
import { type PartitionFilter, stepsOf } from '../../sql/analysis/partition-filters.ts'
import type { Constant } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import { type Type, typeName } from '../../sql/types.ts'
import type { Table } from '../catalog/catalog.ts'
import { pathOfValues, withoutEndSlashes } from '../catalog/folder-names.ts'
import { partitionConstant } from './partition-values.ts'
import { invalidProjection, type ProjectedValues, projectedValues } from './projected-values.ts'
import type { TableLayout } from './table-layout.ts'
import { MOST_TURN_MS } from './turns.ts'

export interface ProjectedPartition {
  readonly values: readonly string[]
  readonly location: string
}

/** More than this many partitions in one query is a mistake in the table's ranges or in the query. */
const MOST_PARTITIONS = 1_000_000
/** Values that are tried and do not match cost time too. */
const MOST_CANDIDATES = 10_000_000
const CANDIDATES_A_TURN = 1000
const CANDIDATES_A_LOOK = 32
const MOST_INJECTED_VALUES = 1000

export const isProjected = (table: Table): boolean =>
  table.descriptor.Parameters?.['projection.enabled']?.trim().toLowerCase() === 'true'

/** In the order of the columns' values; `undefined` whenever many values have been tried, or few for long. */
export function* projectPartitions(
  table: Table,
  layout: TableLayout,
  filter: PartitionFilter,
  now: Date,
): Generator<ProjectedPartition | undefined> {
  const columns = projectedColumns(table, layout, now)
  const locate = locator(table, columns, layout.location)
  const candidatesATurn = Math.ceil(CANDIDATES_A_TURN / stepsOf(filter))
  let found = 0
  let tried = 0
  let since = performance.now()
  const tooMany = (count: number) =>
    new SqlError(
      'CONSTRAINT_VIOLATION',
      `The query needs more than ${count} projected partitions of table ${table.descriptor.Name}`,
    )
  const chosen: string[] = []
  const known = new Map<string, Constant>()

  function* descend(depth: number): Generator<ProjectedPartition | undefined> {
    const column = columns[depth]
    if (!column) {
      if (found++ === MOST_PARTITIONS) throw tooMany(MOST_PARTITIONS)
      yield { values: [...chosen], location: locate(chosen) }
      return
    }
    for (const text of candidates(column.name, column.type, column.values, filter)) {
      const constant = partitionConstant(text, column.type)
      if (constant !== undefined) known.set(column.name, constant)
      if (filter.mayMatch(known)) {
        chosen.push(text)
        yield* descend(depth + 1)
        chosen.pop()
      }
      known.delete(column.name)
      if (tried++ === MOST_CANDIDATES) throw tooMany(MOST_PARTITIONS)
      if (
        tried % candidatesATurn !== 0 &&
        (tried % CANDIDATES_A_LOOK !== 0 || performance.now() - since < MOST_TURN_MS)
      )
        continue
      yield undefined
      since = performance.now()
    }
  }
  yield* descend(0)
}

/** Where rows go whose partition has these values, as texts of their types: there they are looked for. */
export function projectedLocation(table: Table, layout: TableLayout, now: Date): (values: readonly string[]) => string {
  const columns = projectedColumns(table, layout, now)
  const locate = locator(table, columns, layout.location)
  return (texts) =>
    locate(
      columns.map(({ type, values }, i) => {
        const text = texts[i]!
        const constant = values && partitionConstant(text, type)
        const [spelling = text] = constant === undefined ? [] : spellings(constant, values!, type)
        return spelling
      }),
    )
}

interface ProjectedColumn {
  readonly name: string
  readonly type: Type
  /** Undefined where they are injected. */
  readonly values: ProjectedValues | undefined
}

function projectedColumns(table: Table, layout: TableLayout, now: Date): readonly ProjectedColumn[] {
  const parameters = table.descriptor.Parameters ?? {}
  requireConfiguration(table, layout)
  return layout.partitionKeys.map((key) => ({
    ...key,
    values: projectedValues(key, (name) => parameters[`projection.${key.name}.${name}`], now),
  }))
}

/** docs: athena ug, partition-projection-setting-up. */
function requireConfiguration({ database, descriptor }: Table, { partitionKeys }: TableLayout): void {
  const { Name, Parameters = {} } = descriptor
  const missing = partitionKeys.filter(({ name }) => Parameters[`projection.${name}.type`] === undefined)
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  throw new SqlError(
    'HIVE_METASTORE_ERROR',
    `Table ${database}.${Name} is configured for partition projection, but the following partition columns are missing projection configuration: [${names}] (table ${database}.${Name})`,
  )
}

function* candidates(
  name: string,
  type: Type,
  values: ProjectedValues | undefined,
  filter: PartitionFilter,
): Generator<string> {
  const constraint = filter.constraint(name)
  if (!values) {
    yield* injected(name, type, constraint)
    return
  }
  if (constraint?.kind === 'values') {
    for (const value of new Set(constraint.values)) yield* spellings(value, values, type)
    return
  }
  let [from, to] = [0, values.count - 1]
  const ascends = values.ascending === 'by-text' || (values.ascending === 'by-value' && type.kind !== 'varchar')
  if (constraint?.kind === 'range' && ascends) {
    const at = (i: number) => partitionConstant(values.at(i), type) ?? null
    if (constraint.low !== undefined)
      from = firstIndex(values.count, (i) => (compareConstants(at(i), constraint.low!, type) ?? 0) >= 0)
    if (constraint.high !== undefined)
      to = firstIndex(values.count, (i) => (compareConstants(at(i), constraint.high!, type) ?? -1) > 0) - 1
  }
  for (let i = from; i <= to; i++) yield values.at(i)
}

/** An integer may be written with leading zeros (`digits`), so a number is looked for by value, a text as it stands. */
function* spellings(value: Constant, values: ProjectedValues, type: Type): Generator<string> {
  const text = String(value)
  if (values.indexOf(text) >= 0) yield text
  if (typeof value !== 'bigint' || values.indexOf(text) >= 0) return
  const valueAt = (i: number): Constant => partitionConstant(values.at(i), type) ?? null
  const first =
    values.ascending === 'no'
      ? 0
      : firstIndex(values.count, (i) => (compareConstants(valueAt(i), value, type) ?? -1) >= 0)
  for (let i = first; i < values.count; i++) {
    if (valueAt(i) === value) yield values.at(i)
    else if (values.ascending !== 'no') return
  }
}

/** The first index for which a test that never turns false again is true; `count` if none. */
function firstIndex(count: number, test: (i: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (test(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** docs: athena ug, partition-projection-supported-types. */
function* injected(name: string, type: Type, constraint: ReturnType<PartitionFilter['constraint']>): Generator<string> {
  if (type.kind !== 'varchar' && type.kind !== 'char')
    throw invalidProjection(name, `only columns of type string can be injected, not of ${typeName(type)}`)
  if (constraint?.kind !== 'values')
    throw new SqlError(
      'CONSTRAINT_VIOLATION',
      `For the injected projected partition column ${name}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
    )
  const values = new Set(constraint.values)
  if (values.size > MOST_INJECTED_VALUES)
    throw new SqlError(
      'CONSTRAINT_VIOLATION',
      `For the injected projected partition column ${name}, at most ${MOST_INJECTED_VALUES} values can be given.`,
    )
  for (const value of values) if (typeof value === 'string') yield value
}

const PLACEHOLDER = /\$\{([^{}]+)\}/g

/** Where partitions lie, by the texts of their values. */
function locator(
  table: Table,
  columns: readonly ProjectedColumn[],
  location: string,
): (values: readonly string[]) => string {
  const template = table.descriptor.Parameters?.['storage.location.template']
  const names = columns.map(({ name }) => name)
  if (template === undefined) {
    const root = withoutEndSlashes(location)
    return (values) => `${root}/${pathOfValues(names, values)}/`
  }
  // docs: athena ug, partition-projection-setting-up: "the template must contain a placeholder for each partition column".
  const placed = new Set([...template.matchAll(PLACEHOLDER)].map(([, reference]) => reference!.trim().toLowerCase()))
  const forgotten = names.find((name) => !placed.has(name))
  if (forgotten !== undefined)
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `storage.location.template of table ${table.descriptor.Name} has no placeholder for the partition column '${forgotten}'`,
    )
  return (values) =>
    template.replace(PLACEHOLDER, (_, reference: string) => {
      const index = names.indexOf(reference.trim().toLowerCase())
      if (index < 0)
        throw new SqlError(
          'INVALID_TABLE_PROPERTY',
          `storage.location.template of table ${table.descriptor.Name} names '${reference}', which is no partition column`,
        )
      const text = values[index]!
      return columns[index]!.values?.folderText?.(text) ?? text
    })
}
