/** Column statistics as the catalog keeps them, in Glue's spelling, and as Hive's clients know them. */
import type { ColumnStatistics } from '../../core/catalog/catalog.ts'
import { asDocument, fromDocument } from '../../core/catalog/statistics-document.ts'
import { Fault } from '../../core/faults.ts'
import type { ColumnStatisticsObj, StatsData } from './statistics-structs.ts'

type Long = number | bigint
interface Counted {
  readonly NumberOfNulls?: Long
  readonly NumberOfDistinctValues?: Long
}
interface Decimal {
  readonly UnscaledValue: Uint8Array
  readonly Scale: number
}
interface GlueStatistics extends ColumnStatistics {
  readonly AnalyzedTime?: Date
  readonly StatisticsData?: {
    readonly Type?: string
    readonly BooleanColumnStatisticsData?: Counted & { readonly NumberOfTrues?: Long; readonly NumberOfFalses?: Long }
    readonly DateColumnStatisticsData?: Counted & { readonly MinimumValue?: Date; readonly MaximumValue?: Date }
    readonly DecimalColumnStatisticsData?: Counted & {
      readonly MinimumValue?: Decimal
      readonly MaximumValue?: Decimal
    }
    readonly DoubleColumnStatisticsData?: Counted & { readonly MinimumValue?: number; readonly MaximumValue?: number }
    readonly LongColumnStatisticsData?: Counted & { readonly MinimumValue?: Long; readonly MaximumValue?: Long }
    readonly StringColumnStatisticsData?: Counted & { readonly MaximumLength?: Long; readonly AverageLength?: number }
    readonly BinaryColumnStatisticsData?: Counted & { readonly MaximumLength?: Long; readonly AverageLength?: number }
  }
}

/** Undefined for statistics of a kind that Hive does not have. */
export function hiveStatisticsOf(document: ColumnStatistics): ColumnStatisticsObj | undefined {
  const { ColumnName, ColumnType, StatisticsData = {} } = fromDocument(document) as GlueStatistics
  const statsData = hiveDataOf(StatisticsData)
  return statsData && { colName: ColumnName, colType: ColumnType, statsData }
}

function hiveDataOf(data: NonNullable<GlueStatistics['StatisticsData']>): StatsData | undefined {
  const { BooleanColumnStatisticsData: boolean, LongColumnStatisticsData: long } = data
  const { DoubleColumnStatisticsData: double, StringColumnStatisticsData: text } = data
  const { BinaryColumnStatisticsData: bytes, DecimalColumnStatisticsData: decimal } = data
  const { DateColumnStatisticsData: date } = data
  if (boolean)
    return {
      booleanStats: {
        numTrues: boolean.NumberOfTrues ?? 0,
        numFalses: boolean.NumberOfFalses ?? 0,
        numNulls: boolean.NumberOfNulls ?? 0,
      },
    }
  if (long) return { longStats: { lowValue: long.MinimumValue, highValue: long.MaximumValue, ...counts(long) } }
  if (double)
    return { doubleStats: { lowValue: double.MinimumValue, highValue: double.MaximumValue, ...counts(double) } }
  if (text) return { stringStats: { ...lengths(text), ...counts(text) } }
  if (bytes) return { binaryStats: { ...lengths(bytes), numNulls: bytes.NumberOfNulls ?? 0 } }
  if (decimal)
    return {
      decimalStats: {
        lowValue: hiveDecimal(decimal.MinimumValue),
        highValue: hiveDecimal(decimal.MaximumValue),
        ...counts(decimal),
      },
    }
  if (date)
    return {
      dateStats: { lowValue: hiveDate(date.MinimumValue), highValue: hiveDate(date.MaximumValue), ...counts(date) },
    }
  return undefined
}

