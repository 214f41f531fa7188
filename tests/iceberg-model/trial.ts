/** A table lives through random statements, and after each it must hold what the model holds, now and at every moment kept. */
import { GetTableCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { systemClock } from '../../src/core/clock.ts'
import { type TableMetadata, tableMetadata } from '../../src/formats/iceberg/metadata.ts'
import { deleteByValues, evolvePartitions } from '../acceptance/athena/iceberg-lake.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import type { Random } from '../conformance/values.ts'
import { alter } from './alterations.ts'
import { type Change, insert, merge, randomCondition, remove, type Situation, update } from './statements.ts'
import { type Column, deletedByValues, type Row, type State, shownRows } from './table.ts'
import { type ColumnType, sqlOf, TYPES } from './values.ts'

export interface ModelLake {
  /** Throws with all statements so far where the table is not what the model is. */
  live(name: string, steps: number, random: Random): Promise<void>
  close(): Promise<void>
}

const MINUTE_MS = 60_000

export async function modelLake(): Promise<ModelLake> {
  // It stands still between steps, so that a model knows how old everything is.
  let nowMs = Date.now()
  const lake = await athenaLake({ clock: { ...systemClock, now: () => new Date(nowMs) } })
  const pass = (): number => {
    nowMs += MINUTE_MS
    // Signatures carry the time.
    for (const client of [lake.athena, lake.s3, lake.glue]) client.config.systemClockOffset = nowMs - Date.now()
    return nowMs
  }
  pass()
  return {
    live: (name, steps, random) => new Life(lake, name, random, pass).live(steps),
    close: () => lake.close(),
  }
}

interface Moment {
  readonly id: number | bigint
  readonly atMs: number
  readonly state: State
}

class Life {
  readonly #lake: AthenaLake
  readonly #table: string
  readonly #random: Random
  /** Answers what time it is then. */
  readonly #pass: () => number
  readonly #told: string[] = []
  #state: State = { columns: [], rows: [] }
  #moments: Moment[] = []
  #keys = new Set<number>()
  #nextId = 1
  /** By Athena's names. */
  readonly #retention = { ageSeconds: 0, fewest: 1 }
  #hasValueDeletes = false

  constructor(lake: AthenaLake, table: string, random: Random, pass: () => number) {
    this.#lake = lake
    this.#table = table
    this.#random = random
    this.#pass = pass
  }

  async live(steps: number): Promise<void> {
    try {
      await this.#create()
      for (let i = 0; i < steps; i++) {
        this.#pass()
        await this.#step()
        await this.#compare()
      }
      await this.#lake.succeed(`DROP TABLE ${this.#table}`)
      this.#require(await this.#objects(), [], 'objects after DROP TABLE')
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.#told.join(';\n')}`, { cause: error })
    }
  }

  async #create(): Promise<void> {
    const random = this.#random
    const types: ColumnType[] = [
      'bigint',
      'string',
      ...[0, 1, 2].map(() => random.pick(Object.keys(TYPES) as ColumnType[])),
    ]
    const columns = types.map(
      (type, i): Column => ({ id: i + 1, name: i === 0 ? 'id' : i === 1 ? 'name' : `c${i}`, type }),
    )
    this.#state = { columns, rows: [] }
    // A field inside a column has an id too, and those of all columns come first.
    this.#nextId = 100
    const partitioned = columns
      .filter(({ type }) => TYPES[type].transforms.length > 0 && random.chance(0.3))
      .slice(0, 2)
    this.#keys = new Set(partitioned.map(({ id }) => id))
    const by = partitioned.map(({ type, name }) => random.pick(TYPES[type].transforms)(name))
    this.#retention.ageSeconds = 60 * random.below(20) + 30
    this.#retention.fewest = 1 + random.below(3)
    const properties = {
      table_type: 'ICEBERG',
      write_compression: random.pick(['zstd', 'snappy', 'gzip']),
      vacuum_max_snapshot_age_seconds: this.#retention.ageSeconds,
      vacuum_min_snapshots_to_keep: this.#retention.fewest,
      vacuum_max_metadata_files_to_keep: 1 + random.below(5),
      optimize_rewrite_data_file_threshold: 1 + random.below(4),
      optimize_rewrite_delete_file_threshold: 1 + random.below(2),
    }
    const listed = Object.entries(properties).map(([key, value]) => `'${key}' = '${value}'`)
    await this.#succeed(
      `CREATE TABLE ${this.#table} (${columns.map(({ name, type }) => `${name} ${TYPES[type].hive}`).join(', ')})
       ${by.length > 0 ? `PARTITIONED BY (${by.join(', ')})` : ''} LOCATION 's3://data/${this.#table}/'
       TBLPROPERTIES (${listed.join(', ')})`,
    )
  }

  async #succeed(sql: string): Promise<void> {
    this.#told.push(sql)
    await this.#lake.succeed(sql)
  }

  get #situation(): Situation {
    return { table: this.#table, state: this.#state, keys: this.#keys, nextId: this.#nextId }
  }

  async #step(): Promise<void> {
    const random = this.#random
    const roll = random.below(100)
    if (roll < 6) return this.#vacuum()
    if (roll < 16) return this.#changed(this.#optimization(), this.#state)
    if (roll < 26) return this.#apply(alter(this.#situation, random))
    if (roll < 31) return this.#together()
    if (roll < 33) return this.#evolve()
    if (roll < 36) return this.#deleteByValues()
    return this.#apply(this.#dml())
  }

  /** Tables stay small: rows are many only while they are few. */
  #dml(): Change | undefined {
    const random = this.#random
    const rows = this.#state.rows.length
    const kinds = rows < 10 ? [insert] : rows > 150 ? [remove, update] : [insert, insert, remove, update, merge, merge]
    return random.pick(kinds)(this.#situation, random)
  }

  #optimization(): string {
    const keys = this.#state.columns.filter(({ id }) => this.#keys.has(id))
    const where = keys.length > 0 && this.#random.chance(0.3) ? ` WHERE ${randomCondition(keys, this.#random).sql}` : ''
    return `OPTIMIZE ${this.#table} REWRITE DATA USING BIN_PACK${where}`
  }

  async #apply(change: Change | undefined): Promise<void> {
    if (change) await this.#changed(change.sql, change.after)
  }

  async #changed(sql: string, after: State): Promise<void> {
    await this.#succeed(sql)
    // Fields of a struct have had the ids after the column's own.
    if (after.columns.length > this.#state.columns.length) this.#nextId++
    this.#state = after
    await this.#remember([after])
  }

  /** A statement beside OPTIMIZE: both happen, or one of them says why it did not. */
  async #together(): Promise<void> {
    const change = this.#dml()
    if (!change) return
    const before = this.#state
    const sqls = [change.sql, `OPTIMIZE ${this.#table} REWRITE DATA USING BIN_PACK`]
    this.#told.push(`/* at the same time */ ${sqls.join(';\n/* and */ ')}`)
    const ended = await Promise.all(sqls.map((sql) => this.#lake.run(sql)))
    for (const { Status } of ended)
      if (Status!.State !== 'SUCCEEDED' && !/^ICEBERG_COMMIT_ERROR: /.test(Status!.StateChangeReason!))
        throw new Error(Status!.StateChangeReason)
    if (ended[0]!.Status!.State === 'SUCCEEDED') this.#state = change.after
    await this.#remember([before, this.#state])
  }

  /** New snapshots hold the first of `states` until one that is no replacement of files, and then the last. */
  async #remember(states: readonly State[]): Promise<TableMetadata> {
    const metadata = await this.#metadata()
    const known = new Set(this.#moments.map(({ id }) => id))
    let state = states[0]!
    for (const snapshot of metadata.snapshots ?? []) {
      if (known.has(snapshot['snapshot-id'])) continue
      if (snapshot.summary?.operation !== 'replace') state = states.at(-1)!
      this.#moments.push({ id: snapshot['snapshot-id'], atMs: snapshot['timestamp-ms'], state })
    }
    return metadata
  }

  async #metadata(): Promise<TableMetadata> {
    const { Table } = await this.#lake.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: this.#table }))
    const { body } = await this.#lake.read(Table!.Parameters!.metadata_location!)
    return tableMetadata(JSON.parse(body.toString()))
  }

  async #vacuum(): Promise<void> {
    const nowMs = this.#pass()
    await this.#succeed(`VACUUM ${this.#table}`)
    const { ageSeconds, fewest } = this.#retention
    const last = this.#moments.length - fewest
    this.#moments = this.#moments.filter(({ atMs }, i) => i >= last || atMs >= nowMs - ageSeconds * 1000)
    const metadata = await this.#metadata()
    const kept = (metadata.snapshots ?? []).map((one) => one['snapshot-id'])
    this.#require(
      kept,
      this.#moments.map(({ id }) => id),
      'snapshots after VACUUM',
    )
    for (const moment of this.#moments.slice(-4)) await this.#compareMoment(moment)
    if (this.#moments.length === 1) await this.#requireNoOrphans(metadata)
  }

  /** Where there is one snapshot, the table's own tables name every file of it. */
  async #requireNoOrphans(metadata: TableMetadata): Promise<void> {
    const named = await this.#lake.rows(
      `SELECT manifest_list FROM "${this.#table}$snapshots" UNION SELECT path FROM "${this.#table}$manifests"
       UNION SELECT file_path FROM "${this.#table}$files"`,
    )
    const isYoung = (key: string) => /\.metadata\.json$/.test(key)
    const found = (await this.#objects()).filter((key) => !isYoung(key))
    const wanted = named.map(([uri]) => uri!.replace('s3://data/', ''))
    this.#require(found.toSorted(), wanted.toSorted(), 'objects after VACUUM')
    const logged = (metadata['metadata-log'] ?? []).length + 1
    this.#require((await this.#objects()).filter(isYoung).length, logged, 'metadata files after VACUUM')
  }

  async #objects(): Promise<string[]> {
    const { Contents = [] } = await this.#lake.s3.send(
      new ListObjectsV2Command({ Bucket: 'data', Prefix: `${this.#table}/` }),
    )
    return Contents.map(({ Key }) => Key!)
  }

  /** As Spark and others may: later files are of other partitions than those that are there. */
  async #evolve(): Promise<void> {
    const able = this.#state.columns.filter(({ type }) => TYPES[type].transforms.length > 0)
    const column = this.#random.pick(able)
    const words = this.#random.pick(TYPES[column.type].transforms)('')
    const [, call, argument] = /^(\w+)\((\d+)?/.exec(words) ?? []
    const transform = argument ? `${call}[${argument}]` : (call ?? 'identity')
    this.#told.push(`-- partitioned by ${transform} from here on`)
    await evolvePartitions(this.#lake, this.#table, { column: column.name, transform })
    this.#keys = new Set([column.id])
  }

  async #deleteByValues(): Promise<void> {
    const [id, name] = [1, 2].map((field) => this.#state.columns.find((column) => column.id === field))
    // A table without a snapshot holds nothing to delete.
    if (!id || !name || this.#keys.size > 0 || this.#hasValueDeletes || this.#moments.length === 0) return
    this.#hasValueDeletes = true
    const rows = [...this.#state.rows.slice(0, 2), new Map([[1, 3]]) as Row]
    const values = rows.map((row) => [row.get(1) ?? null, row.get(2) ?? null] as const)
    const text = values.map(([a, b]) => `(${sqlOf('bigint', a)}, ${sqlOf('string', b)})`).join(', ')
    this.#told.push(`-- deleted by their values: ${text}`)
    await deleteByValues(this.#lake, this.#table, text.replaceAll('AS varchar', 'AS VARCHAR'))
    for (const pair of values) this.#state = deletedByValues(this.#state, [id, name], pair)
    await this.#remember([this.#state])
  }

  async #compare(): Promise<void> {
    await this.#compareRows(this.#table, this.#state)
    const random = this.#random
    if (random.chance(0.3)) {
      const where = randomCondition(this.#state.columns, random)
      const rows = this.#state.rows.filter((row) => where.holds(row) === true)
      const counted = await this.#lake.rows(`SELECT count(*) FROM ${this.#table} WHERE ${where.sql}`)
      this.#require(counted, [[String(rows.length)]], `rows where ${where.sql}`)
    }
    if (this.#moments.length > 0 && random.chance(0.3)) await this.#compareMoment(random.pick(this.#moments))
  }

  async #compareMoment(moment: Moment): Promise<void> {
    const second = Math.floor(moment.atMs / 1000 + 1) * 1000
    const last = this.#moments.filter(({ atMs }) => atMs <= second).at(-1)
    const at = new Date(second).toISOString().slice(0, 19).replace('T', ' ')
    // Of two snapshots of one second, time leads to the later one.
    const version =
      last === moment && this.#random.chance(0.5)
        ? `FOR TIMESTAMP AS OF TIMESTAMP '${at} UTC'`
        : `FOR VERSION AS OF ${moment.id}`
    await this.#compareRows(`${this.#table} ${version}`, moment.state)
  }

  async #compareRows(from: string, state: State): Promise<void> {
    const names = state.columns.map(({ name }) => `"${name}"`).join(', ')
    const [all, named] = [await this.#lake.rows(`SELECT * FROM ${from}`), names]
    if (state.columns.length > 0 && this.#random.chance(0.1)) {
      const chosen = await this.#lake.rows(`SELECT ${named} FROM ${from}`)
      this.#require(chosen.map((row) => JSON.stringify(row)).toSorted(), shownRows(state), `named columns of ${from}`)
    }
    this.#require(all.map((row) => JSON.stringify(row)).toSorted(), shownRows(state), `rows of ${from}`)
  }

  #require(actual: unknown, expected: unknown, what: string): void {
    const [found, wanted] = [actual, expected].map((value) =>
      JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)),
    )
    if (found !== wanted) throw new Error(`${what}:\n  found ${found}\n  not   ${wanted}\nafter`)
  }
}
