import type { S3ServiceException } from '@aws-sdk/client-s3'

/** The error that a call must fail with, for a test to look at. */
export async function failure(call: Promise<unknown>): Promise<S3ServiceException & Record<string, unknown>> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome === undefined) throw new Error('The call was expected to fail, and did not')
  return outcome as S3ServiceException & Record<string, unknown>
}

/** The error's code and HTTP status in one. */
export async function failureCode(call: Promise<unknown>): Promise<string> {
  const { name, $metadata } = await failure(call)
  return `${name} ${$metadata?.httpStatusCode}`
}
