/** What kind of value each member of a table's metadata has to be, of those that something here relies on. */
import { invalidMetadata } from './iceberg-error.ts'

/** Throws IcebergError that names the place. */
type Check = (value: unknown, place: string) => void

const expected =
  (what: string, is: (value: unknown) => boolean): Check =>
  (value, place) => {
    if (!is(value)) throw invalidMetadata(`its ${place} is not ${what}`)
  }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = expected('a text', (value) => typeof value === 'string')
const int = expected('a number of 32 bits', (value) => Number.isInteger(value) && ((value as number) | 0) === value)
const number = expected('a whole number', (value) => Number.isSafeInteger(value))
/** Of a snapshot, exact where it is large. */
const id = expected('a whole number', (value) => typeof value === 'bigint' || Number.isInteger(value))

const optional =
  (check: Check): Check =>
  (value, place) => {
    if (value !== undefined && value !== null) check(value, place)
  }

const list =
  (check: Check): Check =>
  (value, place) => {
    if (!Array.isArray(value)) throw invalidMetadata(`its ${place} is not a list`)
    for (const [i, item] of value.entries()) check(item, `${place}[${i}]`)
  }

const members =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, place) => {
    if (!isObject(value)) throw invalidMetadata(`its ${place} is not an object`)
    for (const [name, check] of Object.entries(checks)) check(value[name], `${place}.${name}`)
  }

const dictionary =
  (check: Check): Check =>
  (value, place) => {
    if (!isObject(value)) throw invalidMetadata(`its ${place} is not an object`)
    for (const [name, item] of Object.entries(value)) check(item, `${place}.${name}`)
  }

const FIELDS: Readonly<Record<string, Check>> = {
  'table-uuid': optional(text),
  'last-sequence-number': optional(number),
  'last-updated-ms': number,
  'last-column-id': int,
  'current-schema-id': int,
  schemas: list(members({ 'schema-id': optional(int) })),
  'default-spec-id': int,
  'partition-specs': list(members({ 'spec-id': int, fields: list(members({ 'field-id': int, 'source-id': int })) })),
  'last-partition-id': int,
  'default-sort-order-id': int,
  'sort-orders': list(
    members({ 'order-id': int, fields: list(members({ transform: text, direction: text, 'null-order': text })) }),
  ),
  properties: optional(dictionary(text)),
  'current-snapshot-id': optional(id),
  snapshots: list(
    members({
      'snapshot-id': id,
      'parent-snapshot-id': optional(id),
      'sequence-number': optional(number),
      'timestamp-ms': number,
      'manifest-list': optional(text),
      manifests: optional(list(text)),
      summary: optional(dictionary(text)),
      'schema-id': optional(int),
    }),
  ),
  'snapshot-log': optional(list(members({ 'timestamp-ms': number, 'snapshot-id': id }))),
  'metadata-log': optional(list(members({ 'timestamp-ms': number, 'metadata-file': text }))),
  refs: dictionary(
    members({
      'snapshot-id': id,
      type: expected('branch or tag', (value) => value === 'branch' || value === 'tag'),
      'min-snapshots-to-keep': optional(int),
      'max-snapshot-age-ms': optional(number),
      'max-ref-age-ms': optional(number),
    }),
  ),
}

/** `metadata`: after what the first version leaves out has been added. */
export function checkShape(metadata: Readonly<Record<string, unknown>>): void {
  for (const [name, check] of Object.entries(FIELDS)) check(metadata[name], name)
}
