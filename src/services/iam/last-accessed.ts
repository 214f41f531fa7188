/**
 * Which services somebody may use, and when they last did: the journal of events says it, of the days that it keeps
 * (IAM UserGuide, access_policies_last-accessed).
 */
import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-iam'
import type { EventRecord, UserIdentity } from '../../core/events/event.ts'
import { Fault } from '../../core/faults.ts'
import type { Handlers } from '../../protocol/service.ts'
import { type AskedService, allowedServices, coveredBy, type Entity } from './covered-entities.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'

interface Access {
  readonly at: string
  readonly by: string
  readonly region: string
}

interface ServiceUse {
  readonly last: Access
  readonly entities: readonly string[]
  readonly actions: Readonly<Record<string, Access>>
}

interface Job {
  readonly arn: string
  readonly withActions: boolean
  readonly services: readonly AskedService[]
  readonly createdAt: string
  readonly ended?: { readonly at: string; readonly uses?: Readonly<Record<string, ServiceUse>> }
}

/** "The report is available for seven days" for who has generated it. */
const KEPT_MS = 7 * 86_400_000
const space = (account: string): string => `iam/access-jobs/${account}`

export function lastAccessedHandlers(rooms: IamRooms): Handlers<typeof Sdk> {
  const { state, clock, identities } = rooms
  const running = new Set<string>()

  async function work(account: string, id: string, job: Job, entities: readonly Entity[]): Promise<void> {
    running.add(id)
    const uses = await usesOf(rooms, account, entities).catch(() => undefined)
    const ended = { at: clock.now().toISOString(), ...(uses && { uses }) }
    await state.transaction((tx) => tx.put(space(account), id, { ...job, ended })).catch(() => {})
    running.delete(id)
  }
  const found = (account: string, id: string): Job => {
    const job = state.get<Job>(space(account), id)?.doc
    if (!job) throw new Fault('not-found', 'identity', `JobId ${id} does not exist.`)
    // One that a server that is gone had begun.
    if (!job.ended && !running.has(id)) void work(account, id, job, coveredBy(identities.of(account), job.arn))
    return job
  }

  return {
    async GenerateServiceLastAccessedDetails({ Arn, Granularity }, { account }) {
      const own = identities.of(account)
      const entities = coveredBy(own, Arn)
      const now = clock.now()
      const job: Job = {
        arn: Arn,
        withActions: Granularity === 'ACTION_LEVEL',
        services: allowedServices(own, Arn),
        createdAt: now.toISOString(),
      }
      const id = randomUUID()
      await state.transaction((tx) => {
        for (const { key, doc } of tx.list<Job>(space(account), { limit: 100 }))
          if (now.getTime() - Date.parse(doc.createdAt) > KEPT_MS) tx.delete(space(account), key)
        tx.put(space(account), id, job)
      })
      void work(account, id, job, entities)
      return { JobId: id }
    },
    GetServiceLastAccessedDetails(input, { account }) {
      const job = found(account, input.JobId)
      const { ended, services, withActions } = job
      const { items, ...page } = pageOf(input, ended?.uses ? services : [])
      return {
        JobStatus: statusOf(job),
        JobType: withActions ? 'ACTION_LEVEL' : 'SERVICE_LEVEL',
        JobCreationDate: new Date(job.createdAt),
        JobCompletionDate: ended && new Date(ended.at),
        ServicesLastAccessed: items.map((one) => serviceShape(one, ended!.uses![one.namespace], withActions)),
        ...page,
      } as Sdk.GetServiceLastAccessedDetailsResponse
    },
    GetServiceLastAccessedDetailsWithEntities(input, { account }) {
      const job = found(account, input.JobId)
      const { ended } = job
      const used = new Set(ended?.uses?.[input.ServiceNamespace]?.entities)
      const entities = coveredBy(identities.of(account), job.arn).filter(({ arn }) => used.has(arn))
      const { items, ...page } = pageOf(input, entities)
      return {
        JobStatus: statusOf(job),
        JobCreationDate: new Date(job.createdAt),
        JobCompletionDate: ended && new Date(ended.at),
        EntityDetailsList: items.map(({ arn, name, type, id, path }) => ({
          EntityInfo: { Arn: arn, Name: name, Type: type, Id: id, Path: path },
        })),
        ...page,
      } as Sdk.GetServiceLastAccessedDetailsWithEntitiesResponse
    },
  }
}

const statusOf = ({ ended }: Job): Sdk.JobStatusType => (ended ? (ended.uses ? 'COMPLETED' : 'FAILED') : 'IN_PROGRESS')

function serviceShape({ name, namespace }: AskedService, use: ServiceUse | undefined, withActions: boolean) {
  return {
    ServiceName: name,
    ServiceNamespace: namespace,
    ...(use && {
      LastAuthenticated: new Date(use.last.at),
      LastAuthenticatedEntity: use.last.by,
      LastAuthenticatedRegion: use.last.region,
    }),
    TotalAuthenticatedEntities: use?.entities.length ?? 0,
    ...(withActions && {
      TrackedActionsLastAccessed: Object.entries(use?.actions ?? {}).map(([action, { at, by, region }]) => ({
        ActionName: action,
        LastAccessedEntity: by,
        LastAccessedTime: new Date(at),
        LastAccessedRegion: region,
      })),
    }),
  }
}

/** By namespace. What a service has asked in somebody's name is not theirs. */
async function usesOf({ events }: IamRooms, account: string, entities: readonly Entity[]) {
  const arns = new Set(entities.map(({ arn }) => arn))
  const uses: Record<string, { last: Access; entities: string[]; actions: Record<string, Access> }> = {}
  // A line that does not hold the one name that is looked for need not be read.
  const holding = arns.size === 1 ? [JSON.stringify([...arns][0])] : []
  for (const scope of events.journal.scopes()) {
    if (scope.account !== account || arns.size === 0) continue
    for await (const placed of events.journal.read(scope, { newestFirst: true, holding })) {
      const by = placed && actorOf(placed.event.userIdentity)
      if (!placed || by === undefined || !arns.has(by)) continue
      note(uses, placed.event, by)
    }
  }
  return uses
}

function note(
  uses: Record<string, { last: Access; entities: string[]; actions: Record<string, Access> }>,
  { eventSource, eventName, eventTime: at, awsRegion: region }: EventRecord,
  by: string,
): void {
  const prefix = eventSource.split('.')[0]!
  const namespace = prefix === 'monitoring' ? 'cloudwatch' : prefix
  const access = { at, by, region }
  const use = uses[namespace] ?? { last: access, entities: [], actions: {} }
  uses[namespace] = use
  if (at > use.last.at) use.last = access
  if (!use.entities.includes(by)) use.entities.push(by)
  const before = use.actions[eventName]
  if (!before || at > before.at) use.actions[eventName] = access
}

/** The user, or the role whose session it was. */
function actorOf({ type, arn, sessionContext, invokedBy }: UserIdentity): string | undefined {
  if (invokedBy !== undefined) return undefined
  const issuer = sessionContext?.sessionIssuer as { readonly arn?: string } | undefined
  return type === 'AssumedRole' ? issuer?.arn : arn
}
