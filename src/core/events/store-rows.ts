/** Events as rows of a store's table: the columns, and what each says of an event. */
import { createHash } from 'node:crypto'
import type { EventRecord } from './event.ts'
import { selects } from './selectors.ts'
import type { StoreSpan } from './stores.ts'

const MAP = 'map<string,string>'
const USER_IDENTITY = `struct<type:string,principalid:string,arn:string,accountid:string,accesskeyid:string,username:string,
sessioncontext:struct<attributes:struct<creationdate:timestamp,mfaauthenticated:string>,sessionissuer:struct<type:string,
principalid:string,arn:string,accountid:string,username:string>,webidfederationdata:struct<federatedprovider:string,
attributes:${MAP}>,sourceidentity:string,ec2roledelivery:string,ec2issuedinvpc:string>,onbehalfof:struct<userid:string,
identitystorearn:string>,inscopeof:struct<sourcearn:string,sourceaccount:string,issuertype:string,
credentialsissuedto:string>,invokedby:string,identityprovider:string>`

/** In their order, with Hive's types (docs: awscloudtrail userguide, query-supported-event-schemas). */
export const STORE_COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['eventversion', 'string'],
  ['useridentity', USER_IDENTITY.replaceAll('\n', '')],
  ['eventtime', 'timestamp'],
  ['eventsource', 'string'],
  ['eventname', 'string'],
  ['awsregion', 'string'],
  ['sourceipaddress', 'string'],
  ['useragent', 'string'],
  ['errorcode', 'string'],
  ['errormessage', 'string'],
  ['requestparameters', MAP],
  ['responseelements', MAP],
  ['additionaleventdata', MAP],
  ['requestid', 'string'],
  ['eventid', 'string'],
  ['readonly', 'boolean'],
  ['resources', 'array<struct<accountid:string,type:string,arn:string,arnprefix:string>>'],
  ['eventtype', 'string'],
  ['apiversion', 'string'],
  ['managementevent', 'boolean'],
  ['recipientaccountid', 'string'],
  ['sharedeventid', 'string'],
  ['annotation', 'string'],
  ['vpcendpointid', 'string'],
  ['vpcendpointaccountid', 'string'],
  ['serviceeventdetails', MAP],
  ['addendum', MAP],
  ['edgedevicedetails', MAP],
  ['insightdetails', MAP],
  ['eventcategory', 'string'],
  ['tlsdetails', 'struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>'],
  ['sessioncredentialfromconsole', 'string'],
  ['eventjson', 'string'],
  ['eventjsonchecksum', 'string'],
]

const MAPS: ReadonlySet<string> = new Set(STORE_COLUMNS.filter(([, type]) => type === MAP).map(([name]) => name))

/** Which events of one region are rows. */
export interface RowSelection {
  readonly spans: readonly StoreSpan[]
  /** Inclusive, of the times that the events say. */
  readonly fromMs: number
  readonly untilMs: number
  /** Those that the rows are to have. */
  readonly columns: readonly string[]
}

export interface FoundRows {
  /** A JSON object each. */
  readonly lines: readonly string[]
  readonly looked: number
}

/** `lines`: of the journal. */
export function storeRows(lines: readonly string[], { spans, fromMs, untilMs, columns }: RowSelection): FoundRows {
  const wanted = new Set(columns)
  const found: string[] = []
  for (const line of lines) {
    const event = JSON.parse(line) as EventRecord
    const atMs = Date.parse(event.eventTime)
    if (atMs < fromMs || atMs > untilMs || !spans.some((span) => holds(span, event, atMs))) continue
    found.push(JSON.stringify(rowOf(event, line, wanted)))
  }
  return { lines: found, looked: lines.length }
}

/** A record says the second in which it was made. */
const holds = ({ fromMs, untilMs = Infinity, selectors }: StoreSpan, event: EventRecord, atMs: number): boolean =>
  atMs + 999 >= fromMs && atMs <= untilMs && selects(selectors, event)

function rowOf(event: EventRecord, line: string, wanted: ReadonlySet<string>): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const [member, value] of Object.entries(event)) {
    const name = member.toLowerCase()
    if (wanted.has(name) && value !== null && value !== undefined) row[name] = MAPS.has(name) ? asTexts(value) : value
  }
  if (wanted.has('eventtime')) row.eventtime = plainTime(event.eventTime)
  if (wanted.has('eventjson')) row.eventjson = line
  if (wanted.has('eventjsonchecksum')) row.eventjsonchecksum = createHash('sha256').update(line).digest('base64')
  return row
}

const plainTime = (iso: string): string => iso.replace('T', ' ').replace('Z', '')

/** What is no text is told as JSON. */
const asTexts = (value: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? one : JSON.stringify(one)]),
  )