const counts = ({ NumberOfNulls = 0, NumberOfDistinctValues = 0 }: Counted) => ({
  numNulls: NumberOfNulls,
  numDVs: NumberOfDistinctValues,
})
const lengths = ({ MaximumLength = 0, AverageLength = 0 }: { MaximumLength?: Long; AverageLength?: number }) => ({
  maxColLen: MaximumLength,
  avgColLen: AverageLength,
})

const DAY_MS = 86_400_000
const hiveDate = (date: Date | undefined) => date && { daysSinceEpoch: Math.floor(date.getTime() / DAY_MS) }
const glueDate = (date: { readonly daysSinceEpoch: Long } | undefined): Date | undefined =>
  date && new Date(Number(date.daysSinceEpoch) * DAY_MS)
const hiveDecimal = (value: Decimal | undefined) => value && { unscaled: value.UnscaledValue, scale: value.Scale }
const glueDecimal = (
  value: { readonly unscaled: Uint8Array; readonly scale: number } | undefined,
): Decimal | undefined => value && { UnscaledValue: value.unscaled, Scale: value.scale }

/** Throws `Fault('invalid', 'statistics')` where nothing is said of the column. */
export function statisticsDocumentOf({ colName, colType, statsData }: ColumnStatisticsObj, at: Date): ColumnStatistics {
  const StatisticsData = glueDataOf(statsData)
  if (!StatisticsData) throw new Fault('invalid', 'statistics', `Nothing is said of column ${colName}.`)
  const whole: GlueStatistics = {
    ColumnName: colName.toLowerCase(),
    ColumnType: colType,
    AnalyzedTime: at,
    StatisticsData,
  }
  return asDocument(whole)
}

function glueDataOf(data: StatsData): GlueStatistics['StatisticsData'] {
  const { booleanStats, longStats, doubleStats, stringStats, binaryStats, decimalStats, dateStats } = data
  if (booleanStats)
    return {
      Type: 'BOOLEAN',
      BooleanColumnStatisticsData: {
        NumberOfTrues: booleanStats.numTrues,
        NumberOfFalses: booleanStats.numFalses,
        NumberOfNulls: booleanStats.numNulls,
      },
    }
  if (longStats) return { Type: 'LONG', LongColumnStatisticsData: { ...range(longStats), ...counted(longStats) } }
  if (doubleStats)
    return { Type: 'DOUBLE', DoubleColumnStatisticsData: { ...range(doubleStats), ...counted(doubleStats) } }
  if (stringStats)
    return { Type: 'STRING', StringColumnStatisticsData: { ...measured(stringStats), ...counted(stringStats) } }
  if (binaryStats)
    return {
      Type: 'BINARY',
      BinaryColumnStatisticsData: { ...measured(binaryStats), NumberOfNulls: binaryStats.numNulls },
    }
  if (decimalStats) {
    const [MinimumValue, MaximumValue] = [glueDecimal(decimalStats.lowValue), glueDecimal(decimalStats.highValue)]
    return { Type: 'DECIMAL', DecimalColumnStatisticsData: { MinimumValue, MaximumValue, ...counted(decimalStats) } }
  }
  if (dateStats) {
    const [MinimumValue, MaximumValue] = [glueDate(dateStats.lowValue), glueDate(dateStats.highValue)]
    return { Type: 'DATE', DateColumnStatisticsData: { MinimumValue, MaximumValue, ...counted(dateStats) } }
  }
  return undefined
}

const range = <T>({ lowValue, highValue }: { readonly lowValue?: T; readonly highValue?: T }) => ({
  MinimumValue: lowValue,
  MaximumValue: highValue,
})
const counted = ({ numNulls, numDVs }: { readonly numNulls: Long; readonly numDVs: Long }): Counted => ({
  NumberOfNulls: numNulls,
  NumberOfDistinctValues: numDVs,
})
const measured = ({ maxColLen, avgColLen }: { readonly maxColLen: Long; readonly avgColLen: number }) => ({
  MaximumLength: maxColLen,
  AverageLength: avgColLen,
})
