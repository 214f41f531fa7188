/** Lines longer than any buffer of the engine's: whatever it does with them, none is lost in silence. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { systemClock } from '../../../core/clock.ts'
import type { DataFile, FileFormat } from '../../../core/queries/relation.ts'
import { VARCHAR } from '../../../sql/types.ts'
import { counted, LIMITS, openPlace, type Place, planOf, relationOf, scanOf } from '../../engine.fixture.ts'
import { type DuckdbEngine, openDuckdbEngine } from '../engine.ts'
import { JSON_LINES, LAZY, OPEN_CSV } from '../scans/scan.fixture.ts'

let place: Place
let engine: DuckdbEngine
before(() => {
  place = openPlace()
  const temporaryDirectory = join(place.directory, 'tmp')
  engine = openDuckdbEngine({ workers: 1, memoryBytes: 2 ** 29, temporaryDirectory, clock: systemClock })
})
after(async () => {
  await engine.close()
  place.remove()
})

const MEBIBYTE = 1_048_576
const CODECS: readonly (readonly [ending: string, pack: (text: string) => string | Uint8Array])[] = [
  ['', (text) => text],
  ['.gz', (text) => gzipSync(text, { level: 1 })],
  ['.zst', (text) => zstdCompressSync(text)],
  ['.deflate', (text) => deflateSync(text, { level: 1 })],
]
const REGEX: FileFormat = { kind: 'regex', pattern: '([^,]*),(.*)', ignoreCase: false }

async function count(format: FileFormat, file: DataFile): Promise<unknown> {
  const columns = [
    ['a', VARCHAR],
    ['b', VARCHAR],
  ] as const
  const relation = relationOf(format, columns, [file])
  const plan = planOf(counted(scanOf(relation, ['a'])), { relations: [relation], limits: LIMITS })
  return (await engine.run(plan, new AbortController().signal)).values[0]![0]
}

const textOf = (lineBytes: number, end: string): string => `1,x\n2,y\n${'z'.repeat(lineBytes)},q${end}`

for (const [ending, pack] of CODECS)
  test(`a last line that no buffer holds fails the query: ${ending || 'plain'}`, async () => {
    const name = `long.csv${ending}`
    const bytes = pack(textOf(34 * MEBIBYTE, '\n'))
    for (const format of [LAZY, OPEN_CSV, REGEX])
      await assert.rejects(count(format, place.file(name, bytes)), {
        code: 'HIVE_CURSOR_ERROR',
        message: `A record is too large to read in s3://lake/${name}`,
      })
  })

test('so does one that blank lines follow', async () => {
  for (const [ending, pack] of CODECS)
    await assert.rejects(count(OPEN_CSV, place.file(`blank.csv${ending}`, pack(textOf(34 * MEBIBYTE, '\n\r\n\n')))), {
      code: 'HIVE_CURSOR_ERROR',
      message: `A record is too large to read in s3://lake/blank.csv${ending}`,
    })
})

test('lines that a buffer holds are read, however the text is compressed and its lines end', async () => {
  for (const [ending, pack] of CODECS) {
    assert.equal(await count(LAZY, place.file(`held.csv${ending}`, pack(textOf(12 * MEBIBYTE, '\n')))), '3')
    const returns = textOf(12 * MEBIBYTE, '\n').replaceAll('\n', '\r')
    assert.equal(await count(OPEN_CSV, place.file(`returns.csv${ending}`, pack(returns))), '3')
  }
})

test('a last object that no line feed ends is read, wherever the buffers of the engine end', async () => {
  const object = `{"a":"${'x'.repeat(91)}"}`
  for (const [ending, pack] of CODECS)
    for (const [i, textBytes] of [16, 32].map((size) => size * MEBIBYTE + 5).entries()) {
      const objects = Math.floor(textBytes / (object.length + 1)) - 1
      const text = `${`${object}\n`.repeat(objects)}{"a":""}`
      const last = `{"a":"${'y'.repeat(textBytes - text.length)}"}`
      const bytes = pack(text.slice(0, -'{"a":""}'.length) + last)
      assert.equal(await count(JSON_LINES, place.file(`tail-${i}.json${ending}`, bytes)), String(objects + 1))
    }
})
