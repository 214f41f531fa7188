/**
 * Athena's result file: every value in quotes, NULL as nothing at all, and a header even without rows. DuckDB writes it;
 * no row passes through JavaScript.
 */
import { renameSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sink } from '../../../core/queries/engine-plan.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { SinkInput, SinkOutcome } from './sink.ts'

const FORMAT = `FORMAT csv, DELIMITER ',', QUOTE '"', ESCAPE '"', FORCE_QUOTE *, NULLSTR '', USE_TMP_FILE false`

export async function writeResultCsv(sink: Sink & { kind: 'result-csv' }, input: SinkInput): Promise<SinkOutcome> {
  const names = input.output.map((column) => column.name)
  const distinct = new Set(names.map((name) => name.toLowerCase())).size === names.length
  // Where it is to go differs from plan to plan, and an instance can not be granted anything later.
  const path = join(input.temporaryDirectory, 'result')
  try {
    const rows = distinct ? await copyNamed(path, names, input) : await copyUnderHeader(path, names, input)
    await move(path, sink.localPath)
    return { rows, files: [], values: [] }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyFile(from, to)
    await rm(from)
  }
}

async function copyNamed(path: string, names: readonly string[], input: SinkInput): Promise<number> {
  const items = names.map((name, i) => `o${i} AS ${quotedName(name)}`)
  return copy(`SELECT ${items.join(', ')} FROM (${input.query})`, true, path, input)
}

/** DuckDB would rename a name that comes twice, so the header is a first row. Slower by half, and rare. */
async function copyUnderHeader(path: string, names: readonly string[], input: SinkInput): Promise<number> {
  const header = names.map((name, i) => `${quote(name)} AS o${i}`)
  return (await copy(`SELECT ${header.join(', ')} UNION ALL SELECT * FROM (${input.query})`, false, path, input)) - 1
}

async function copy(query: string, header: boolean, path: string, input: SinkInput): Promise<number> {
  const result = await input.connection.runAndReadAll(`COPY (${query}) TO ${quote(path)} (${FORMAT}, HEADER ${header})`)
  return Number(result.getRows()[0]![0])
}
