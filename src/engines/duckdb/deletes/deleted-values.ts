/**
 * Rows that are in a file and not in its table because of their values. What all files say that compare the same columns
 * becomes one table, made once and kept by the instance: each value once, with how long it has been deleted.
 */
import { hash } from 'node:crypto'
import type { ComparedColumn, DataFile, DeletedValues, Relation } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import type { Instance } from '../instance.ts'
import type { FileValue } from '../scans/file-columns.ts'
import { fileTypeText, storedValue } from '../scans/stored-values.ts'
import { textList } from '../scans/text-list.ts'
import { type Ranked, rankedDeletes } from './applied-deletes.ts'

/** A table with `chain` and `last`, the highest rank at which the values are deleted, and of each compared column a `v<place>`. */
export interface LostValues {
  readonly table: string
  readonly columns: readonly ComparedColumn[]
  /** Of files from which it deletes anything. */
  readonly ranks: ReadonlyMap<DataFile, Ranked>
}

export const hasDeletedValues = ({ deletedValues }: DataFile): boolean => deletedValues !== undefined

/** Places in the relation's columns: a scan reads the columns that are compared, whether they are wanted or not. */
export const comparedColumns = (files: readonly DataFile[]): number[] => [
  ...new Set(
    files
      .flatMap(({ deletedValues = [] }) => deletedValues)
      .flatMap(({ columns }) => columns.map(({ column }) => column)),
  ),
]

/** What a row has from its file, by which it is told which of the deleted values are deleted from it. */
export const fileRanks = (lost: readonly LostValues[], files: readonly DataFile[]): FileValue[] =>
  lost.flatMap(({ ranks }, i) =>
    (['chain', 'rank'] as const).map((name) => ({
      name: `${name}${i}`,
      texts: files.map((file) => ranks.get(file)?.[name].toString() ?? null),
      typed: (text: string) => `CAST(${text} AS BIGINT)`,
    })),
  )

/** Keeps the rows of a scan that are still there. Of a NOT EXISTS the engine would read the distinct values of all rows first. */
export function joinOfLeftValues(
  lost: readonly LostValues[],
  ranks: ReadonlyMap<string, string>,
  valueAt: (column: number) => string,
): string {
  return lost
    .map(({ table, columns }, i) => {
      const same = columns.map(
        ({ column, path }, place) => `d${i}.v${place} IS NOT DISTINCT FROM ${valueInside(valueAt(column), path)}`,
      )
      const applies = [`d${i}.chain = ${ranks.get(`chain${i}`)}`, `d${i}.last >= ${ranks.get(`rank${i}`)}`]
      return ` ANTI JOIN ${table} AS d${i} ON ${[...applies, ...same].join(' AND ')}`
    })
    .join('')
}

export async function defineDeletedValues(instance: Instance, relation: Relation): Promise<readonly LostValues[]> {
  const told = relation.files.flatMap((file) => (file.deletedValues ?? []).map((values) => ({ file, values })))
  const alike = Map.groupBy(told, ({ values }) => JSON.stringify([values.told, values.columns, values.specId]))
  const tables: LostValues[] = []
  for (const ones of alike.values()) {
    const [{ values }] = ones as [(typeof ones)[0]]
    const { files, rankOf } = rankedDeletes(ones.map((one) => one.values.files))
    const ranks = new Map(ones.map((one) => [one.file, rankOf(one.values.files)]))
    tables.push({ table: await madeTable(instance, values, files), columns: values.columns, ranks })
  }
  return tables
}

type RankedFiles = ReturnType<typeof rankedDeletes>['files']

async function madeTable({ main, defined }: Instance, values: DeletedValues, files: RankedFiles): Promise<string> {
  const text = tableText(values, files)
  const table = `deleted_${hash('sha256', text)}_values`
  if (defined.has(table)) return table
  await main.run(`CREATE OR REPLACE TABLE ${table} AS ${text}`)
  defined.set(table, table)
  return table
}

function tableText({ told, columns }: DeletedValues, files: RankedFiles): string {
  const schema = told.map(({ fieldId, type, field }, i) => {
    return `${field === undefined ? fieldId : quote(field)}: {name: 'e${i}', type: ${quote(fileTypeText(type))}, default_value: NULL}`
  })
  const items = columns.map((column, i) => `${toldValue(told, column)} AS v${i}`)
  const names = columns.map((_, i) => `v${i}`)
  const paths = [...new Set(files.map(({ localPath }) => localPath))]
  const places = new Map(paths.map((path, place) => [path, place]))
  const listed = { place: files.map(({ localPath }) => places.get(localPath)!), ...columnsOf(files) }
  const ranks = Object.entries(listed).map(([name, list]) => `unnest(${textList(list.map(String))})::BIGINT AS ${name}`)
  return `SELECT a.chain, max(a.rank) AS last, ${names.join(', ')}
    FROM (SELECT e.file_index, ${items.join(', ')} FROM read_parquet(${textList(paths)}, schema = MAP {${schema.join(', ')}}) AS e) AS e
    JOIN (SELECT ${ranks.join(', ')}) AS a ON a.place = e.file_index
    GROUP BY a.chain, ${names.join(', ')}`
}

const columnsOf = (files: RankedFiles) => ({
  chain: files.map(({ chain }) => chain),
  rank: files.map(({ rank }) => rank),
})

/** Of the names that a field has had, a file has one. */
function toldValue(told: DeletedValues['told'], { told: place, toldPaths }: ComparedColumn): string {
  const { type } = told[place]!
  const there = storedValue(type, type, `e.e${place}`) ?? `e.e${place}`
  const values = toldPaths.map((names) => valueInside(there, names)).join(', ')
  return toldPaths.length > 1 ? `coalesce(${values})` : values
}

const valueInside = (value: string, path: readonly string[]): string =>
  path.reduce((outer, name) => `struct_extract(${outer}, ${quote(name)})`, value)
