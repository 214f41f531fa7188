/** What is wrong with the tables of a lake, and what it would save to put it right: `/_lentic/advice`. */
import { type Finding, LIMITS, type Limits, type Saving } from '../../core/advice/facts.ts'
import { areCrumbs, judge } from '../../core/advice/rules.ts'
import type { Table } from '../../core/catalog/catalog.ts'
import { dottedName } from '../../core/catalog/dotted-name.ts'
import { parseChange } from '../../core/estimates/table-changes.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { isExpected } from '../../core/queries/failure.ts'
import { requireWhole, seesAll } from '../../core/queries/seen-tables.ts'
import { SqlError } from '../../sql/position.ts'
import { changedScans, narrowedBytes, tableBytes } from './changed-scans.ts'
import { invalidRequest } from './faults.ts'
import { tableFolders, tablesOf } from './lake-tables.ts'
import { type Asked, inContext } from './own-context.ts'
import { textOf } from './own-input.ts'
import type { QueryRuns } from './query-executions.ts'
import type { QueryLimits } from './query-run.ts'
import { tableFacts } from './table-facts.ts'
import { type PlannedUse, plannedUse, type UsedText, usedTexts } from './table-use.ts'

export interface Advice {
  readonly tables: number
  /** From when on the history was read. */
  readonly since: string
  readonly findings: readonly AdvisedFinding[]
}

export interface AdvisedFinding extends Finding {
  /** Of the queries that the saving was measured on, the dearest. */
  readonly queries?: readonly { readonly sql: string; readonly database?: string }[]
}

/** A saving is measured on so many queries, the dearest; more of the history are read to see what they ask for. */
const MEASURED_QUERIES = 3
const READ_QUERIES = 50

export const adviseTables = (lake: Lake, runs: QueryRuns, limits: QueryLimits, asked: Asked): Promise<Advice> =>
  inContext(lake, limits, asked, async (context) => {
    const { input, call } = asked
    const since = runs.keptSince()
    const texts = usedTexts(runs, call, since)
    const thresholds = thresholdsOf(textOf(input, 'largeMegabytes'))
    const folders = tableFolders(context)
    const findings: AdvisedFinding[] = []
    let tables = 0
    const [database, named] = [textOf(input, 'database'), textOf(input, 'table')]
    for (const table of tablesOf(context, database, named)) {
      context.signal.throwIfAborted()
      // Facts are of all rows and columns.
      if (named !== undefined) requireWhole(context, context.scope, table)
      else if (!seesAll(context, context.scope, table)) continue
      const name = dottedName(table)
      const judged = await judgeTable(table, texts.get(name) ?? [], { thresholds, folders }, context)
      if (!judged) continue
      tables++
      findings.push(...judged)
    }
    if (tables === 0 && database !== undefined && named !== undefined) requireNamed(context, database, named)
    return { tables, since, findings }
  })

function thresholdsOf(largeMegabytes: string | undefined): Limits {
  if (largeMegabytes === undefined) return LIMITS
  const megabytes = largeMegabytes.trim() === '' ? Number.NaN : Number(largeMegabytes)
  if (!(megabytes >= 0)) throw invalidRequest(`largeMegabytes is no number of megabytes: ${largeMegabytes}`)
  return { ...LIMITS, largeTableBytes: megabytes * 1e6 }
}

/** Of a table that is not there no fault would be found. */
function requireNamed({ rooms, scope }: QueryContext, database: string, table: string): void {
  if (!rooms.catalog.tables.find(scope, database.toLowerCase(), table.toLowerCase()))
    throw new SqlError('TABLE_NOT_FOUND', `Table '${database}.${table}' does not exist`)
}

