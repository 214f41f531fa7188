/**
 * The tables of a plan inside the engine: each scan is a table macro without parameters, so that the printed query
 * names no file. That keeps the gate simple: of table functions a query may call `scan_0()`, `scan_1()` ... and no other.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../core/queries/relation.ts'
import { numberName } from '../../formats/hive/plain-numbers.ts'
import { decidingColumns } from '../../sql/analysis/deciding-columns.ts'
import { printExpression } from '../../sql/duckdb/print.ts'
import type { BoundQuery, Rel } from '../../sql/plan.ts'
import { defineDeletedRows, hasDeletedRows } from './deletes/deleted-rows.ts'
import { defineDeletedValues } from './deletes/deleted-values.ts'
import type { ReadablePlan } from './foreign/conversions.ts'
import { demandOf } from './foreign/demand.ts'
import type { Instance } from './instance.ts'
import { heldExactly } from './parquet/parquet-columns.ts'
import { checkParquetTypes } from './parquet/parquet-types.ts'
import { columnsRead } from './row-filter.ts'
import type { PlannedScan } from './scanned-rows.ts'
import { isCoarse } from './scans/coarse-moments.ts'
import { numberMembers } from './scans/proofs.ts'
import { scanText } from './scans/scan.ts'
import { isSpelledTwice, sampleKeys, seemingNumbers } from './texts/key-spellings.ts'
import type { LongNumbers } from './texts/long-numbers.ts'
import type { LongRecords } from './texts/long-records.ts'
import type { MemberSpellings } from './texts/member-spellings.ts'
import type { ProvenColumns, Unproven } from './texts/proven-columns.ts'
import { AS_IT_IS, type TextLooks, type TextReading } from './texts/text-looks.ts'
import { repairedText, rewrittenText } from './texts/text-repair.ts'
import { failsInReader, type UnlikeColumns } from './texts/unlike-columns.ts'

type Scan = Rel & { readonly kind: 'scan' }

/**
 * The same value, through which the engine carries no condition down: by those of the query it would leave out stretches of a
 * file whose statistics are of rows that are filtered out too, and what was read would tell of them. It knows no statistics
 * of what is taken out of a union, and to put a value in and take it out copies none.
 */
const unreachable = (value: string): string => `union_extract(union_value(v := ${value}), 'v')`

export class ScanMacros {
  /** Those of one id are parts of one. */
  readonly #relations: Map<string, Relation[]>
  readonly #scans: { readonly name: string; readonly relation: string; readonly wanted: readonly number[] }[] = []
  readonly #converted: ReadonlySet<Relation>
  /** By scan and part, what a look at the files has taught. */
  readonly #looks = new Map<string, Look>()
  readonly #unlikeColumns: UnlikeColumns
  readonly #longRecords: LongRecords
  readonly #memberSpellings: MemberSpellings
  readonly #longNumbers: LongNumbers
  readonly #provenColumns: ProvenColumns
  readonly #query: BoundQuery
  /** Of the query, once a filtered scan has asked. */
  #deciding: ReadonlySet<number> | undefined
  /** By the paths of copies that are read, those of the files. */
  readonly #copied = new Map<string, string>()
  /** Quotes that go over lines have shown late. */
  #byLine = false

  constructor(
    { relations, converted }: ReadablePlan,
    query: BoundQuery,
    { unlikeColumns, longRecords, memberSpellings, longNumbers, provenColumns }: Learned,
  ) {
    this.#query = query
    this.#unlikeColumns = unlikeColumns
    this.#longRecords = longRecords
    this.#memberSpellings = memberSpellings
    this.#longNumbers = longNumbers
    this.#provenColumns = provenColumns
    this.#relations = Map.groupBy(relations, (relation) => relation.id)
    this.#converted = converted
  }

  /** The names that a gated query may call. */
  get names(): readonly string[] {
    return this.#scans.map((scan) => scan.name)
  }

  /** The id of the relation of each scan. */
  get scanned(): readonly string[] {
    return this.#scans.map((scan) => scan.relation)
  }

