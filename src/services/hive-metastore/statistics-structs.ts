/** Column statistics as hive_metastore.thrift has them; see catalog-structs. */
import { binary, bool, double, i16, i64, list, string, struct, type Value } from '../../protocol/thrift/types.ts'

const decimal = struct({ unscaled: [1, binary, 'required'], scale: [3, i16, 'required'] })
const date = struct({ daysSinceEpoch: [1, i64, 'required'] })

const statsData = struct({
  booleanStats: [
    1,
    struct({ numTrues: [1, i64, 'required'], numFalses: [2, i64, 'required'], numNulls: [3, i64, 'required'] }),
  ],
  longStats: [
    2,
    struct({ lowValue: [1, i64], highValue: [2, i64], numNulls: [3, i64, 'required'], numDVs: [4, i64, 'required'] }),
  ],
  doubleStats: [
    3,
    struct({
      lowValue: [1, double],
      highValue: [2, double],
      numNulls: [3, i64, 'required'],
      numDVs: [4, i64, 'required'],
    }),
  ],
  stringStats: [
    4,
    struct({
      maxColLen: [1, i64, 'required'],
      avgColLen: [2, double, 'required'],
      numNulls: [3, i64, 'required'],
      numDVs: [4, i64, 'required'],
    }),
  ],
  binaryStats: [
    5,
    struct({ maxColLen: [1, i64, 'required'], avgColLen: [2, double, 'required'], numNulls: [3, i64, 'required'] }),
  ],
  decimalStats: [
    6,
    struct({
      lowValue: [1, decimal],
      highValue: [2, decimal],
      numNulls: [3, i64, 'required'],
      numDVs: [4, i64, 'required'],
    }),
  ],
  dateStats: [
    7,
    struct({ lowValue: [1, date], highValue: [2, date], numNulls: [3, i64, 'required'], numDVs: [4, i64, 'required'] }),
  ],
})
export type StatsData = Value<typeof statsData>

export const columnStatisticsObj = struct({
  colName: [1, string, 'required'],
  colType: [2, string, 'required'],
  statsData: [3, statsData, 'required'],
})
export type ColumnStatisticsObj = Value<typeof columnStatisticsObj>

const columnStatisticsDesc = struct({
  isTblLevel: [1, bool, 'required'],
  dbName: [2, string, 'required'],
  tableName: [3, string, 'required'],
  partName: [4, string],
  lastAnalyzed: [5, i64],
  catName: [6, string],
})

export const columnStatistics = struct({
  statsDesc: [1, columnStatisticsDesc, 'required'],
  statsObj: [2, list(columnStatisticsObj), 'required'],
})
export type HiveColumnStatistics = Value<typeof columnStatistics>
