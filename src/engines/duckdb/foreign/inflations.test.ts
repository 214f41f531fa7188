import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { VARCHAR } from '../../../sql/types.ts'
import { openPlace } from '../../engine.fixture.ts'
import { dataColumns, LAZY, relationOf } from '../scans/scan.fixture.ts'
import { Inflations } from './inflations.ts'

const place = openPlace()
after(() => place.remove())

test('texts that are laid down over others are as they were, longer and shorter ones', async () => {
  const directory = join(place.directory, 'inflated')
  const most = 1_000_000
  const inflations = new Inflations(directory, most)
  const columns = dataColumns(['a', VARCHAR], ['b', VARCHAR])
  const never = new AbortController().signal
  for (const letters of [200, 150, 200, 190, 160, 200, 130, 200, 140, 180, 200, 150]) {
    inflations.shrink()
    const text = `${randomBytes(letters * 500).toString('hex')}\n`.replaceAll(/.{50}/g, '$&,x\n')
    const relation = relationOf(LAZY, columns, [place.file('t.csv.gz', gzipSync(text))])
    const { files } = await inflations.inflated(relation, true, never, () => undefined)
    assert.equal(readFileSync(files[0]!.localPath, 'utf8'), text)
    assert.equal(files[0]!.inflated?.sizeBytes, text.length)
    assert.ok(readdirSync(directory).length <= most / 130_000 + 1)
  }
})
