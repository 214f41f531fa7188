/**
 * A table's metadata as the text of its file. Its snapshots and their logs are nearly all of it and go from one commit to the
 * next unchanged, so each is written out once.
 */
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { exactJsonText } from '../../exact-json.ts'

const KEPT_PARTS: ReadonlySet<string> = new Set(['schemas', 'snapshots', 'snapshot-log', 'metadata-log'])

export function metadataText(metadata: TableMetadata): string {
  const members = Object.entries(metadata).flatMap(([name, value]) => {
    const text = KEPT_PARTS.has(name) && Array.isArray(value) ? listText(value) : exactJsonText(value)
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]
  })
  return `{${members.join(',')}}`
}

const listText = (parts: readonly object[]): string => `[${parts.map(partText).join(',')}]`

const texts = new WeakMap<object, string>()

function partText(part: object): string {
  const known = texts.get(part)
  if (known !== undefined) return known
  const text = exactJsonText(part)!
  texts.set(part, text)
  return text
}
