/** What a snapshot says of itself. https://iceberg.apache.org/spec/#optional-snapshot-summary-fields */
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import type { Snapshot } from '../../../formats/iceberg/metadata.ts'
import type { FileChanges } from './snapshot-changes.ts'

/** `removed`: all that `changes` removes. */
export function snapshotSummary(
  changes: FileChanges,
  removed: readonly ContentFile[],
  parent: Snapshot['summary'] = {},
): Record<string, string> {
  const [added, gone] = [counted(changes.added), counted(removed)]
  const partitions = new Set(
    [...changes.added, ...removed].map(({ specId, partition }) => `${specId} ${String(partition)}`),
  )
  const told = (name: string, value: number) => (value > 0 ? { [name]: String(value) } : {})
  const total = (name: string, more: number) => ({
    [`total-${name}`]: String(Number(parent[`total-${name}`] ?? 0) + more),
  })
  return {
    operation: operationOf(changes, removed),
    ...told('added-data-files', added.data.files),
    ...told('added-records', added.data.rows),
    ...told('added-delete-files', added.positions.files),
    ...told('added-position-delete-files', added.positions.files),
    ...told('added-position-deletes', added.positions.rows),
    ...told('added-files-size', added.bytes),
    ...told('deleted-data-files', gone.data.files),
    ...told('deleted-records', gone.data.rows),
    ...told('removed-delete-files', gone.positions.files + gone.equalities.files),
    ...told('removed-position-delete-files', gone.positions.files),
    ...told('removed-position-deletes', gone.positions.rows),
    ...told('removed-equality-delete-files', gone.equalities.files),
    ...told('removed-equality-deletes', gone.equalities.rows),
    ...told('removed-files-size', gone.bytes),
    'changed-partition-count': String(partitions.size),
    ...total('records', added.data.rows - gone.data.rows),
    ...total('files-size', added.bytes - gone.bytes),
    ...total('data-files', added.data.files - gone.data.files),
    ...total('delete-files', added.positions.files - gone.positions.files - gone.equalities.files),
    ...total('position-deletes', added.positions.rows - gone.positions.rows),
    ...total('equality-deletes', -gone.equalities.rows),
  }
}

function operationOf({ added, sequenceNumber }: FileChanges, removed: readonly ContentFile[]): string {
  if (sequenceNumber !== undefined) return 'replace'
  if (removed.length === 0 && added.every(({ content }) => content === 'data')) return 'append'
  return added.some(({ content }) => content === 'data') ? 'overwrite' : 'delete'
}

function counted(files: readonly ContentFile[]) {
  const of = (content: ContentFile['content']) => {
    const some = files.filter((file) => file.content === content)
    return { files: some.length, rows: some.reduce((sum, file) => sum + file.recordCount, 0) }
  }
  return {
    data: of('data'),
    positions: of('position-deletes'),
    equalities: of('equality-deletes'),
    bytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
  }
}
