/** Tables and partitions as a client of Hive describes them, by the numbers of hive_metastore.thrift. */
import { type Fields, i32, type Struct, struct, structs, text, textMap, texts } from './client.ts'

export const PARQUET = {
  input: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  output: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
}
export const TEXT = {
  input: 'org.apache.hadoop.mapred.TextInputFormat',
  output: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  serde: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
}

export type Column = readonly [name: string, type: string, comment?: string]
const columns = (list: readonly Column[]) =>
  structs(
    list.map(([name, type, comment]) => ({
      1: text(name),
      2: text(type),
      3: comment === undefined ? undefined : text(comment),
    })),
  )

export interface TableOptions {
  readonly columns?: readonly Column[]
  readonly keys?: readonly Column[]
  readonly location?: string
  readonly type?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly format?: typeof TEXT
  readonly serde?: Readonly<Record<string, string>>
}

function storage({ columns: list = [['id', 'bigint']], location, format = TEXT, serde = {} }: TableOptions): Fields {
  return {
    1: columns(list),
    2: location === undefined ? undefined : text(location),
    3: text(format.input),
    4: text(format.output),
    6: i32(-1),
    7: struct({ 2: text(format.serde), 3: textMap(serde) }),
    8: texts([]),
    9: structs([]),
    10: textMap({}),
  }
}

export function table(database: string, name: string, options: TableOptions = {}): Fields {
  return {
    1: text(name),
    2: text(database),
    3: text('owner'),
    7: struct(storage(options)),
    8: columns(options.keys ?? []),
    9: textMap(options.parameters ?? {}),
    12: text(options.type ?? 'MANAGED_TABLE'),
  }
}

export function partition(database: string, name: string, values: readonly string[], options?: TableOptions): Fields {
  return {
    1: texts(values),
    2: text(database),
    3: text(name),
    6: options && struct(storage(options)),
    7: textMap({}),
  }
}

/** What came back of a table or partition. */
export const storageOf = (answer: Struct, field: 6 | 7 = 7): Struct => answer[field] as Struct
export const locationOf = (answer: Struct, field: 6 | 7 = 7): unknown => storageOf(answer, field)[2]
export const columnsOf = (list: unknown): unknown[][] => (list as Struct[]).map((one) => [one[1], one[2]])
export const parametersOf = (answer: Struct, field: 4 | 7 | 9 = 9): Record<string, string> =>
  Object.fromEntries(answer[field] as Map<string, string>)
