/** What reads a column of a stripe, whatever its type. */
import { allNull, type ColumnType, type Values, type Vector } from '../vectors.ts'
import type { Positions } from './runs.ts'

/** The values of a column: those of the rows that have one. */
export interface ValuesReader {
  read(count: number): Values
  /** To the start of a row group, whose index tells the positions of the streams one after the other. */
  seek(positions: PositionsOf): void
}

export type PositionsOf = (column: number) => Positions

export interface ColumnReader {
  read(rows: number): Vector
  seek(positions: PositionsOf): void
}

/** A column that the file does not have. */
export const absentReader = (type: ColumnType): ColumnReader => ({
  read: (rows) => allNull(type, rows),
  seek: () => undefined,
})
