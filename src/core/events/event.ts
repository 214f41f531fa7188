/**
 * Events: what was done, by whom, when, to what. Every call of a service becomes one record, in the shape that CloudTrail
 * gives it; the journal keeps them, trails deliver them. Never decides whether something may be done, and never sees HTTP.
 */

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export interface EventRecord {
  readonly eventVersion: string
  readonly userIdentity: UserIdentity
  /** Of the second: `2026-11-26T09:40:46Z`. */
  readonly eventTime: string
  /** `athena.amazonaws.com`. */
  readonly eventSource: string
  readonly eventName: string
  readonly awsRegion: string
  readonly sourceIPAddress: string
  readonly userAgent?: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly requestParameters: Readonly<Record<string, unknown>> | null
  readonly responseElements: Readonly<Record<string, unknown>> | null
  readonly additionalEventData?: Readonly<Record<string, unknown>>
  readonly requestID?: string
  readonly eventID: string
  readonly readOnly: boolean
  readonly resources?: readonly EventResource[]
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent'
  readonly apiVersion?: string
  readonly managementEvent: boolean
  readonly recipientAccountId: string
  /** The same in the records that several accounts have of one action. */
  readonly sharedEventID?: string
  readonly eventCategory: 'Management' | 'Data'
  readonly tlsDetails?: Readonly<Record<string, string>>
}

export interface EventResource {
  readonly accountId?: string
  /** `AWS::S3::Object`. */
  readonly type: string
  readonly ARN: string
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export interface UserIdentity {
  readonly type:
    | 'Root'
    | 'IAMUser'
    | 'AssumedRole'
    | 'Role'
    | 'FederatedUser'
    | 'WebIdentityUser'
    | 'AWSAccount'
    | 'AWSService'
  readonly principalId?: string
  readonly arn?: string
  readonly accountId?: string
  readonly accessKeyId?: string
  readonly userName?: string
  readonly sessionContext?: Readonly<Record<string, unknown>>
  readonly invokedBy?: string
  /** Who vouches for a web identity. */
  readonly identityProvider?: string
}

/** "The current version is 1.11" (the page above). */
export const EVENT_VERSION = '1.11'

/** Records say the second. */
export const eventTime = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`
