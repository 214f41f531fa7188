/** Rows of files that were deleted by numbers, bitmaps and values, beside a model of what is left: a list of rows in memory. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { DataFile, DeletedRows, DeletedValues, Relation, RelationColumn } from '../../../core/queries/relation.ts'
import { fractions } from '../../../formats/seeded.fixture.ts'
import { BIGINT, VARCHAR } from '../../../sql/types.ts'
import { type Instance, openInstance } from '../instance.ts'
import { heldExactly } from '../parquet/parquet-columns.ts'
import { scanText } from '../scans/scan.ts'
import { defineDeletedRows, hasDeletedRows } from './deleted-rows.ts'
import { defineDeletedValues } from './deleted-values.ts'

let directory: string
let instance: Instance
let files = 0
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lentic-deletes-'))
  instance = await openInstance(join(directory, 'engine'))
})
after(() => {
  instance.close()
  rmSync(directory, { recursive: true, force: true })
})

const column = (name: string, ordinal: number): RelationColumn => ({
  kind: 'data',
  name,
  type: BIGINT,
  field: name,
  ordinal,
  fieldId: ordinal + 1,
})
const COLUMNS: readonly RelationColumn[] = [
  column('id', 0),
  column('kind', 1),
  { kind: 'hidden', name: '$path', type: VARCHAR },
  { kind: 'hidden', name: '$pos', type: BIGINT },
]
const KINDS = 7

async function written(select: string, fieldIds = ''): Promise<string> {
  const path = join(directory, `${++files}.parquet`)
  await instance.main.run(`COPY (${select}) TO '${path}' (FORMAT parquet${fieldIds})`)
  return path
}

interface ModelFile {
  readonly file: DataFile
  readonly rows: number
  readonly first: number
  readonly gone: ReadonlySet<number>
}

/** Its ids go on from `first`. */
async function dataFile(first: number, rows: number, gone: ReadonlySet<number>): Promise<ModelFile> {
  const select = `SELECT ${first} + range AS id, range % ${KINDS} AS kind FROM range(${rows})`
  const localPath = await written(select, ', FIELD_IDS {id: 1, kind: 2}')
  const uri = `s3://lake/${files}.parquet`
  const known = { localPath, uri, sizeBytes: 1, modifiedAt: new Date(0), partition: [], partitionName: '' }
  return { file: known, rows, first, gone }
}

/**
 * All of them by files that name rows of the others too, some twice, and some beyond the end. Besides, there is a file for
 * each of them that names all of its rows, and does not apply to it.
 */
async function positions(all: readonly ModelFile[]): Promise<DeletedRows[]> {
  const told = all.flatMap(({ file, rows, gone }) =>
    [...gone, rows, rows + 2 ** 33].map((row) => `('${file.uri}', ${row}::BIGINT)`),
  )
  const halves = [told.filter((_, i) => i % 2 === 0), told.filter((_, i) => i % 2 === 1 || i % 3 === 0)]
  const paths: string[] = []
  for (const half of halves) paths.push(await written(`SELECT * FROM (VALUES ${half.join()}) AS v(file_path, pos)`))
  for (const { file, rows } of all)
    paths.push(await written(`SELECT '${file.uri}' AS file_path, range AS pos FROM range(${rows})`))
  const deletes = paths.map((localPath) => ({ localPath, uri: localPath, sizeBytes: 1 }))
  return all.map(({ file }, i) => {
    const applied = deletes.filter((_, place) => place !== halves.length + i)
    return { kind: 'positions', files: i % 2 === 0 ? applied : applied.toReversed(), dataFile: file.uri }
  })
}

/** As https://github.com/RoaringBitmap/RoaringFormatSpec has it, without runs. */
function bitmap({ file, gone }: ModelFile): DeletedRows {
  const parts = [
    ...Map.groupBy(
      [...gone].toSorted((a, b) => a - b),
      (row) => row >> 16,
    ),
  ]
  const bodies = parts.map(([, rows]) => {
    const low = rows.map((row) => row & 0xffff)
    if (low.length <= 4096) return Buffer.from(Uint16Array.from(low).buffer)
    const bits = Buffer.alloc(8192)
    for (const row of low) bits[row >> 3]! |= 1 << (row & 7)
    return bits
  })
  const keys = parts.flatMap(([key, rows]) => [key, rows.length - 1])
  const offsets = bodies.map(
    (_, i) => 8 + parts.length * 8 + bodies.slice(0, i).reduce((sum, one) => sum + one.length, 0),
  )
  const bytes = Buffer.concat([
    Buffer.from(Uint32Array.of(1, 0, 0, 12_346, parts.length).buffer),
    Buffer.from(Uint16Array.from(keys).buffer),
    Buffer.from(Uint32Array.from(offsets).buffer),
    ...bodies,
  ])
  return { kind: 'bitmap', bitmap: bytes, cardinality: gone.size, uri: file.uri, badData: 'ICEBERG_BAD_DATA' }
}

