/**
 * Some rows of a table, truly written in another form by the engine, and what the files then weigh. They lie in a private
 * folder that goes when they have been weighed.
 */
import { createReadStream } from 'node:fs'
import { quotedName, quotedText } from '../../sql/quotation.ts'
import { parseQuery } from '../../sql/statement.ts'
import { type Type, typeName } from '../../sql/types.ts'
import { columnType } from '../queries/column-type.ts'
import type { QueryContext } from '../queries/context.ts'
import type { EngineOutcome, Sink } from '../queries/engine-plan.ts'
import type { NamedRelation } from '../queries/scan-planning.ts'
import { execute, type PlannedQuery, planQuery } from '../queries/statements/query.ts'
import { GROUP_ROWS, type RowStretch, type TypedColumn } from './changed-groups.ts'
import { orcReads } from './orc-reads.ts'
import { readFooter } from './parquet-footers.ts'
import { groupReadBytes } from './parquet-reads.ts'
import type { ReadFile } from './stretches.ts'
import { equals, selection, type TableForm } from './table-changes.ts'

export interface SampleWeight {
  readonly rows: number
  readonly fileBytes: number
  /** What reading the wanted columns takes, beside the footer. */
  readonly readBytes: number
  /** Of Parquet and ORC: what is read of a file's end. */
  readonly footerBytes: number
  /** Of the wanted columns that conditions ask for values of; nothing for those without a filter. */
  readonly bloomFilterBytes: ReadonlyMap<string, number>
}

export interface SampledTable {
  /** `database.table`. */
  readonly name: string
  readonly columns: readonly TypedColumn[]
  /** What the query reads of it now. */
  readonly relation: NamedRelation
  readonly form: TableForm
  /** Columns that the query reads. */
  readonly wanted: readonly string[]
  /** Those that its conditions ask for. */
  readonly asked: ReadonlySet<string>
  /** How many rows its files would keep together. */
  readonly stretchRows: number
}

/** The plan of SQL of our own over the table, reading just the files that the query would. */
export async function planOver(
  sql: string,
  { name, relation }: Pick<SampledTable, 'name' | 'relation'>,
  context: QueryContext,
) {
  const planned = await planQuery(parseQuery(sql), context)
  const { files, layouts } = relation
  const relations = planned.scans.relations.map((one) =>
    one.name === name && one.catalog === undefined ? { ...one, files, ...(layouts && { layouts }) } : one,
  )
  return { ...planned, scans: { ...planned.scans, relations } } satisfies PlannedQuery
}

export async function weighStretch(
  table: SampledTable,
  stretch: RowStretch,
  context: QueryContext,
): Promise<SampleWeight> {
  const sample = { sql: stretchText(table, stretch), codec: table.form.codec }
  return (await whileWritten(table, sample, context, (file) => weigh(table, file))) ?? { ...NOTHING }
}

/** A few stretches of so many rows together are written to be weighed. */
export const SAMPLE_ROWS = 3 * GROUP_ROWS
/** What a stretch of more rows weighs is reckoned by the first of them. */
const MOST_STRETCH_ROWS = 16 * GROUP_ROWS

/** A stripe of ORC ends with the batch whose rows fill it before they are compressed: texts as they are, each with its length. */
const STRIPE_BYTES = 64 << 20
const BATCH_ROWS = 10_000
const LENGTH_BYTES = 4

/** How many rows files of the form would keep together: what rows of ORC weigh is told by some of them. */
export async function stretchRowsOf(table: Omit<SampledTable, 'stretchRows'>, context: QueryContext): Promise<number> {
  if (table.form.format !== 'ORC') return GROUP_ROWS
  const data = dataColumns(table)
  const names = data.map(({ name }) => name)
  const texts = data.filter(({ type }) => TEXTS.has(type.kind)).map(({ name }) => name)
  const form = { ...table.form, partitionBy: [], sortBy: [] }
  const sql = `${selection({ from: table.name, form, columns: names })} LIMIT ${SAMPLE_ROWS}`
  const sizes = texts.map((name) => `sum(length(to_utf8(${quotedName(name)})) + ${LENGTH_BYTES})`)
  const { values } = await execute(
    await planOver(`SELECT ${['count(*)', ...sizes].join(', ')} FROM (${sql})`, table, context),
    { kind: 'rows', limit: 1 },
    context,
  )
  const [rows = 0, ...textBytes] = (values[0] ?? []).map(Number)
  const others = names.filter((name) => !texts.includes(name))
  const otherBytes = await whileWritten(table, { sql, codec: 'NONE' }, context, (file) => orcBytes(table, file, others))
  const bytes = textBytes.reduce((sum, one) => sum + one, otherBytes ?? 0)
  return Math.ceil((STRIPE_BYTES * rows) / Math.max(1, bytes) / BATCH_ROWS) * BATCH_ROWS || GROUP_ROWS
}

const TEXTS: ReadonlySet<Type['kind']> = new Set(['varchar', 'char'])

