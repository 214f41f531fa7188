/** Summaries of columns as Glue's statistics: a structure for each kind of type. */
import type { ColumnStatistics, ColumnStatisticsData, DecimalNumber } from '@aws-sdk/client-glue'
import { exactNumber } from '../../core/exact-json.ts'
import type { ColumnSummary } from '../../core/queries/column-summaries.ts'

export const glueStatistics = (
  summary: ColumnSummary,
  type: string,
  analyzedAt: Date,
): ColumnStatistics & { ColumnName: string; ColumnType: string } => ({
  ColumnName: summary.name,
  ColumnType: type,
  AnalyzedTime: analyzedAt,
  StatisticsData: statisticsData(summary),
})

function statisticsData(summary: ColumnSummary): ColumnStatisticsData {
  const NumberOfNulls = summary.nulls
  switch (summary.kind) {
    case 'boolean':
      return {
        Type: 'BOOLEAN',
        BooleanColumnStatisticsData: { NumberOfTrues: summary.trues, NumberOfFalses: summary.falses, NumberOfNulls },
      }
    case 'string':
      return {
        Type: 'STRING',
        StringColumnStatisticsData: {
          MaximumLength: summary.longest,
          AverageLength: summary.average,
          NumberOfNulls,
          NumberOfDistinctValues: summary.distinct,
        },
      }
    case 'binary':
      return {
        Type: 'BINARY',
        BinaryColumnStatisticsData: { MaximumLength: summary.longest, AverageLength: summary.average, NumberOfNulls },
      }
    default:
      return boundedData(summary)
  }
}

type Bounded = Extract<ColumnSummary, { kind: 'long' | 'double' | 'decimal' | 'date' }>

function boundedData(summary: Bounded): ColumnStatisticsData {
  const common = { NumberOfNulls: summary.nulls, NumberOfDistinctValues: summary.distinct }
  switch (summary.kind) {
    case 'long':
      return { Type: 'LONG', LongColumnStatisticsData: { ...common, ...bounds(summary, wholeNumber) } }
    case 'double':
      return { Type: 'DOUBLE', DoubleColumnStatisticsData: { ...common, ...bounds(summary, Number) } }
    case 'decimal':
      return { Type: 'DECIMAL', DecimalColumnStatisticsData: { ...common, ...bounds(summary, decimalNumber) } }
    case 'date':
      return {
        Type: 'DATE',
        DateColumnStatisticsData: { ...common, ...bounds(summary, (text) => new Date(`${text}T00:00:00Z`)) },
      }
  }
}

const bounds = <T>({ low, high }: Bounded, read: (text: string) => T): { MinimumValue?: T; MaximumValue?: T } => ({
  ...(low !== undefined && { MinimumValue: read(low) }),
  ...(high !== undefined && { MaximumValue: read(high) }),
})

/** A timestamp is told in seconds since 1970, as Hive keeps it. Beyond 2^53 the wire's numbers are exact where ours are not. */
const wholeNumber = (text: string): number =>
  /^-?\d+$/.test(text) ? (exactNumber(text) as number) : Math.floor(Date.parse(`${text.replace(' ', 'T')}Z`) / 1000)

/** The unscaled value as two's complement, the highest byte first, in as few as hold it. */
function decimalNumber(text: string): DecimalNumber {
  const fraction = text.split('.')[1] ?? ''
  const unscaled = BigInt(text.replace('.', ''))
  let length = 1
  while (BigInt.asIntN(8 * length, unscaled) !== unscaled) length++
  const hex = BigInt.asUintN(8 * length, unscaled).toString(16)
  return { UnscaledValue: Buffer.from(hex.padStart(2 * length, '0'), 'hex'), Scale: fraction.length }
}
