import type { ExplainedAccess, ExplainedPart } from '../../src/core/permissions/explanation.ts'
import type { GrantInput } from '../../src/services/lakeformation/permission-lists.ts'
import { apiTarget, callOwn } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { reachable } from '../reachable.ts'
import { plainText } from '../terminal/plain-text.ts'

const USAGE = `usage: lentic access explain --principal ARN --table [CATALOG.]DATABASE.TABLE [--column NAME] [--format text|json] [--endpoint URL]

Says what the principal sees of the table, and for every column, shown or hidden, the grant, data cells filter, LF-Tag or
missing permission that decides, with the grant that would show it; and what else reading it by Athena asks of policies, those
of IAM, of the account, and of buckets, keys and catalogs, with the statement that decides.
role/NAME and user/NAME stand for ARNs of the account. Others than oneself are for
administrators of the data lake to ask about.`

export async function access(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['principal', 'table', 'column', 'format', 'endpoint'], USAGE)
  const [verb, ...more] = given.rest
  const [table, format] = [given.option('table'), given.option('format') ?? 'text']
  if (verb !== 'explain' || more.length > 0 || table === undefined || !['text', 'json'].includes(format))
    throw new UsageError(USAGE)
  const target = apiTarget(given.option('endpoint'))
  const asked = { principal: given.option('principal'), table, column: given.option('column') }
  const explained = await reachable(target, () => callOwn<ExplainedAccess<GrantInput>>(target, 'access', asked))
  process.stdout.write(format === 'json' ? `${JSON.stringify(explained, undefined, 2)}\n` : plainText(told(explained)))
  return 0
}

function told(explained: ExplainedAccess<GrantInput>): string {
  const { principal, table, decidedBy, because, policies, permissions, rows, columns, notes } = explained
  const names = permissions.map(({ permission }) => permission).join(', ') || 'none'
  const lines = [
    `${principal} on ${table}, decided by ${decidedBy}`,
    `  ${because}`,
    ...notes.map((note) => `  note: ${note}`),
    ...policies.map(
      ({ action, resources, allowed, because: why }) =>
        `  policies: ${action} on ${resources.join(', ')} is ${allowed ? 'allowed' : 'not allowed'}: ${why}`,
    ),
    `  permissions: ${names}`,
    ...permissions.flatMap(({ permission, because }) => because.map((why) => `    ${permission}: ${why}`)),
    ...partLines('rows', rows),
    ...columns.flatMap(({ column, told: isTold, ...part }) =>
      partLines(`column ${column}`, part, part.visible === 'never' && isTold ? ', but its name is told' : ''),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function partLines(what: string, { visible, where, because, needs }: ExplainedPart<GrantInput>, more = ''): string[] {
  const shown =
    visible === 'always' ? 'shown' : visible === 'never' ? 'hidden' : `shown where ${(where ?? []).join(' or ')}`
  return [
    `  ${what}: ${shown}${more}`,
    ...because.map((why) => `    ${why}`),
    ...(needs && visible === 'never' ? [`    to show it, by ${needs.account}: ${grantCommand(needs)}`] : []),
  ]
}

const grantCommand = ({ input }: GrantInput): string =>
  `aws lakeformation grant-permissions --cli-input-json '${JSON.stringify(input)}'`
