/** The real thing, signatures, validation, HTTP/2 and all, with handlers that keep what they are given. */
import { Readable } from 'node:stream'
import { keyring } from '../../src/core/access/credentials.ts'
import { sealedSessions } from '../../src/core/access/sessions.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createAuthenticator } from '../../src/protocol/auth.ts'
import { createDispatcher } from '../../src/protocol/dispatch.ts'
import { loadModel, modelMetadata, modelNames } from '../../src/protocol/model.ts'
import { createRouter } from '../../src/protocol/route.ts'
import { AwsError, type ServiceDefinition } from '../../src/protocol/service.ts'
import { listen } from '../../src/server/http.ts'
import type { EchoServer } from './echo-server.ts'

export async function startPipelineServer(): Promise<EchoServer> {
  const account = '000000000000'
  const clock = systemClock
  const root = { accessKeyId: 'test', secretAccessKey: 'test' }
  const credentials = keyring(account, root, sealedSessions('test'), clock)
  const report = (error: unknown) => {
    echo.failure = error as Error
  }
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    now: () => clock.now(),
    answer: createDispatcher({
      services: new Map(modelNames.map((name) => [name, keepingService(name, keep)])),
      router: createRouter(modelNames.map(modelMetadata), []),
      authenticator: createAuthenticator({ credentials, clock, account, region: 'us-east-1' }),
      observe: () => {},
      report,
    }),
    report,
  })
  const echo: EchoServer = {
    endpoint: `http://127.0.0.1:${server.port}`,
    answer: () => ({}),
    close: () => server.close(0),
  }

  function keep(exchange: NonNullable<EchoServer['last']>): unknown {
    echo.last = exchange
    return echo.answer(exchange)
  }
  return echo
}

function keepingService(name: string, keep: (exchange: NonNullable<EchoServer['last']>) => unknown): ServiceDefinition {
  const handlers: Record<string, (input: never) => Promise<unknown>> = {}
  for (const operation of loadModel(name).operations.values()) {
    handlers[operation.name] = async (input) => keep({ operation, input: await readStreams(input) })
  }
  return { name, handlers: () => handlers, translate: (fault) => new AwsError('InternalFailure', fault.message) }
}

async function readStreams(input: Record<string, unknown>): Promise<unknown> {
  for (const [name, value] of Object.entries(input)) {
    if (value instanceof Readable) input[name] = Buffer.concat(await value.toArray())
  }
  return input
}
