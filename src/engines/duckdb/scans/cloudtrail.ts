/**
 * CloudTrail's log files: one document with an array `Records`; a column of type string whose value is an object reads
 * as that object's JSON. https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
 */
import type { DataFile } from '../../../core/queries/relation.ts'
import { array, JSON_TYPE } from '../../../sql/types.ts'
import { compressionOf, storedBytes } from './compression.ts'
import { JsonReading, type JsonRules, selectMembers } from './json-values.ts'
import type { Reader } from './scan.ts'
import { pathList } from './text-list.ts'

const RULES: JsonRules = { serde: 'openx', caseSensitive: false, dotsInKeys: false, mapping: {} }
const JSON_LIST = array(JSON_TYPE)
// DuckDB must be told how large a document may be; logs rarely shrink to less than a fortieth.
const MIN_DOCUMENT_BYTES = 16_777_216
const MAX_DOCUMENT_BYTES = 1_073_741_824
const INFLATION = 40

export const cloudtrailReader: Reader = ({ files, columns, places, sample }) => {
  const paths = pathList(files)
  const options = `format = 'unstructured', compression = '${compressionOf(files[0]!)}', maximum_object_size = ${documentBytes(files)}, hive_partitioning = false`
  const from = (items: readonly string[], text: string) => `SELECT ${[...items, ...places].join(', ')} FROM ${text}`
  const keys = new JsonReading(RULES, sample)
  const list = { key: 'Records', type: JSON_LIST, as: 'records' }
  const documents = selectMembers([list], keys, `read_json_objects(${paths}, ${options})`, places)
  const records = from(['unnest(records) AS json'], `(${documents})`)
  if (columns.length === 0) return from(places.length ? [] : ['1 AS n'], `(${records})`)
  const wanted = columns.map(({ index, column }) => ({ key: column.field, type: column.type, as: `c${index}` }))
  return selectMembers(wanted, keys, `(${records})`, places)
}

function documentBytes(files: readonly DataFile[]): number {
  const largest = Math.max(
    ...files.map((file) => storedBytes(file) * (compressionOf(file) === 'uncompressed' ? 1 : INFLATION)),
  )
  return Math.min(Math.max(largest + 1024, MIN_DOCUMENT_BYTES), MAX_DOCUMENT_BYTES)
}