  /** One for each part of each relation that is scanned. */
  get planned(): PlannedScan[] {
    return this.#scans.flatMap(({ relation: id, wanted }) =>
      this.#relations.get(id)!.map((relation) => ({
        relation,
        readsColumns: wanted.some((place) => relation.columns[place]!.kind === 'data'),
      })),
    )
  }

  /** For the printer: the permitted rows of a scan, as `c<id>`. */
  readonly text = (scan: Scan): string => {
    const [relation] = this.#relations.get(scan.relation) ?? []
    if (!relation) throw new Error(`the plan has no relation ${scan.relation}`)
    const places = scan.columns.map((column) => placeOf(relation, column.source))
    const filter = relation.rowFilter
    const { cellFilters = [], narrowings = [] } = relation
    const seen = [...cellFilters, ...narrowings].filter(({ column }) => places.includes(column))
    const expressions = [...(filter ? [filter] : []), ...seen.map(({ value }) => value)]
    const read = expressions.flatMap((expression) => columnsRead(expression, relation.columns.length))
    const wanted = [...new Set([...places, ...read])]
    const name = `scan_${this.#scans.length}`
    this.#scans.push({ name, relation: relation.id, wanted })
    const rows = filter ? `(SELECT * FROM ${name}() WHERE ${printExpression(filter)})` : `${name}()`
    const values = new Map(seen.map(({ column, value }) => [column, printExpression(value)]))
    if (filter) this.#deciding ??= decidingColumns(this.#query.root)
    const deciding = filter && this.#deciding
    const plain = (place: number, id: number): string => (deciding?.has(id) ? unreachable(`c${place}`) : `c${place}`)
    const items = scan.columns.map(({ id }, i) => `${values.get(places[i]!) ?? plain(places[i]!, id)} AS c${id}`)
    return `(SELECT ${items.join(', ') || '1 AS n'} FROM ${rows})`
  }

  /**
   * Looks at the heads of Parquet files, and for lines of text that the engine would take otherwise. Throws `EngineError`
   * when a file's types can not be the table's.
   */
  async check(connection: DuckDBConnection, check: TextCheck): Promise<void> {
    for (const { name, relation, wanted } of this.#scans)
      for (const [i, part] of this.#relations.get(relation)!.entries()) {
        // What we have written is as we want it.
        const ours = this.#converted.has(part)
        await this.#longRecords.look(part)
        const reading = ours ? AS_IT_IS : await this.#readingOf(part, check)
        const byLine = !ours && (this.#byLine || reading.byLine)
        const exact = ours || (await heldExactly(connection, part, wanted))
        if (!exact) await checkParquetTypes(connection, part, wanted)
        const { kind } = part.format
        const mayBeAlike =
          kind === 'csv-lazy' || kind === 'csv-open' || (kind === 'json' && !byLine && !check.mayHideFailures)
        const longNumbers = this.#longNumbers.mayBeAmong(part, wanted)
        const alike =
          mayBeAlike && !longNumbers && !this.#unlikeColumns.among(part, wanted) && !isSpelledTwice(part, wanted)
        const keys = kind === 'json' && !alike && !longNumbers ? this.#memberSpellings.of(part) : undefined
        const sample = sampleKeys(part)
        const spelled = keys ? [...keys, ...sample] : sample
        const proven = this.#provenColumns
          .among(part, wanted, spelled)
          .union(plainAmong(part, wanted, spelled, reading))
        const { oddNumbers } = reading
        const look = { exact, byLine, alike, longNumbers, oddNumbers, sample, proven, ...(keys && { keys }) }
        this.#looks.set(`${name}/${i}`, look)
      }
  }

  /** Of the members, or fields, that scans want those that seem to be plain numbers are asked after too, where it is of use to know. */
  #readingOf(part: Relation, { textLooks, stopsEarly, mayHideFailures }: TextCheck): Promise<TextReading> {
    const scans = this.#scans.filter(({ relation }) => relation === part.id)
    const wanted = [...new Set(scans.flatMap((scan) => scan.wanted))]
    const { format } = part
    const isTyped = format.kind === 'json' ? !format.headerLines && !mayHideFailures : format.kind === 'csv-open'
    if (!isTyped || this.#longNumbers.mayBeAmong(part, wanted)) return textLooks.of(part, stopsEarly)
    const numbers = [...numberMembers(part, wanted, sampleKeys(part)).values()]
    return textLooks.of(part, stopsEarly, seemingNumbers(part, numbers))
  }

  /** Has the engine read copies, in `directory`, where it can not read the files themselves; these, which were read whole for it. */
  async rewrite(check: TextCheck, directory: string): Promise<readonly DataFile[]> {
    const replaced: DataFile[] = []
    for (const parts of this.#relations.values())
      for (const [i, part] of parts.entries()) {
        if (this.#converted.has(part)) continue
        const { rewritten } = await this.#readingOf(part, check)
        if (rewritten.size === 0) continue
        const copy = (file: DataFile) => (rewritten.has(file) ? rewrittenText(file, directory) : file)
        replaced.push(...(await this.#replace(parts, i, copy)))
      }
    return replaced
  }

  async #replace(
    parts: Relation[],
    i: number,
    copy: (file: DataFile) => Promise<DataFile> | DataFile,
  ): Promise<DataFile[]> {
    const part = parts[i]!
    const files = await Promise.all(part.files.map(copy))
    parts[i] = { ...part, files }
    const replaced: DataFile[] = []
    for (const [n, file] of part.files.entries()) {
      const { localPath } = files[n]!
      if (localPath === file.localPath) continue
      replaced.push(file)
      // What is copied may be a copy.
      this.#copied.set(localPath, this.#copied.get(file.localPath) ?? file.localPath)
    }
    return replaced
  }

  /** The error with files by their own paths where it has those of copies. */
  naming(error: unknown): unknown {
    if (!(error instanceof Error)) return error
    const copy = this.#copied.keys().find((path) => error.message.includes(path))
    return copy === undefined
      ? error
      : new Error(error.message.replaceAll(copy, this.#copied.get(copy)!), { cause: error })
  }

  /**
   * Reads JSON for the keys of objects that are known not to be alike, and for numbers that columns of many digits ask for;
   * true where it has.
   */
  async lookAtValues(connection: DuckDBConnection): Promise<boolean> {
    let read = false
    for (const { relation, wanted } of this.#scans)
      for (const part of this.#relations.get(relation)!) {
        const long = this.#longRecords.among(part)
        read = (await this.#longNumbers.look(connection, part, wanted, long)) || read
        const alike = !this.#unlikeColumns.among(part, wanted)
        if (part.format.kind === 'json' && !alike)
          read = (await this.#memberSpellings.look(connection, part, long)) || read
      }
    return read
  }

  /** What has been read with care, once the plan has read it to the end, and might have been proven to need none. */
  get unproven(): readonly Unproven[] {
    return this.#scans.flatMap(({ name, relation, wanted }) =>
      this.#relations.get(relation)!.flatMap((part, i): Unproven[] => {
        const alike = !this.#unlikeColumns.among(part, wanted)
        const keys = alike ? [] : this.#memberSpellings.of(part)
        if (!keys || (part.format.kind !== 'json' && !alike)) return []
        const long = this.#longRecords.among(part)
        const hints = { long, sample: [...keys, ...sampleKeys(part)] }
        const proven = this.#looks.get(`${name}/${i}`)?.proven
        const one = { relation: part, wanted: wanted.filter((place) => !proven?.has(place)), hints }
        return this.#provenColumns.isOpen(one) ? [one] : []
      }),
    )
  }

  /** To be called before the query runs, once its text has been printed; again after `adapt`. */
  async define(instance: Instance): Promise<void> {
    const { main, defined } = instance
    for (const { name, relation, wanted } of this.#scans) {
      const texts: string[] = []
      const kept: string[] = []
      const keep = (select: string) => `${name}_files_${kept.push(select) - 1}`
      for (const [i, part] of this.#relations.get(relation)!.entries()) {
        const look = this.#looks.get(`${name}/${i}`)
        const lossy = part.files.some(hasDeletedRows)
        const deletedRows = lossy ? await defineDeletedRows(instance, part, look?.exact ?? false) : undefined
        const deletedValues = await defineDeletedValues(instance, part)
        const long = this.#longRecords.among(part)
        const rounds = part.format.kind === 'parquet' && wanted.some((place) => isCoarse(part.columns[place]!.type))
        const constraints = rounds ? demandOf(part, this.#query).constraints : undefined
        const hints = {
          long,
          ...look,
          deletedRows,
          deletedValues,
          ...(constraints && { constraints }),
          keep,
        }
        texts.push(scanText(part, wanted, hints))
      }
      const text = texts.join(' UNION ALL ')
      const key = [text, ...kept].join('\n')
      if (defined.get(name) === key) continue
      for (const [i, select] of kept.entries())
        await main.run(`CREATE OR REPLACE TABLE ${name}_files_${i} AS ${select}`)
      await main.run(`CREATE OR REPLACE MACRO ${name}() AS TABLE ${text}`)
      defined.set(name, key)
    }
  }

  /**
   * Whether another way of reading may succeed where this error came: text with bytes that are not UTF-8, quotes that
   * go over several lines, long records, or values that are not alike, all of which would be too slow to expect of every file.
   * `directory` takes copies.
   */
  async adapt(error: unknown, directory: string): Promise<Adaptation | undefined> {
    const text = error instanceof Error ? error.message : ''
    if (!this.#byLine && text.includes('null_padding in conjunction with quoted new lines')) {
      this.#byLine = true
      return { replaced: [] }
    }
    if (this.#longRecords.learn([...this.#relations.values()].flat(), text)) return { replaced: [] }
    if (this.#learnsUnlike(text) || this.#givesUpKeys(text)) return { replaced: [] }
    if (!/Invalid unicode|not utf-8 encoded/i.test(text)) return undefined
    const replaced: DataFile[] = []
    for (const parts of this.#relations.values())
      for (const [i, part] of parts.entries()) {
        if (!LINE_FORMATS.has(part.format.kind)) continue
        replaced.push(...(await this.#replace(parts, i, (file) => repairedText(file, directory))))
      }
    return replaced.length ? { replaced } : undefined
  }

  #learnsUnlike(text: string): boolean {
    let learns = false
    for (const { name, relation, wanted } of this.#scans)
      for (const [i, part] of this.#relations.get(relation)!.entries())
        if (this.#looks.get(`${name}/${i}`)?.alike) learns = this.#unlikeColumns.learn(part, wanted, text) || learns
    return learns
  }

  #givesUpKeys(text: string): boolean {
    if (!failsInReader(text)) return false
    let gave = false
    for (const { name, relation } of this.#scans)
      for (const [i, part] of this.#relations.get(relation)!.entries()) {
        if (!this.#looks.get(`${name}/${i}`)?.keys) continue
        this.#memberSpellings.giveUp(part)
        gave = true
      }
    return gave
  }
}

/** What plans have failed with, or found, for those after them. */
export interface Learned {
  readonly unlikeColumns: UnlikeColumns
  readonly longRecords: LongRecords
  readonly memberSpellings: MemberSpellings
  readonly longNumbers: LongNumbers
  readonly provenColumns: ProvenColumns
}

interface Look {
  readonly exact: boolean
  readonly byLine: boolean
  readonly alike: boolean
  readonly longNumbers: boolean
  readonly oddNumbers: boolean
  readonly sample: readonly string[]
  readonly proven: ReadonlySet<number>
  readonly keys?: readonly string[]
}

export type Looks = Pick<TextLooks, 'of'>

export interface TextCheck {
  readonly textLooks: Looks
  /** The plan may end before its files do. */
  readonly stopsEarly: boolean
  /** The plan may take a failure of a column for a NULL. */
  readonly mayHideFailures: boolean
}

export interface Adaptation {
  /** Files that were read whole and whose copies the engine reads from now on. */
  readonly replaced: readonly DataFile[]
}

const LINE_FORMATS: ReadonlySet<string> = new Set(['csv-lazy', 'csv-open', 'regex'])

/** The wanted columns whose members, or fields, are known, or hoped, to be plain numbers. */
function plainAmong(
  part: Relation,
  wanted: readonly number[],
  sample: readonly string[],
  { plainNumbers }: TextReading,
): ReadonlySet<number> {
  const members = plainNumbers.size > 0 ? [...numberMembers(part, wanted, sample)] : []
  return new Set(members.flatMap(([place, member]) => (plainNumbers.has(numberName(member)) ? [place] : [])))
}

function placeOf(relation: Relation, source: string): number {
  const place = relation.columns.findIndex((column) => column.name === source)
  if (place < 0) throw new Error(`relation ${relation.id} has no column ${source}`)
  return place
}
