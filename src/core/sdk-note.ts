import { randomUUID } from 'node:crypto'

/** What the Java SDK of AWS puts behind the message of a service that has refused a request, where another passes it on. */
export const sdkNote = (
  service: 'AmazonDataCatalog' | 'AmazonS3' | 'AWSKMS',
  code: string,
  requestId: string = randomUUID(),
): string => `(Service: ${service}; Status Code: 400; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`