async function judgeTable(
  table: Table,
  texts: readonly UsedText[],
  { thresholds, folders }: { readonly thresholds: Limits; readonly folders: () => readonly string[] },
  context: QueryContext,
): Promise<AdvisedFinding[] | undefined> {
  const name = dottedName(table)
  const planned: PlannedUse[] = []
  for (const text of texts.slice(0, READ_QUERIES)) {
    const use = await plannedUse(name, text, context)
    if (use) planned.push(use)
  }
  const facts = await tableFacts(
    table,
    planned.map(({ use }) => use),
    context,
  )
  if (!facts) return undefined
  const findings: AdvisedFinding[] = []
  for (const finding of judge(facts, thresholds)) {
    const measured = await measure(finding, planned, folders, context)
    // A change that saves nothing is no advice.
    if (measured && measured.saving.bytesAfter >= measured.saving.bytesBefore) continue
    const { partitions = 0 } = measured ?? {}
    if (facts.partitions === 0 && areCrumbs({ ...facts, partitions }, thresholds)) {
      findings.push(withoutCrumbs(finding, partitions))
      continue
    }
    if (finding.change && measured && measured.statement === undefined) {
      findings.push(withoutPlace(finding, measured.saving))
      continue
    }
    const asked = texts.slice(0, MEASURED_QUERIES).map(({ sql, database }) => ({ sql, database }))
    findings.push({ ...finding, ...measured, ...(finding.change && measured && { queries: asked }) })
  }
  return findings
}

interface Measured {
  readonly saving: Saving
  /** That makes the change. */
  readonly statement?: string
  /** Of the changed table. */
  readonly partitions?: number
}

/** What another rule would flag as soon as it is done is no advice: it is told, and left. */
const withoutCrumbs = ({ change: _, ...told }: Finding, partitions: number): Finding => ({
  ...told,
  message: `${told.message}, which would make ${partitions} small partitions: partition by something coarser`,
})

const withoutPlace = (finding: Finding, saving: Saving): Finding => ({
  ...finding,
  saving,
  message: `${finding.message}; ${finding.location} has no folder beside it: copy the files into one first`,
})

/** On the dearest of the queries that it is about; undefined where nothing of it is to be measured in bytes. */
async function measure(
  { table, change, columns }: Finding,
  uses: readonly PlannedUse[],
  folders: () => readonly string[],
  context: QueryContext,
): Promise<Measured | undefined> {
  if (change) {
    const parsed = parseChange(change)
    return summed(table, uses, context, async ({ planned }) => {
      const { estimate, scannedBytes, statement } = await changedScans(
        planned,
        { table, change: parsed, folders },
        context,
      )
      return { scannedBytes, statement, partitions: estimate.files.all }
    })
  }
  if (!columns) return undefined
  const stars = uses.filter(({ use }) => use.asksAllColumns)
  return summed(table, stars, context, async ({ use, planned }) => ({
    scannedBytes: await narrowedBytes(planned, table, new Set([...columns, ...use.conditions]), context),
  }))
}

async function summed(
  table: string,
  uses: readonly PlannedUse[],
  context: QueryContext,
  estimate: (use: PlannedUse) => Promise<Omit<Measured, 'saving'> & { readonly scannedBytes: number }>,
): Promise<Measured | undefined> {
  let saving: Saving = { runs: 0, bytesBefore: 0, bytesAfter: 0 }
  let first: Omit<Measured, 'saving'> | undefined
  for (const one of uses.slice(0, MEASURED_QUERIES)) {
    try {
      const { use, planned } = one
      const { scannedBytes, ...changed } = await estimate(one)
      first ??= changed
      const now = use.runs * (await tableBytes(planned, table, context))
      saving = {
        runs: saving.runs + use.runs,
        // A table that has been written anew since is not what the runs have read.
        bytesBefore: saving.bytesBefore + Math.min(use.scannedBytes, now),
        bytesAfter: saving.bytesAfter + use.runs * scannedBytes,
      }
    } catch (error) {
      if (!isExpected(error)) throw error
    }
  }
  return saving.runs === 0 ? undefined : { saving, ...first }
}
