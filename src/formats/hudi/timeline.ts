/**
 * A Hudi table's timeline: which writes have been completed, told by the names of its files. Up to table version 6 an
 * instant is `<time>.commit`; from version 8 on, `<requested>_<completed>.commit` in a folder of its own.
 * https://hudi.apache.org/tech-specs/, https://hudi.apache.org/tech-specs-1point0/
 */
import { CorruptData } from '../corrupt-data.ts'

export interface Timeline {
  /** Instants of completed writes: what data files are named by. */
  readonly completed: ReadonlySet<string>
  /** Before the first instant that is still there, all have been completed and archived. */
  readonly first: string | undefined
  /** Names of the files that say which file groups a write has replaced. */
  readonly replacements: readonly string[]
}

export interface TableProperties {
  readonly version: number
  /** `PARQUET`, `HFILE`, ...: what the data files are. */
  readonly baseFileFormat: string
  /** Where the instants lie, below the table. */
  readonly timelineFolder: string
}

export const METADATA_FOLDER = '.hoodie'
export const PROPERTIES_FILE = `${METADATA_FOLDER}/hoodie.properties`

/** Of `hoodie.properties`. Throws CorruptData where it says nothing of a table. */
export function tableProperties(text: string): TableProperties {
  const properties = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^#!\s=:][^=:]*)[=:](.*)$/.exec(line) ?? []
    if (key !== undefined) properties.set(key.trim().replaceAll('\\', ''), value!.trimStart().replaceAll('\\', ''))
  }
  if (![...properties.keys()].some((key) => key.startsWith('hoodie.')))
    throw new CorruptData('it has no properties of a table')
  const version = Number(properties.get('hoodie.table.version') ?? 0)
  if (!Number.isInteger(version)) throw new CorruptData('the version of the table is no number')
  // The layout is told by itself since there are two of them.
  const apart = properties.get('hoodie.timeline.layout.version') === '2' || version >= 8
  return {
    version,
    baseFileFormat: properties.get('hoodie.table.base.file.format')?.toUpperCase() ?? 'PARQUET',
    timelineFolder: apart
      ? `${METADATA_FOLDER}/${properties.get('hoodie.timeline.path') ?? 'timeline'}`
      : METADATA_FOLDER,
  }
}

const INSTANT = /^(\d+)(?:_\d+)?\.(commit|deltacommit|replacecommit)$/

/** `names`: what lies directly in the folder of the timeline. */
export function timelineOf(names: readonly string[]): Timeline {
  const completed = new Set<string>()
  const replacements: string[] = []
  for (const name of names) {
    const [, instant, action] = INSTANT.exec(name) ?? []
    if (instant === undefined) continue
    completed.add(instant)
    if (action === 'replacecommit') replacements.push(name)
  }
  return { completed, first: [...completed].toSorted()[0], replacements }
}

export const isCompleted = ({ completed, first }: Timeline, instant: string): boolean =>
  completed.has(instant) || (first !== undefined && instant < first)
