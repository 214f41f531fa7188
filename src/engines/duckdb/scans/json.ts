/**
 * One JSON object per line, by Hive's or OpenX's SerDe.
 * https://docs.aws.amazon.com/athena/latest/ug/json-serde.html
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import { compressionOf } from './compression.ts'
import { JsonKeys, selectAlike, selectMembers } from './json-values.ts'
import type { Reader } from './scan.ts'
import { pathList } from './text-list.ts'

const MAX_OBJECT_BYTES = 33_554_432
/** The engine reads in buffers of twice the size (see ../long-records.ts). */
const USUAL_OBJECT_BYTES = 16_777_216

export const jsonReader =
  (format: FileFormat & { readonly kind: 'json' }): Reader =>
  ({ files, columns, places, sample, long, alike }) => {
    const objectBytes = long ? MAX_OBJECT_BYTES : USUAL_OBJECT_BYTES
    const list = pathList(files)
    const options = `compression = '${compressionOf(files[0]!)}', ignore_errors = ${!format.strict}, maximum_object_size = ${objectBytes}, hive_partitioning = false`
    const lines = `read_ndjson_objects(${list}, ${options})`
    if (columns.length === 0) return `SELECT ${places[0] ?? '1 AS n'} FROM ${lines}`
    const wanted = columns.map(({ index, column }) => {
      return { key: format.mapping[column.name] ?? column.field, type: column.type, as: `c${index}` }
    })
    const keys = new JsonKeys(format, sample)
    const read = (shape: string) =>
      `read_json(${list}, format = 'newline_delimited', records = true, columns = ${shape}, ${options})`
    const rows = alike ? selectAlike(wanted, keys, read, places) : undefined
    return rows ?? selectMembers(wanted, keys, lines, places, format.strict)
  }
