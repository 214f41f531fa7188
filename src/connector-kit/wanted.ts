/** What a query asks of columns: for the author to read, and for the kit to see to. */
import { columnTypeOf } from '../formats/arrow/types.ts'
import { type Block, readBlock } from '../formats/federation/blocks.ts'
import type { Constraints, Marker, ValueSet } from '../formats/federation/constraints.ts'
import type { ColumnType } from '../formats/vectors.ts'
import type { Row, Value, Wanted, WantedEnd } from './definition.ts'
import { plainValues } from './plain-values.ts'
import { compare, type Stored, storedValue } from './stored-values.ts'

type Test = (value: Stored) => boolean

export interface Filter {
  /** For the author. */
  readonly where: Readonly<Record<string, Wanted>>
  /** Whether a row has the values that are wanted of those columns that are in `types`. */
  matches(row: Row): boolean
}

export function filterOf({ summary }: Constraints, types: Readonly<Record<string, ColumnType>>): Filter {
  const wanted = Object.entries(summary).map(([column, set]) => [column, wantedOf(set)] as const)
  const tests = wanted
    .filter(([column]) => types[column] !== undefined)
    .map(([column, one]) => [column, types[column]!, testOf(one, types[column]!), one.nullAllowed] as const)
  return {
    where: Object.fromEntries(wanted),
    matches: (row) =>
      tests.every(([column, type, test, nullAllowed]) => {
        const value = row[column]
        if (value === null || value === undefined) return nullAllowed
        const stored = storedValue(type, value)
        // Values of types that are made of others are not compared here: whoever asked does.
        return stored === undefined || test(stored)
      }),
  }
}

function wantedOf(set: ValueSet): Wanted {
  const { nullAllowed } = set
  switch (set['@type']) {
    case 'AllOrNoneValueSet':
      return set.all ? { nullAllowed } : { ranges: [], nullAllowed }
    case 'EquatableValueSet': {
      const values = valuesIn(set.valueBlock)
      return set.whiteList ? { values, nullAllowed } : { excluded: values, nullAllowed }
    }
    case 'SortedRangeSet':
      return {
        ranges: set.ranges.map(({ low, high }) => ({ low: endOf(low), high: endOf(high) })),
        nullAllowed,
      }
  }
}

/** A marker's block has one column. */
function valuesIn(block: Block): Value[] {
  const { schema, columns } = readBlock(block)
  return plainValues(columns[0]!, columnTypeOf(schema.fields[0]!))
}

function endOf({ valueBlock, bound, nullValue }: Marker): WantedEnd | undefined {
  return nullValue ? undefined : { value: valuesIn(valueBlock)[0], included: bound === 'EXACTLY' }
}

function testOf({ ranges, values, excluded }: Wanted, type: ColumnType): Test {
  const stored = (some: readonly Value[]): Stored[] =>
    some.map((one) => storedValue(type, one)).filter((one) => one !== undefined)
  if (values) {
    const those = stored(values)
    return (value) => those.some((one) => compare(one, value) === 0)
  }
  if (excluded) {
    const those = stored(excluded)
    return (value) => those.every((one) => compare(one, value) !== 0)
  }
  if (!ranges) return () => true
  const bounds = ranges.map(({ low, high }) => [boundOf(low, type), boundOf(high, type)] as const)
  return (value) => bounds.some(([low, high]) => isAbove(value, low) && isBelow(value, high))
}

interface Bound {
  readonly value: Stored
  readonly included: boolean
}

function boundOf(end: WantedEnd | undefined, type: ColumnType): Bound | undefined {
  const value = end && storedValue(type, end.value)
  return value === undefined ? undefined : { value, included: end!.included }
}

function isAbove(value: Stored, low: Bound | undefined): boolean {
  if (!low) return true
  const order = compare(value, low.value)
  return order > 0 || (order === 0 && low.included)
}

function isBelow(value: Stored, high: Bound | undefined): boolean {
  if (!high) return true
  const order = compare(value, high.value)
  return order < 0 || (order === 0 && high.included)
}
