/** Data files and files of deletes as the REST protocol tells them. */

import { valueToJson } from '../../formats/iceberg/json-values.ts'
import type { ContentFile } from '../../formats/iceberg/manifest.ts'
import type { BoundField } from '../../formats/iceberg/specs.ts'
import type { ByColumn } from '../../formats/iceberg/told-columns.ts'

/** `stats`: the fields whose counts and bounds are told. */
export function contentFileJson(
  file: ContentFile,
  fields: readonly BoundField[],
  stats: ReadonlySet<number>,
): Readonly<Record<string, unknown>> {
  return {
    'spec-id': file.specId,
    content: file.content,
    'file-path': file.path,
    'file-format': file.format,
    partition: fields.map(({ type }, place) => {
      const value = file.partition[place] ?? null
      return value === null ? null : valueToJson(type, value)
    }),
    'file-size-in-bytes': file.sizeBytes,
    'record-count': file.recordCount,
    'split-offsets': file.splitOffsets,
    'sort-order-id': file.sortOrderId,
    'equality-ids': file.equalityIds,
    'referenced-data-file': file.referencedDataFile,
    'content-offset': file.contentOffset,
    'content-size-in-bytes': file.contentSizeBytes,
    ...(stats.size > 0 && statsJson(file, stats)),
  }
}

/** The bytes of bounds stand as they are in manifests, which is what the Java library reads here. */
function statsJson(file: ContentFile, stats: ReadonlySet<number>): Readonly<Record<string, unknown>> {
  const told = <V>(all: ByColumn<V> | undefined, shown: (value: V) => unknown) => {
    if (!all) return undefined
    const found = [...all].filter(([id]) => stats.has(id))
    return { keys: found.map(([id]) => id), values: found.map(([, value]) => shown(value)) }
  }
  const count = (value: number) => Number(value)
  const hex = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase()
  return {
    'column-sizes': told(file.columnSizes, count),
    'value-counts': told(file.valueCounts, count),
    'null-value-counts': told(file.nullValueCounts, count),
    'nan-value-counts': told(file.nanValueCounts, count),
    'lower-bounds': told(file.lowerBounds, hex),
    'upper-bounds': told(file.upperBounds, hex),
  }
}
