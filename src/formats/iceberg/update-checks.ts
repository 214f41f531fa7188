/** Updates and requirements as clients send them: JSON that is looked at before it is believed. */
import { invalidMetadata, unsupported } from './iceberg-error.ts'
import { checkSchema } from './schema.ts'
import type { PartitionSpec, SortOrder } from './specs.ts'
import type { TableRequirement } from './table-requirements.ts'
import type { TableUpdate } from './table-updates.ts'
import type { ViewUpdate, ViewVersion } from './view-metadata.ts'

type Json = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const whole: Check = (value) => Number.isInteger(value)
const id: Check = (value) => typeof value === 'bigint' || Number.isInteger(value)
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const list =
  (of: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(of)
const texts: Check = (value) => object(value) && Object.values(value as Json).every(text)
const maybe =
  (of: Check): Check =>
  (value) =>
    value === undefined || value === null || of(value)
const having =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    object(value) && Object.entries(members).every(([name, check]) => check((value as Json)[name]))

const schema: Check = (value) => Boolean(checkSchema(value))
const partitionField = having({ name: text, transform: text, 'source-id': whole, 'field-id': maybe(whole) })
const sortField = having({
  transform: text,
  'source-id': whole,
  direction: (value) => value === 'asc' || value === 'desc',
  'null-order': (value) => value === 'nulls-first' || value === 'nulls-last',
})
/** Its manifests are told by a list in a file or, in the first version of the format, one by one. */
const listed: Check = (value) => text((value as Json)['manifest-list']) || list(text)((value as Json).manifests)
const snapshotMembers = having({
  'snapshot-id': id,
  'parent-snapshot-id': maybe(id),
  'sequence-number': maybe(id),
  'timestamp-ms': whole,
  'manifest-list': maybe(text),
  summary: maybe(texts),
  'schema-id': maybe(whole),
})
const snapshot: Check = (value) => snapshotMembers(value) && listed(value)
const statistics = having({ 'snapshot-id': id, 'statistics-path': text })

const specCheck = having({ fields: list(partitionField) })
const orderCheck = having({ fields: list(sortField) })

const UPDATES: Readonly<Record<TableUpdate['action'], Readonly<Record<string, Check>>>> = {
  'assign-uuid': { uuid: text },
  'upgrade-format-version': { 'format-version': whole },
  'add-schema': { schema },
  'set-current-schema': { 'schema-id': whole },
  'remove-schemas': { 'schema-ids': list(whole) },
  'add-spec': { spec: specCheck },
  'set-default-spec': { 'spec-id': whole },
  'remove-partition-specs': { 'spec-ids': list(whole) },
  'add-sort-order': { 'sort-order': orderCheck },
  'set-default-sort-order': { 'sort-order-id': whole },
  'set-location': { location: text },
  'set-properties': { updates: texts },
  'remove-properties': { removals: list(text) },
  'add-snapshot': { snapshot },
  'remove-snapshots': { 'snapshot-ids': list(id) },
  'set-snapshot-ref': {
    'ref-name': text,
    'snapshot-id': id,
    type: (value) => value === 'branch' || value === 'tag',
    'min-snapshots-to-keep': maybe(whole),
    'max-snapshot-age-ms': maybe(whole),
    'max-ref-age-ms': maybe(whole),
  },
  'remove-snapshot-ref': { 'ref-name': text },
  'set-statistics': { statistics },
  'remove-statistics': { 'snapshot-id': id },
  'set-partition-statistics': { 'partition-statistics': statistics },
  'remove-partition-statistics': { 'snapshot-id': id },
  'add-encryption-key': { 'encryption-key': having({ 'key-id': text }) },
  'remove-encryption-key': { 'key-id': text },
}

const viewVersion = having({
  'version-id': whole,
  'schema-id': whole,
  'timestamp-ms': whole,
  representations: list(having({ type: (value) => value === 'sql', sql: text, dialect: text })),
  'default-namespace': list(text),
  'default-catalog': maybe(text),
  summary: maybe(texts),
})

const VIEW_UPDATES: Readonly<Record<ViewUpdate['action'], Readonly<Record<string, Check>>>> = {
  'assign-uuid': { uuid: text },
  'upgrade-format-version': { 'format-version': whole },
  'add-schema': { schema },
  'set-location': { location: text },
  'set-properties': { updates: texts },
  'remove-properties': { removals: list(text) },
  'add-view-version': { 'view-version': viewVersion },
  'set-current-view-version': { 'view-version-id': whole },
}

const REQUIREMENTS: Readonly<Record<TableRequirement['type'], Readonly<Record<string, Check>>>> = {
  'assert-create': {},
  'assert-table-uuid': { uuid: text },
  'assert-ref-snapshot-id': { ref: text, 'snapshot-id': maybe(id) },
  'assert-last-assigned-field-id': { 'last-assigned-field-id': whole },
  'assert-current-schema-id': { 'current-schema-id': whole },
  'assert-last-assigned-partition-id': { 'last-assigned-partition-id': whole },
  'assert-default-spec-id': { 'default-spec-id': whole },
  'assert-default-sort-order-id': { 'default-sort-order-id': whole },
}

/** Of a new table: undefined where it is to have none. */
export const checkedSpec = (value: unknown): PartitionSpec | undefined =>
  checkedMember(value, specCheck, 'partition-spec')
export const checkedOrder = (value: unknown): SortOrder | undefined => checkedMember(value, orderCheck, 'write-order')

function checkedMember<T>(value: unknown, check: Check, name: string): T | undefined {
  if (value === undefined || value === null) return undefined
  if (!check(value)) throw invalidMetadata(`Cannot parse ${name}`)
  return value as T
}

/** Throws IcebergError for what is none, and for an action that is not known: nobody may ignore one. */
export const checkedUpdates = (value: unknown): readonly TableUpdate[] => checked(value, 'action', UPDATES)

export const checkedViewUpdates = (value: unknown): readonly ViewUpdate[] => checked(value, 'action', VIEW_UPDATES)

/** The UUID that a view must have, where that is asked. */
export const checkedViewRequirements = (value: unknown): string | undefined =>
  checked<{ readonly uuid: string }>(value, 'type', { 'assert-view-uuid': { uuid: text } })[0]?.uuid

export const checkedViewVersion = (value: unknown): ViewVersion => {
  if (!viewVersion(value)) throw invalidMetadata('Cannot parse view-version')
  return value as ViewVersion
}

export const checkedRequirements = (value: unknown): readonly TableRequirement[] => checked(value, 'type', REQUIREMENTS)

function checked<T>(
  value: unknown,
  discriminator: string,
  known: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): readonly T[] {
  if (!list(object)(value ?? [])) throw invalidMetadata(`Cannot parse a list of objects by ${discriminator}`)
  return ((value ?? []) as readonly Json[]).map((one) => {
    const kind = one[discriminator]
    const members = typeof kind === 'string' && Object.hasOwn(known, kind) ? known[kind]! : undefined
    if (!members) throw unsupported(`Cannot convert unrecognized ${discriminator}: ${String(kind)}`)
    for (const [name, check] of Object.entries(members))
      if (!check(one[name])) throw invalidMetadata(`Cannot parse ${name} of ${kind}`)
    return withoutNulls(one) as T
  })
}

/** Clients say of what they leave open that it is null. */
const withoutNulls = (one: Json): Json => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null))
