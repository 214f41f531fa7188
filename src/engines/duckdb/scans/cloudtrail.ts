/**
 * CloudTrail's log files: one document with an array `Records`; a column of type string whose value is an object reads
 * as that object's JSON. https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
 */
import type { DataFile } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { compressionOf } from './compression.ts'
import { asObject, jsonValue, memberOf, objectParts } from './json-values.ts'
import type { Reader } from './scan.ts'

const KEYS = { caseSensitive: false, dotsInKeys: false }
// DuckDB must be told how large a document may be; logs rarely shrink to less than a fortieth.
const MIN_DOCUMENT_BYTES = 16_777_216
const MAX_DOCUMENT_BYTES = 1_073_741_824
const INFLATION = 40

export const cloudtrailReader: Reader = ({ files, columns, indexed }) => {
  const list = `[${files.map((file) => quote(file.localPath)).join(', ')}]`
  const options = `format = 'unstructured', compression = '${compressionOf(files[0]!)}', maximum_object_size = ${documentBytes(files)}, hive_partitioning = false`
  const place = indexed ? ['file_index'] : []
  const from = (items: readonly string[], text: string) => `SELECT ${[...items, ...place].join(', ')} FROM ${text}`
  const documents = from([`${asObject('json')} AS m`], `read_json_objects(${list}, ${options})`)
  const document = objectParts('m', KEYS)
  const records = from(
    [`unnest(TRY_CAST(${memberOf(document.keys, document.values, 'Records', KEYS)} AS JSON[])) AS r`],
    `(${documents})`,
  )
  if (columns.length === 0) return from(place.length ? [] : ['1 AS n'], `(${records})`)
  const objects = from([`${asObject('r')} AS m`], `(${records})`)
  const parts = objectParts('m', KEYS)
  const members = from([`${parts.keys} AS k`, `${parts.values} AS v`], `(${objects})`)
  const items = columns.map(
    ({ index, column }) => `${jsonValue(column.type, memberOf('k', 'v', column.field, KEYS), KEYS)} AS c${index}`,
  )
  return from(items, `(${members})`)
}

function documentBytes(files: readonly DataFile[]): number {
  const largest = Math.max(
    ...files.map((file) => file.sizeBytes * (compressionOf(file) === 'uncompressed' ? 1 : INFLATION)),
  )
  return Math.min(Math.max(largest + 1024, MIN_DOCUMENT_BYTES), MAX_DOCUMENT_BYTES)
}