async function rowsLeft(relation: Relation, counted: boolean): Promise<{ rows: string[]; as: string | undefined }> {
  const { main } = instance
  const wanted = COLUMNS.map((_, i) => i)
  const exact = counted && (await heldExactly(main, relation, wanted))
  const deletedRows = relation.files.some(hasDeletedRows)
    ? await defineDeletedRows(instance, relation, exact)
    : undefined
  const deletedValues = await defineDeletedValues(instance, relation)
  const hints = { exact, deletedValues, ...(deletedRows && { deletedRows }) }
  const result = await main.runAndReadAll(scanText(relation, wanted, hints))
  return { rows: result.getRows().map(String), as: deletedRows?.as }
}

const sorted = (rows: readonly string[]) => rows.toSorted()

/** What deletes of each kind leave, `ways` being those that the engine took. */
async function check(seed: number, ways: Set<string>): Promise<void> {
  const random = fractions(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const models: ModelFile[] = []
  const share = pick([0.0005, 0.01, 0.1, 0.6])
  for (let i = 0; i < 4; i++) {
    // Of more than one stretch of bits now and then.
    const rows = i === 0 && seed % 5 === 1 ? 140_000 : pick([1, 900, 4000])
    const gone = new Set(Array.from({ length: rows }, (_, row) => row).filter(() => random() < share))
    const [none, all] = [random() < 0.2, random() < 0.1]
    if (none) gone.clear()
    if (all) for (let row = 0; row < rows; row++) gone.add(row)
    models.push(await dataFile(i * 1_000_000, rows, gone))
  }
  // VALUES of more are slow to parse.
  const byPosition = models.map(({ gone }) => gone.size < 3000 && random() < 0.6)
  const told = await positions(models.filter((_, i) => byPosition[i]))
  const lost = models.map((model, i) =>
    byPosition[i] ? told.shift()! : model.gone.size > 0 ? bitmap(model) : undefined,
  )
  const kind = pick([undefined, undefined, 3])
  const values = kind === undefined ? undefined : await deletedKind(kind)
  const compared = models.map(() => values !== undefined && random() < 0.5)
  const dataFiles = models.map(({ file }, i) => ({
    ...file,
    ...(lost[i] && { deleted: lost[i] }),
    ...(compared[i] && { deletedValues: [values!] }),
  }))
  const relation: Relation = { id: 'r', format: { kind: 'parquet' }, columns: COLUMNS, files: dataFiles }
  const expected = models.flatMap(({ file, rows, first, gone }, i) =>
    Array.from({ length: rows }, (_, row) => row)
      .filter((row) => !gone.has(row) && !(compared[i] && row % KINDS === kind))
      .map((row) => `${first + row},${row % KINDS},${file.uri},${row}`),
  )
  for (const counted of [true, false]) {
    const { rows, as } = await rowsLeft(relation, counted)
    ways.add(`${counted} ${as}`)
    assert.deepEqual(sorted(rows), sorted(expected), `seed ${seed}, ${counted ? 'counted' : 'not counted'}`)
    instance.defined.clear()
  }
}

async function deletedKind(kind: number): Promise<DeletedValues> {
  const localPath = await written(`SELECT ${kind}::BIGINT AS kind`, ', FIELD_IDS {kind: 2}')
  const told = { fieldId: 2, type: BIGINT, ids: { id: 2, inner: [] } }
  const compared = { column: 1, path: [], told: 0, toldPaths: [[]] }
  return { files: [{ localPath, uri: localPath, sizeBytes: 1 }], told: [told], columns: [compared], specId: 0 }
}

test('what random deletes of every kind leave of several files', async () => {
  const ways = new Set<string>()
  for (let seed = 1; seed <= 16; seed++) await check(seed, ways)
  for (const way of ['true rows', 'true bits', 'false rows', 'false bits']) assert.ok(ways.has(way), way)
})

test('a column that is called as the number of a row is the row number to nobody', async () => {
  const localPath = await written('SELECT range + 100 AS file_row_number, range AS id FROM range(10)')
  const known = {
    localPath,
    uri: 's3://lake/x',
    sizeBytes: 1,
    modifiedAt: new Date(0),
    partition: [],
    partitionName: '',
  }
  const model = { file: known, rows: 10, first: 0, gone: new Set([2, 3]) }
  const id = { kind: 'data', name: 'id', type: BIGINT, field: 'id', ordinal: 1 } as const
  const file = { ...known, deleted: bitmap(model) }
  const relation: Relation = { id: 'r', format: { kind: 'parquet' }, columns: [id], files: [file] }
  assert.equal(await heldExactly(instance.main, relation, [0]), false)
  const deletedRows = await defineDeletedRows(instance, relation, false)
  const left = await instance.main.runAndReadAll(scanText(relation, [0], { deletedRows }))
  assert.deepEqual(left.getRows().map(String), ['0', '1', '4', '5', '6', '7', '8', '9'])
})
