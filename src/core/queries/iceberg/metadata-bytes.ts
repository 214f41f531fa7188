/**
 * A table's metadata as the bytes of its file. Its snapshots and their logs are nearly all of it and go from one commit to
 * the next unchanged, so each is written out once.
 */
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { exactJsonText } from '../../exact-json.ts'

const KEPT_PARTS: ReadonlySet<string> = new Set(['schemas', 'snapshots', 'snapshot-log', 'metadata-log'])
const COMMA = Buffer.from(',')

export function metadataBytes(metadata: TableMetadata): Uint8Array {
  const pieces: Uint8Array[] = []
  let before = '{'
  for (const [name, value] of Object.entries(metadata)) {
    if (value === undefined) continue
    pieces.push(Buffer.from(`${before}${JSON.stringify(name)}:`))
    if (KEPT_PARTS.has(name) && Array.isArray(value)) addList(pieces, value)
    else pieces.push(Buffer.from(exactJsonText(value)!))
    before = ','
  }
  return Buffer.concat([...pieces, Buffer.from('}')])
}

function addList(pieces: Uint8Array[], parts: readonly object[]): void {
  pieces.push(Buffer.from('['))
  for (const [i, part] of parts.entries()) {
    if (i > 0) pieces.push(COMMA)
    pieces.push(partBytes(part))
  }
  pieces.push(Buffer.from(']'))
}

const written = new WeakMap<object, Uint8Array>()

function partBytes(part: object): Uint8Array {
  const known = written.get(part)
  if (known) return known
  const bytes = Buffer.from(exactJsonText(part)!)
  written.set(part, bytes)
  return bytes
}