/** In the form but for its partitions. Undefined where there are no rows. */
async function whileWritten<T>(
  table: Pick<SampledTable, 'name' | 'relation' | 'form'>,
  { sql, codec }: { readonly sql: string; readonly codec: string },
  context: QueryContext,
  look: (file: WrittenFile) => Promise<T>,
): Promise<T | undefined> {
  const workspace = await context.rooms.files.workspace()
  try {
    const planned = await planOver(sql, table, context)
    const { form } = table
    const sink = {
      kind: 'files',
      directory: workspace.directory,
      format: form.format,
      compression: codec,
      text: form,
      partitionBy: [],
      maxPartitions: 1,
    } as const satisfies Sink
    const { files } = await execute(planned, sink, context)
    return files[0] && (await look(files[0]))
  } finally {
    await workspace.remove()
  }
}

/** Those that lie in files. */
const dataColumns = ({ columns, form }: Pick<SampledTable, 'columns' | 'form'>): TypedColumn[] =>
  columns.filter(({ name }) => !form.partitionBy.includes(name))

const NOTHING: SampleWeight = { rows: 0, fileBytes: 0, readBytes: 0, footerBytes: 0, bloomFilterBytes: new Map() }

/** Its rows, without the keys, which lie in no file. */
function stretchText(
  { name, columns, form, stretchRows }: SampledTable,
  { partition, place, rows, ranges }: RowStretch,
): string {
  const types = new Map(columns.map((column) => [column.name, typeName(column.type)]))
  const conditions = form.partitionBy.map((key, i) => equals(key, partition[i] ?? null, types.get(key)!))
  const [first] = form.sortBy
  const range = first === undefined ? undefined : ranges.get(first)
  if (first !== undefined && range) conditions.push(within(first, range.min, range.max, types.get(first)!))
  const where = conditions.length > 0 ? conditions.join(' AND ') : undefined
  const data = dataColumns({ columns, form }).map((column) => column.name)
  const text = selection({ from: name, form: { ...form, partitionBy: [] }, columns: data, where })
  const offset = range || place === 0 ? '' : ` OFFSET ${place * stretchRows}`
  return `${text}${offset} LIMIT ${Math.min(rows, MOST_STRETCH_ROWS)}`
}

const within = (column: string, min: unknown, max: unknown, type: string): string => {
  const value = (one: unknown) => `CAST(${quotedText(String(one))} AS ${type})`
  return `${quotedName(column)} BETWEEN ${value(min)} AND ${value(max)}`
}

type WrittenFile = EngineOutcome['files'][number]

async function weigh(table: SampledTable, file: WrittenFile): Promise<SampleWeight> {
  const weight = { ...NOTHING, rows: file.rows, fileBytes: file.sizeBytes, readBytes: file.sizeBytes }
  const wanted = table.wanted.filter((name) => !table.form.partitionBy.includes(name))
  if (table.form.format === 'PARQUET') return { ...weight, ...(await weighParquet(table, file, wanted)) }
  if (table.form.format === 'ORC') return { ...weight, ...(await weighOrc(table, file, wanted)) }
  return weight
}

async function weighParquet(
  { asked }: SampledTable,
  { path, sizeBytes }: WrittenFile,
  wanted: readonly string[],
): Promise<Partial<SampleWeight>> {
  const footer = await readFooter(localFile(path), { uri: path, sizeBytes })
  let readBytes = 0
  const bloomFilterBytes = new Map<string, number>()
  const names = new Set(wanted)
  for (const group of footer.groups) {
    readBytes += groupReadBytes(group, { names, asked, readsWhole: true })
    for (const name of wanted) {
      const bytes = group.chunks.get(name)?.bloomFilterBytes
      if (bytes) bloomFilterBytes.set(name, bytes)
    }
  }
  return { readBytes, footerBytes: footer.sizeBytes, bloomFilterBytes }
}

async function weighOrc(
  table: SampledTable,
  file: WrittenFile,
  wanted: readonly string[],
): Promise<Partial<SampleWeight>> {
  const footerBytes = await orcBytes(table, file, [])
  return { footerBytes, readBytes: (await orcBytes(table, file, wanted)) - footerBytes }
}

/** What reading these columns takes, with the file's end. */
async function orcBytes(
  table: Pick<SampledTable, 'columns' | 'form'>,
  { path, sizeBytes }: WrittenFile,
  names: readonly string[],
): Promise<number> {
  const fields = dataColumns(table).map(({ name, type }, ordinal) => ({ name, type: columnType(type), ordinal }))
  const request = {
    byName: false,
    columns: fields.filter(({ name }) => names.includes(name)),
    constraints: new Map(),
  }
  return (await orcReads(localFile(path), { uri: path, sizeBytes }, request))?.readBytes ?? sizeBytes
}

const localFile = (path: string): ReadFile => ({ read: (_, range) => createReadStream(path, range) })
