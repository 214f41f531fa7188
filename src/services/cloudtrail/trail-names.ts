import type { Scope } from '../../core/catalog/catalog.ts'
import type { Trail } from '../../core/events/trails.ts'
import { allTrails, trailArn, trailKey, trails } from '../../core/events/trails.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError } from '../../protocol/service.ts'

const invalidName = (message: string): AwsError => new AwsError('InvalidTrailNameException', message)

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html, `Name`; texts as AWS gives them. */
export function checkTrailName(name: string): void {
  const { length } = name
  if (length === 0) throw invalidName('Trail name or ARN can not be empty.')
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw invalidName(
      'Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).',
    )
  if (length < 3)
    throw invalidName(
      `Trail name too short. Minimum allowed length: 3 characters. Specified name length: ${length} characters.`,
    )
  if (length > 128)
    throw invalidName(
      `Trail name too long. Maximum allowed length: 128 characters. Specified name length: ${length} characters.`,
    )
  if (!/^[A-Za-z0-9]/.test(name)) throw invalidName('Trail name must starts with a letter or number.')
  if (!/[A-Za-z0-9]$/.test(name)) throw invalidName('Trail name must ends with a letter or number.')
  if (/[._-]{2}/.test(name))
    throw invalidName('Trail name must not have consecutive periods (.), hyphens (-), or underscores (_).')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) throw invalidName('Trail name must not be in IP address format.')
}

/** By its name or ARN; of all regions where it is one of all regions. Throws `Fault('not-found', 'trail')`. */
export function findTrail({ state }: Lake, scope: Scope, nameOrArn: string): Trail {
  const [name, home] = partsOf(scope, nameOrArn)
  const found =
    trails(state).find(trailKey(home, name)) ??
    (nameOrArn.startsWith('arn:') ? undefined : shadowTrails(state, scope).find((trail) => trail.name === name))
  if (found) return found
  throw new Fault('not-found', 'trail', `Unknown trail: ${trailArn(home, name)} for the user: ${scope.account}`)
}

/** Trails of all regions that were made in another one. */
export const shadowTrails = (state: Lake['state'], { account, region }: Scope): readonly Trail[] =>
  allTrails(state, account).filter((trail) => trail.ofAllRegions && trail.region !== region)

/** One that may be changed here. Throws as `findTrail`, and where it is at home elsewhere. */
export function homeTrail(lake: Lake, scope: Scope, nameOrArn: string): Trail {
  const trail = findTrail(lake, scope, nameOrArn)
  if (trail.region === scope.region) return trail
  throw new AwsError(
    'InvalidHomeRegionException',
    `The trail ${trail.name} was created in the region ${trail.region}, and can be changed only there.`,
  )
}

function partsOf(scope: Scope, nameOrArn: string): [string, Scope] {
  if (!nameOrArn.startsWith('arn:')) {
    checkTrailName(nameOrArn)
    return [nameOrArn, scope]
  }
  const match = /^arn:aws:cloudtrail:([a-z0-9-]+):(\d{12}):trail\/(.+)$/.exec(nameOrArn)
  if (!match) throw new AwsError('CloudTrailARNInvalidException', `The trail ARN ${nameOrArn} is not valid.`)
  const [, region = '', account = '', name = ''] = match
  checkTrailName(name)
  return [name, { account, region }]
}
