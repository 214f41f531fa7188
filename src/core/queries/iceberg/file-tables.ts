/** Tables about the files of an Iceberg table's snapshot: `t$manifests`, `t$files`, `t$partitions`. */
import type { ManifestEntry } from '../../../formats/iceberg/manifest.ts'
import { valueText } from '../../../formats/iceberg/partition-path.ts'
import { fieldsById, type IcebergType } from '../../../formats/iceberg/schema.ts'
import type { BoundField } from '../../../formats/iceberg/specs.ts'
import type { ColumnBounds, ColumnNumbers } from '../../../formats/iceberg/told-columns.ts'
import { compareValues, decodeValue, type IcebergValue } from '../../../formats/iceberg/values.ts'
import { quotedName, quotedText } from '../../../sql/quotation.ts'
import { typeName } from '../../../sql/types.ts'
import type { QueryContext } from '../context.ts'
import { trinoType } from './iceberg-columns.ts'
import { fieldsOf, liveEntries, manifestsOf, type SnapshotView } from './iceberg-files.ts'
import { type Listing, number, numberMap, text } from './listing.ts'

export async function manifests(view: SnapshotView, context: QueryContext): Promise<Listing> {
  const found = await manifestsOf(view, context)
  return {
    columns: [
      ['path', 'varchar'],
      ['length', 'bigint'],
      ['partition_spec_id', 'integer'],
      ['added_snapshot_id', 'bigint'],
      ['added_data_files_count', 'integer'],
      ['added_rows_count', 'bigint'],
      ['existing_data_files_count', 'integer'],
      ['existing_rows_count', 'bigint'],
      ['deleted_data_files_count', 'integer'],
      ['deleted_rows_count', 'bigint'],
      [
        'partition_summaries',
        'array(row(contains_null boolean, contains_nan boolean, lower_bound varchar, upper_bound varchar))',
      ],
    ],
    rows: found.map((manifest) => {
      const fields = fieldsOf(view, manifest.specId)
      const summaries = manifest.partitions?.map(({ containsNull, lower, upper }, i) => {
        const bound = (bytes: Uint8Array | undefined) => text(bytes && boundText(fields[i]!.type, bytes))
        return `ROW(${containsNull}, CAST(NULL AS boolean), ${bound(lower)}, ${bound(upper)})`
      })
      return [
        text(manifest.path),
        number(manifest.length),
        number(manifest.specId),
        number(manifest.addedSnapshotId),
        number(manifest.addedFiles),
        number(manifest.addedRows),
        number(manifest.existingFiles),
        number(manifest.existingRows),
        number(manifest.deletedFiles),
        number(manifest.deletedRows),
        summaries ? `ARRAY[${summaries.join(', ')}]` : 'NULL',
      ]
    }),
  }
}

const boundText = (type: IcebergType, bytes: Uint8Array): string => valueText(type, decodeValue(type, bytes))

const CONTENTS = { data: 0, 'position-deletes': 1, 'equality-deletes': 2 } as const

/** Every file of the snapshot, deletes too. */
async function liveFiles(view: SnapshotView, context: QueryContext) {
  const found: { readonly entry: ManifestEntry; readonly fields: readonly BoundField[] }[] = []
  for (const manifest of await manifestsOf(view, context)) {
    const fields = fieldsOf(view, manifest.specId)
    for (const entry of await liveEntries(view, manifest, undefined, context)) found.push({ entry, fields })
  }
  return found
}

export async function files(view: SnapshotView, context: QueryContext): Promise<Listing> {
  const known = fieldsById(view.schema)
  const counts = (map: ColumnNumbers | undefined) =>
    map ? numberMap([...map].map(([id, count]) => [id, number(count)])) : 'NULL'
  const bounds = (map: ColumnBounds | undefined) => {
    const entries = [...(map ?? [])].flatMap(([id, bytes]) => {
      const type = known.get(id)?.field.type
      return type === undefined ? [] : [[id, text(boundText(type, bytes))] as const]
    })
    return map ? numberMap(entries) : 'NULL'
  }
  return {
    columns: [
      ['content', 'integer'],
      ['file_path', 'varchar'],
      ['file_format', 'varchar'],
      ['record_count', 'bigint'],
      ['file_size_in_bytes', 'bigint'],
      ['column_sizes', 'map(integer, bigint)'],
      ['value_counts', 'map(integer, bigint)'],
      ['null_value_counts', 'map(integer, bigint)'],
      ['nan_value_counts', 'map(integer, bigint)'],
      ['lower_bounds', 'map(integer, varchar)'],
      ['upper_bounds', 'map(integer, varchar)'],
      ['key_metadata', 'varbinary'],
      ['split_offsets', 'array(bigint)'],
      ['equality_ids', 'array(integer)'],
    ],
    rows: (await liveFiles(view, context)).map(({ entry: { file } }) => [
      number(CONTENTS[file.content]),
      text(file.path),
      text(file.format.toUpperCase()),
      number(file.recordCount),
      number(file.sizeBytes),
      counts(file.columnSizes),
      counts(file.valueCounts),
      counts(file.nullValueCounts),
      counts(file.nanValueCounts),
      bounds(file.lowerBounds),
      bounds(file.upperBounds),
      'NULL',
      file.splitOffsets ? `ARRAY[${file.splitOffsets.join(', ')}]` : 'NULL',
      file.equalityIds ? `ARRAY[${file.equalityIds.join(', ')}]` : 'NULL',
    ]),
  }
}

