/** The parts of botocore's `service-2.json` that the compiler reads. */
export interface SourceRef {
  shape: string
  location?: string
  locationName?: string
  flattened?: boolean
  xmlAttribute?: boolean
  xmlNamespace?: { uri: string; prefix?: string } | string
  timestampFormat?: string
  streaming?: boolean
  idempotencyToken?: boolean
  jsonvalue?: boolean
  eventpayload?: boolean
  eventheader?: boolean
  resultWrapper?: string
}

export interface SourceShape {
  type: string
  members?: Record<string, SourceRef>
  required?: string[]
  payload?: string
  member?: SourceRef
  key?: SourceRef
  value?: SourceRef
  min?: number
  max?: number
  pattern?: string
  enum?: string[]
  flattened?: boolean
  streaming?: boolean
  timestampFormat?: string
  union?: boolean
  eventstream?: boolean
  document?: boolean
  sensitive?: boolean
  locationName?: string
  xmlNamespace?: { uri: string; prefix?: string } | string
  jsonvalue?: boolean
  exception?: boolean
  fault?: boolean
  error?: { code?: string; httpStatusCode?: number; senderFault?: boolean }
}

export interface SourceOperation {
  http: { method: string; requestUri: string; responseCode?: number }
  input?: SourceRef
  output?: SourceRef
  errors?: SourceRef[]
  deprecated?: boolean
  authtype?: string
  endpoint?: { hostPrefix?: string }
}

export interface SourceModel {
  metadata: {
    protocol: string
    protocols?: string[]
    jsonVersion?: string
    targetPrefix?: string
    signingName?: string
    endpointPrefix: string
    serviceId: string
    apiVersion: string
    xmlNamespace?: { uri: string } | string
    awsQueryCompatible?: object
  }
  operations: Record<string, SourceOperation>
  shapes: Record<string, SourceShape>
}
