/** The record of a call that has come by another door than its API's own: as that API would write it. */

import type { EventRecord } from '../../core/events/event.ts'
import type { ModelCall } from '../../core/events/model-call.ts'
import type { CallFacts } from '../../core/events/record.ts'
import { callRecord } from '../../core/events/record.ts'
import { loadModel } from '../model.ts'
import { isReading } from './operation-kinds.ts'
import { described } from './parameters.ts'

export interface Surroundings
  extends Pick<CallFacts, 'identity' | 'at' | 'region' | 'account' | 'address' | 'userAgent' | 'requestID'> {
  readonly detail?: Readonly<Record<string, unknown>>
  /** What the API calls a failure. */
  readonly errorCode: (error: unknown) => string
}

export function modelCallEvent(call: ModelCall, { detail, errorCode, ...facts }: Surroundings): EventRecord {
  const { service, operation, input, error } = call
  const model = loadModel(service)
  return callRecord({
    ...facts,
    source: `${model.endpointPrefix}.amazonaws.com`,
    name: operation,
    ...(error !== undefined && {
      errorCode: errorCode(error),
      errorMessage: error instanceof Error ? error.message : undefined,
    }),
    requestParameters: described(service, model.operations.get(operation)!.input, input) ?? null,
    additionalEventData: { ...detail, ...call.detail },
    readOnly: isReading(service, operation),
    apiVersion: model.apiVersion,
    category: 'Management',
  })
}
