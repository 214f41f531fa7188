/**
 * Hudi tables: columns and partitions are the catalog's, which of the files in a partition belong to the table is told by
 * its timeline. Copy on write is read whole, merge on read without the logs beside its files.
 * https://docs.aws.amazon.com/athena/latest/ug/querying-hudi.html
 */
import { CorruptData } from '../../../formats/corrupt-data.ts'
import { fileSlices } from '../../../formats/hudi/file-groups.ts'
import { replacedFileIds } from '../../../formats/hudi/replaced-files.ts'
import { METADATA_FOLDER, PROPERTIES_FILE, tableProperties, timelineOf } from '../../../formats/hudi/timeline.ts'
import { SqlError } from '../../../sql/position.ts'
import type { StorageDescriptor } from '../../catalog/catalog.ts'
import { lakeFolder } from '../../catalog/folder-names.ts'
import type { Files, LakeFile } from '../../objects/files.ts'
import { wholeFile } from '../../objects/whole-file.ts'
import type { Planning } from '../described-table.ts'

/** Hudi's older name is of Uber, where it comes from. */
const INPUT_FORMATS =
  /^(org\.apache\.hudi|com\.uber\.hoodie)\.hadoop\.(Hoodie(Parquet)?InputFormat|realtime\.Hoodie(Parquet)?RealtimeInputFormat)$/
const REALTIME = /RealtimeInputFormat$/

export const isHudi = (storage: StorageDescriptor | undefined): boolean =>
  INPUT_FORMATS.test(storage?.InputFormat ?? '')

/** Those of a partition's files that are in the table. */
export type LiveFiles = (location: string) => Promise<readonly LakeFile[]>

/** Says when it is time to rest. */
type Turns = Pick<Planning, 'step' | 'rest'>

/** What later table versions keep otherwise is not known. */
const NEWEST_VERSION = 9

/** Reads the timeline of the table at `location`: one moment of it for all its partitions. */
export async function hudiFiles(
  location: string,
  storage: StorageDescriptor,
  files: Files,
  turns: Turns,
): Promise<LiveFiles> {
  const root = lakeFolder(location).slice(0, -1)
  if (!files.stat(`${root}/${PROPERTIES_FILE}`))
    throw new SqlError('HIVE_BAD_DATA', `Hoodie table not found in path ${root}/${METADATA_FOLDER}`)
  const properties = await described(`${root}/${PROPERTIES_FILE}`, files, (bytes) => tableProperties(String(bytes)))
  if (properties.baseFileFormat !== 'PARQUET')
    throw new SqlError('NOT_SUPPORTED', `Hudi tables of ${properties.baseFileFormat} files are not supported: ${root}`)
  if (properties.version > NEWEST_VERSION)
    throw new SqlError('NOT_SUPPORTED', `Hudi table version ${properties.version} is not supported: ${root}`)
  const folder = `${root}/${properties.timelineFolder}/`
  const timeline = timelineOf((await entries(files.list(folder), folder, turns)).map(([name]) => name))
  const replaced = new Set<string>()
  for (const name of timeline.replacements)
    for (const id of await described(`${folder}${name}`, files, replacedFileIds)) replaced.add(id)
  const realtime = REALTIME.test(storage.InputFormat ?? '')
  return async (partition) => {
    const prefix = lakeFolder(partition)
    const { files: live, logs } = fileSlices(await entries(files.list(prefix), prefix, turns), timeline, replaced)
    if (realtime && logs.length > 0)
      throw new SqlError('NOT_SUPPORTED', `Merging the logs of a Hudi table is not supported: ${prefix}${logs[0]}`)
    return live
  }
}

/** A partition's files lie directly in its folder. */
async function entries(
  found: Iterable<LakeFile>,
  prefix: string,
  turns: Turns,
): Promise<(readonly [string, LakeFile])[]> {
  const direct: (readonly [string, LakeFile])[] = []
  for (const file of found) {
    const name = file.uri.slice(prefix.length)
    if (!name.includes('/')) direct.push([name, file])
    if (turns.step()) await turns.rest()
  }
  return direct
}

/** What `decode` makes of a file that describes the table. */
async function described<T>(uri: string, files: Files, decode: (bytes: Buffer) => T): Promise<T> {
  try {
    return decode(await wholeFile(files, uri))
  } catch (error) {
    if (!(error instanceof CorruptData)) throw error
    throw new SqlError('HIVE_BAD_DATA', `Malformed Hudi metadata ${uri}: ${error.message}`)
  }
}
