/** Files that Spark wrote, with indexes of their pages: in the new file each of them is where it is said to be. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CompactReader, type Fields, fields, list, number } from './compact-reader.ts'
import { footerLength } from './footer.ts'
import { commonBytes, joinedFile } from './joined-file.ts'
import { storedFile } from './row-groups.ts'

const footerOf = (file: Buffer): Buffer => file.subarray(file.length - 8 - footerLength(file.subarray(-8)), -8)

function joined(sources: readonly Buffer[]) {
  const files = sources.map((source) => {
    const footer = footerOf(source)
    return storedFile(footer, source.length - 8 - footer.length)!
  })
  assert.equal(new Set(files.map((file) => commonBytes(file).toString('latin1'))).size, 1)
  const { pieces, rows, splitOffsets } = joinedFile(files, (source, { start, end }) =>
    sources[source]!.subarray(start, end),
  )
  const bytes = Buffer.concat(
    pieces.map((piece) =>
      piece instanceof Uint8Array ? piece : sources[piece.source]!.subarray(piece.span.start, piece.span.end),
    ),
  )
  return { bytes, rows, splitOffsets }
}

const rowGroups = (file: Buffer): readonly Fields[] =>
  list(new CompactReader(footerOf(file)).struct().get(4)).map((group) => fields(group)!)
const chunksOf = (group: Fields): readonly Fields[] => list(group.get(1)).map((chunk) => fields(chunk)!)
const part = (file: Buffer, chunk: Fields, offset: number, length: number): Buffer | undefined => {
  const [at, bytes] = [number(chunk.get(offset)), number(chunk.get(length))]
  return at === undefined || bytes === undefined ? undefined : file.subarray(at, at + bytes)
}
/** The bytes of each page with its header, and its first row. */
const pages = (file: Buffer, chunk: Fields): (readonly [Buffer, number | undefined])[] =>
  list(new CompactReader(part(file, chunk, 4, 5)!).struct().get(1)).map((location) => {
    const [at, size] = [number(fields(location)!.get(1))!, number(fields(location)!.get(2))!]
    return [file.subarray(at, at + size), number(fields(location)!.get(3))]
  })

const SPARK = globSync('tests/golden/iceberg/{nested,mor,odd}/data/**/0*.parquet')

test('there are files with indexes', () => {
  assert.ok(SPARK.length > 2)
})

for (const path of SPARK)
  test(path, () => {
    const source = readFileSync(path)
    const { bytes, rows, splitOffsets } = joined([source, source, source])
    const [before, after] = [rowGroups(source), rowGroups(bytes)]
    assert.equal(after.length, 3 * before.length)
    assert.equal(rows, 3 * before.reduce((sum, group) => sum + number(group.get(3))!, 0))
    assert.deepEqual(
      after.map((group) => number(group.get(5))),
      splitOffsets,
    )
    assert.deepEqual(
      after.map((group) => number(group.get(7))),
      after.map((_, i) => i),
    )
    after.forEach((group, i) => {
      const was = before[i % before.length]!
      chunksOf(group).forEach((chunk, column) => {
        const old = chunksOf(was)[column]!
        assert.deepEqual(part(bytes, chunk, 6, 7), part(source, old, 6, 7))
        assert.deepEqual(pages(bytes, chunk), pages(source, old))
        const [metadata, oldMetadata] = [fields(chunk.get(3))!, fields(old.get(3))!]
        const shift = number(metadata.get(9))! - number(oldMetadata.get(9))!
        assert.equal(number(metadata.get(9)), pages(bytes, chunk)[0]![0].byteOffset - bytes.byteOffset)
        const dictionary = number(oldMetadata.get(11))
        assert.equal(number(metadata.get(11)), dictionary === undefined ? undefined : dictionary + shift)
        for (const id of [1, 2, 3, 4, 5, 6, 7, 12, 13]) assert.deepEqual(metadata.get(id), oldMetadata.get(id))
      })
    })
  })

test('what is said of a file stays where all say it, and what is not known is carried along', () => {
  const source = readFileSync(SPARK[0]!)
  const { bytes } = joined([source, source])
  const [before, after] = [source, bytes].map((file) => new CompactReader(footerOf(file)).struct())
  for (const id of [1, 2, 5, 6, 7]) assert.deepEqual(after!.get(id), before!.get(id))
})
