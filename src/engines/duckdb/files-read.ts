import type { DataFile, ReadFile, Relation } from '../../core/queries/relation.ts'

/** All that a scan of the relation reads: its data files, and the files that tell which of their rows are deleted. */
export function filesRead({ files }: Relation): readonly ReadFile[] {
  const read = new Map<string, ReadFile>(files.map((file) => [file.localPath, file]))
  for (const file of filesOfDeletes(files)) read.set(file.localPath, file)
  return [...read.values()]
}

/** Files of which an instance keeps what it has read. */
export const filesOfDeletes = (files: readonly DataFile[]): readonly ReadFile[] => [
  // Many data files have the same ones.
  ...new Set(
    files.flatMap(({ deleted, deletedValues = [] }) => [
      ...(deleted?.kind === 'positions' ? deleted.files : []),
      ...deletedValues.flatMap((one) => one.files),
    ]),
  ),
]
