import { type ApiTarget, apiTarget, callJson } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { reachable } from '../reachable.ts'
import { type GlueTable, tableDifference, tableInput } from '../table-difference.ts'
import { plainText } from '../terminal/plain-text.ts'

const USAGE = `usage: lentic catalog diff DATABASE.TABLE [VERSION [VERSION]] [--endpoint URL]
       lentic catalog rollback DATABASE.TABLE VERSION [--endpoint URL]

diff says what the second version has other than the first: without versions the latest against the one before, with one
that against the latest. rollback makes a version the latest again, unless somebody changes the table meanwhile.`

interface TableVersion {
  readonly Table: GlueTable
  readonly VersionId: string
}

interface TableName {
  readonly DatabaseName: string
  readonly TableName: string
}

export async function catalog(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['endpoint'], USAGE)
  const [verb, name, ...versions] = given.rest
  const [, DatabaseName, TableName] = /^([^.]+)\.([^.]+)$/.exec(name ?? '') ?? []
  if (DatabaseName === undefined || TableName === undefined || versions.some((one) => !/^\d+$/.test(one)))
    throw new UsageError(USAGE)
  const target = apiTarget(given.option('endpoint'))
  const table = { DatabaseName, TableName }
  if (verb === 'diff' && versions.length <= 2) return reachable(target, () => diff(target, table, versions))
  if (verb === 'rollback' && versions.length === 1)
    return reachable(target, () => rollback(target, table, versions[0]!))
  throw new UsageError(USAGE)
}

async function diff(target: ApiTarget, table: TableName, versions: readonly string[]): Promise<number> {
  const [from, to] = versions
  const after = await versionOf(target, table, to)
  const before = from === undefined ? await previousOf(target, table) : await versionOf(target, table, from)
  if (!before) throw new Error(`${nameOf(table)} has no version but ${after.VersionId}`)
  const lines = tableDifference(before.Table, after.Table)
  process.stderr.write(`${nameOf(table)}: version ${before.VersionId} → ${after.VersionId}\n`)
  process.stdout.write(plainText(lines.map((line) => `${line}\n`).join('')))
  if (lines.length === 0) process.stderr.write('no difference\n')
  return 0
}

async function rollback(target: ApiTarget, table: TableName, version: string): Promise<number> {
  const latest = await versionOf(target, table)
  const wanted = await versionOf(target, table, version)
  await callJson(target, 'glue', 'UpdateTable', {
    DatabaseName: table.DatabaseName,
    // A table that was renamed since keeps its name.
    TableInput: { ...tableInput(wanted.Table), Name: latest.Table.Name },
    VersionId: latest.VersionId,
  })
  const { VersionId } = await versionOf(target, table)
  process.stderr.write(`${nameOf(table)}: version ${VersionId} is what version ${version} was\n`)
  return 0
}

const nameOf = ({ DatabaseName, TableName }: TableName): string => `${DatabaseName}.${TableName}`

/** The latest unless one is named. */
async function versionOf(target: ApiTarget, table: TableName, VersionId?: string): Promise<TableVersion> {
  const answer = await callJson<{ TableVersion: TableVersion }>(target, 'glue', 'GetTableVersion', {
    ...table,
    VersionId,
  })
  return answer.TableVersion
}

async function previousOf(target: ApiTarget, table: TableName): Promise<TableVersion | undefined> {
  const { TableVersions } = await callJson<{ TableVersions: readonly TableVersion[] }>(
    target,
    'glue',
    'GetTableVersions',
    {
      ...table,
      MaxResults: 2,
    },
  )
  return TableVersions[1]
}
