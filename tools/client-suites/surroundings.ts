/** The answer of another service that a suite's fixtures want: the outputs of a stack that is there. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Surroundings {
  readonly endpoint: string
  close(): void
}

export async function serveSurroundings(
  stack: string,
  outputs: Readonly<Record<string, string>>,
): Promise<Surroundings> {
  const server = createServer((request, response) => {
    request.resume()
    describeStack(response, stack, outputs)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.close() }
}

function describeStack(response: ServerResponse, name: string, outputs: Readonly<Record<string, string>>): void {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  )
  response
    .setHeader('content-type', 'text/xml')
    .end(`<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
    <Stacks><member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
    <CreationTime>2024-01-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks>
    </DescribeStacksResult></DescribeStacksResponse>`)
}
