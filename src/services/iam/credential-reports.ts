/** The credential report: who has which keys, since when, and what they were last used for (IAM UserGuide, id_credentials_getting-report). */
import type * as Sdk from '@aws-sdk/client-iam'
import type { AccessKey } from '../../core/identities/access-keys.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import type { IamRooms } from './rooms.ts'

const SPACE = 'iam/credential-reports'
/** "You can generate a credential report as often as once every four hours." */
const GOOD_FOR_MS = 4 * 3_600_000
const KEYS = [0, 1]
const COLUMNS = [
  ...['user', 'arn', 'user_creation_time', 'password_enabled', 'password_last_used', 'password_last_changed'],
  ...['password_next_rotation', 'mfa_active'],
  ...KEYS.flatMap((i) =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(
      (what) => `access_key_${i + 1}_${what}`,
    ),
  ),
  ...['cert_1_active', 'cert_1_last_rotated', 'cert_2_active', 'cert_2_last_rotated'],
]

interface Report {
  readonly content: string
  readonly generatedAt: string
}

export function credentialReportHandlers(rooms: IamRooms): Handlers<typeof Sdk> {
  const { state, clock } = rooms
  const isGood = ({ generatedAt }: Report): boolean => clock.now().getTime() - Date.parse(generatedAt) < GOOD_FOR_MS
  return {
    async GenerateCredentialReport(_, { account }) {
      const last = state.get<Report>(SPACE, account)?.doc
      if (last && isGood(last)) return { State: 'COMPLETE' }
      const report: Report = { content: contentOf(rooms, account), generatedAt: clock.now().toISOString() }
      await state.transaction((tx) => tx.put(SPACE, account, report))
      return { State: 'COMPLETE' }
    },
    GetCredentialReport(_, { account }) {
      const report = state.get<Report>(SPACE, account)?.doc
      if (!report) throw new AwsError('ReportNotPresent', 'Report is not present for the account.')
      if (!isGood(report)) throw new AwsError('ReportExpired', 'The report has expired. Generate another one.')
      const Content = Buffer.from(report.content)
      return { Content, ReportFormat: 'text/csv', GeneratedTime: new Date(report.generatedAt) }
    },
  }
}

function contentOf({ identities, accounts, accessKeys }: IamRooms, account: string): string {
  const none = 'N/A'
  const certificates = ['false', none, 'false', none]
  const keysOf = (userId: string | undefined) => {
    const keys = accessKeys.of(account, userId)
    return KEYS.flatMap((i) => keyCells(keys[i]))
  }
  const root = [
    ...['<root_account>', `arn:aws:iam::${account}:root`, time(accounts.get(account).createdAt)],
    ...['not_supported', 'no_information', 'not_supported', 'not_supported', 'false'],
    ...keysOf(undefined),
    ...certificates,
  ]
  const users = identities
    .of(account)
    .users.all()
    .map(({ id, name, arn, createdAt }) => [
      ...[name, arn, time(createdAt), 'false', none, none, none, 'false'],
      ...keysOf(id),
      ...certificates,
    ])
  return [COLUMNS, root, ...users].map((cells) => cells.join(',')).join('\n')
}

function keyCells(key: AccessKey | undefined): readonly string[] {
  const { lastUsed } = key ?? {}
  return [
    String(key?.active ?? false),
    key ? time(key.createdAt) : 'N/A',
    lastUsed ? time(lastUsed.at) : 'N/A',
    // "N/A: the last used service is not Region-specific, such as Amazon S3."
    lastUsed && lastUsed.service !== 's3' ? lastUsed.region : 'N/A',
    lastUsed?.service ?? 'N/A',
  ]
}

/** `2026-11-26T12:00:00+00:00`. */
const time = (iso: string): string => `${iso.slice(0, 19)}+00:00`
