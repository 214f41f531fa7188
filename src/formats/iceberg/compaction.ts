/**
 * Which data files are worth writing again, and into files of which size: the rules of the Java library's rewriter of files by
 * size, with the thresholds that Athena's table properties set.
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html
 */
import type { TableMetadata } from './metadata.ts'

export interface CompactionRules {
  readonly targetBytes: number
  /** Smaller files, and larger than `maxBytes`, are not as they should be. */
  readonly minBytes: number
  readonly maxBytes: number
  /** Fewer files than this are left to become more. */
  readonly minFiles: number
  /** A file to which so many files of deletes apply is not as it should be. */
  readonly minDeleteFiles: number
}

const DEFAULT_TARGET_BYTES = 512 << 20

/** Of a table's own settings, unless files are to become of another size. */
export function compactionRules({ properties = {} }: TableMetadata, wantedBytes?: number): CompactionRules {
  const number = (name: string, otherwise: number): number => {
    const value = Number(properties[name] ?? Number.NaN)
    return value > 0 ? value : otherwise
  }
  const targetBytes = wantedBytes ?? number('write.target-file-size-bytes', DEFAULT_TARGET_BYTES)
  return {
    targetBytes,
    minBytes: number('optimize_rewrite_min_data_file_size_bytes', targetBytes * 0.75),
    maxBytes: number('optimize_rewrite_max_data_file_size_bytes', targetBytes * 1.8),
    minFiles: number('optimize_rewrite_data_file_threshold', 5),
    minDeleteFiles: number('optimize_rewrite_delete_file_threshold', 2),
  }
}

export interface SizedFile {
  readonly sizeBytes: number
  /** How many files of deletes apply to it. */
  readonly deleteFiles: number
}

const isDirty = ({ deleteFiles }: SizedFile, { minDeleteFiles }: CompactionRules): boolean =>
  deleteFiles >= minDeleteFiles

/** Whether a file by itself is not as it should be. */
export const wantsRewrite = (file: SizedFile, rules: CompactionRules): boolean =>
  file.sizeBytes < rules.minBytes || file.sizeBytes > rules.maxBytes || isDirty(file, rules)

/** `files`: of one partition, each of which is not as it should be. Whether writing them again makes it better. */
export function worthRewriting(files: readonly SizedFile[], rules: CompactionRules): boolean {
  const bytes = sizeOf(files)
  if (bytes > rules.maxBytes || files.some((file) => isDirty(file, rules))) return true
  return files.length > 1 && (files.length >= rules.minFiles || bytes > rules.targetBytes)
}

export const sizeOf = (files: readonly Pick<SizedFile, 'sizeBytes'>[]): number =>
  files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

/** How large each file becomes, so that no small one is left over. */
export function writtenBytes(inputBytes: number, { targetBytes, minBytes, maxBytes }: CompactionRules): number {
  if (inputBytes <= targetBytes) return targetBytes
  const [fewer, more] = [Math.floor(inputBytes / targetBytes), Math.ceil(inputBytes / targetBytes)]
  const leavesSmall = inputBytes % targetBytes <= minBytes
  const files = leavesSmall && inputBytes / fewer < Math.min(targetBytes * 1.1, maxBytes) ? fewer : more
  return Math.ceil((inputBytes / files) * 1.01)
}