/** A row for each partition, or one for a table that has none. */
export async function partitions(view: SnapshotView, context: QueryContext): Promise<Listing> {
  const found = (await liveFiles(view, context)).filter(({ entry }) => entry.file.content === 'data')
  const fields = everyField(view)
  const keyOf = ({ entry, fields: own }: (typeof found)[number]): string =>
    partitionSql(fields, own, entry.file.partition)
  const columns = view.schema.fields.filter((field) => typeof field.type === 'string')
  const rowType = fields.map(({ field, type }) => `${quotedName(field.name)} ${typeName(trinoType(type))}`).join(', ')
  const dataType = columns.map(({ name, type }) => {
    const of = typeName(trinoType(type))
    return `${quotedName(name)} row(min ${of}, max ${of}, null_count bigint, nan_count bigint)`
  })
  const rows = [...Map.groupBy(found, keyOf)].map(([key, group]) => {
    const all = group.map(({ entry }) => entry.file)
    const sum = (of: (file: (typeof all)[number]) => number) => number(all.reduce((total, file) => total + of(file), 0))
    return [
      ...(fields.length > 0 ? [key] : []),
      sum((file) => file.recordCount),
      number(all.length),
      sum((file) => file.sizeBytes),
      `ROW(${columns.map(({ id, type }) => columnSql(id, type, all)).join(', ')})`,
    ]
  })
  return {
    columns: [
      ...(fields.length > 0 ? [['partition', `row(${rowType})`] as const] : []),
      ['record_count', 'bigint'],
      ['file_count', 'bigint'],
      ['total_size', 'bigint'],
      ['data', `row(${dataType.join(', ')})`],
    ],
    rows,
  }
}

/** Of all specs that the table has had, as Trino lists them; one that later became void is what it was. */
function everyField(view: SnapshotView): readonly BoundField[] {
  const found = new Map<number, BoundField>()
  for (const spec of view.metadata['partition-specs'])
    for (const bound of fieldsOf(view, spec['spec-id'])) {
      const { kind } = bound.transform
      const id = bound.field['field-id']
      if (!found.has(id) && kind !== 'void' && kind !== 'unknown' && bound.source !== undefined) found.set(id, bound)
    }
  return [...found.values()]
}

/** The values that a file's partition has in fields of all specs. */
function partitionSql(
  fields: readonly BoundField[],
  own: readonly BoundField[],
  partition: readonly (IcebergValue | null)[],
): string {
  const values = fields.map(({ field, type }) => {
    const place = own.findIndex((one) => one.field['field-id'] === field['field-id'] && one.transform.kind !== 'void')
    return valueSql(type, partition[place] ?? null)
  })
  return `ROW(${values.join(', ')})`
}

function columnSql(id: number, type: IcebergType, files: readonly ManifestEntry['file'][]): string {
  const bounds = (of: 'lowerBounds' | 'upperBounds') =>
    files.flatMap((file) => {
      const bytes = file[of]?.get(id)
      return bytes ? [decodeValue(type, bytes)] : []
    })
  const [low] = bounds('lowerBounds').toSorted(compareValues)
  const high = bounds('upperBounds').toSorted(compareValues).at(-1)
  const sum = (of: 'nullValueCounts' | 'nanValueCounts') =>
    files.some((file) => file[of]?.has(id))
      ? number(files.reduce((total, file) => total + (file[of]?.get(id) ?? 0), 0))
      : 'CAST(NULL AS bigint)'
  return `ROW(${valueSql(type, low ?? null)}, ${valueSql(type, high ?? null)}, ${sum('nullValueCounts')}, ${sum('nanValueCounts')})`
}

function valueSql(type: IcebergType, value: IcebergValue | null): string {
  const name = typeName(trinoType(type))
  if (value === null) return `CAST(NULL AS ${name})`
  if (value instanceof Uint8Array && type !== 'uuid') return `X'${Buffer.from(value).toString('hex')}'`
  const shown = valueText(type, value)
    .replace('+00:00', ' UTC')
    .replace(/T(?=\d\d:)/, ' ')
  // A literal, which is read once, where a cast from text is a text of its own with all that may be wrong with it.
  const [kind = ''] = name.split('(')
  return kind === 'varchar' ? quotedText(shown) : `${kind} ${quotedText(shown)}`
}
