import type { ReadFile, Relation } from '../../core/queries/relation.ts'

/** All that a scan of the relation reads: its data files, and the files that tell which of their rows are deleted. */
export function filesRead({ files }: Relation): readonly ReadFile[] {
  const read = new Map<string, ReadFile>(files.map((file) => [file.localPath, file]))
  for (const { deleted, deletedValues = [] } of files) {
    if (deleted?.kind === 'positions') for (const file of deleted.files) read.set(file.localPath, file)
    for (const { files: told } of deletedValues) for (const file of told) read.set(file.localPath, file)
  }
  return [...read.values()]
}
