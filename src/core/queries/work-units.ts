/**
 * A planned query in units that can be worked on apart, in any order: of one that reads a single table row by row, some of
 * the table's files each; of any other, one unit that is all of it.
 */
import { createReadStream } from 'node:fs'
import { emptyStream } from '../../formats/arrow/stream-writer.ts'
import type { Rel } from '../../sql/plan.ts'
import { columnType } from './column-type.ts'
import type { QueryContext } from './context.ts'
import type { EngineOutcome } from './engine-plan.ts'
import type { NamedRelation } from './scan-planning.ts'
import { execute, type PlannedQuery } from './statements/query.ts'

/** What a unit reads at least, where there is more. */
const UNIT_BYTES = 64 * 1024 ** 2
const MOST_UNITS = 1000

/** Each runs by itself. */
export function workUnits(query: PlannedQuery): readonly PlannedQuery[] {
  const planned = { ...query, bound: { ...query.bound, output: apart(query.bound.output) } }
  const [relation, ...others] = planned.scans.relations
  const { sources } = planned.scans
  if (!relation || others.length > 0 || sources.length > 0 || !isRowByRow(planned.bound.root)) return [planned]
  return filesApart(relation).map((files) => ({
    ...planned,
    scans: { sources, relations: [{ ...relation, files }] },
  }))
}

/** A name that comes again gets a number: readers ask for columns by their names. */
function apart(output: PlannedQuery['bound']['output']): PlannedQuery['bound']['output'] {
  const taken = new Set<string>()
  return output.map((one) => {
    let name = one.name
    for (let n = 1; taken.has(name.toLowerCase()); n++) name = `${one.name}_${n}`
    taken.add(name.toLowerCase())
    return { ...one, name }
  })
}

function isRowByRow(rel: Rel): boolean {
  if (rel.kind === 'scan') return true
  return (rel.kind === 'filter' || rel.kind === 'project') && isRowByRow(rel.input)
}

function filesApart({ files }: NamedRelation): readonly NamedRelation['files'][] {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const enough = Math.max(UNIT_BYTES, total / MOST_UNITS)
  const units: NamedRelation['files'][number][][] = [[]]
  let size = 0
  for (const file of files) {
    if (size >= enough) {
      units.push([])
      size = 0
    }
    units.at(-1)!.push(file)
    size += file.sizeBytes
  }
  return units
}

export interface UnitRows {
  readonly outcome: Pick<EngineOutcome, 'scannedBytes'>
  /** Arrow's stream, a piece at a time; to be discarded, read or not. */
  readonly pieces: AsyncIterable<Uint8Array>
  discard(): Promise<void>
}

/** The rows lie on disk before the first is told, so that what fails fails as a whole. */
export async function unitRows(unit: PlannedQuery, context: QueryContext): Promise<UnitRows> {
  const fields = unit.bound.output.map(({ name, column }) => ({ name, type: columnType(column.type) }))
  // Told before anything runs: a type that has no field.
  const empty = emptyStream(fields)
  const workspace = await context.rooms.files.workspace()
  const discard = (): Promise<void> => workspace.remove()
  try {
    const sink = { kind: 'files', directory: workspace.directory, ...ARROW_FILES } as const
    const outcome = await execute(unit, sink, context)
    const [file] = outcome.files
    return { outcome, pieces: file ? createReadStream(file.path) : pieces(empty), discard }
  } catch (error) {
    await discard()
    throw error
  }
}

const ARROW_FILES = { format: 'ARROW', compression: 'NONE', partitionBy: [], maxPartitions: 1 } as const

async function* pieces(bytes: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* bytes
}
