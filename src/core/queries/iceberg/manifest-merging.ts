/**
 * Which manifests of a snapshot are written again as one. Every commit adds a manifest, and every reader opens all of them,
 * so a table of many small commits would get ever slower. By the properties of the Java library:
 * https://iceberg.apache.org/docs/latest/configuration/#table-behavior-properties
 */
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'

/** Of the properties a table has, or of those of all others. */
export interface MergeRules {
  /** That many there must be. */
  readonly leastManifests: number
  /** So large it may get. */
  readonly mostBytes: number
}

const LEAST_MANIFESTS = 100
const MOST_BYTES = 8 << 20

/** Undefined where they are not to be merged. */
export function mergeRules({ properties = {} }: TableMetadata): MergeRules | undefined {
  if (properties['commit.manifest-merge.enabled']?.toLowerCase() === 'false') return undefined
  const number = (name: string, otherwise: number) => {
    const value = Number(properties[name] ?? otherwise)
    return value >= 1 ? value : otherwise
  }
  return {
    leastManifests: number('commit.manifest.min-count-to-merge', LEAST_MANIFESTS),
    mostBytes: number('commit.manifest.target-size-bytes', MOST_BYTES),
  }
}

const filesIn = ({ addedFiles = 0, existingFiles = 0, deletedFiles = 0 }: ManifestFile): number =>
  addedFiles + existingFiles + deletedFiles

/**
 * Of manifests of one spec and one content, the newest first. A manifest is written again only together with at least as
 * many files as it has itself, so that a file is so often written again as the table has doubled, however many commits
 * there were.
 */
export function mergedTogether<T extends ManifestFile>(
  manifests: readonly T[],
  { leastManifests, mostBytes }: MergeRules,
): readonly T[] {
  let [count, bytes, files] = [0, 0, 0]
  for (const manifest of manifests) {
    if (bytes + manifest.length > mostBytes) break
    count++
    bytes += manifest.length
    files += filesIn(manifest)
  }
  for (; count > 0; count--) {
    const last = filesIn(manifests[count - 1]!)
    if (last <= files - last) break
    files -= last
  }
  return count >= Math.max(2, leastManifests) ? manifests.slice(0, count) : []
}
