/** The JavaScript clients, as data: their packages, and which operations and members they know. */
import type { Member, Model, Shape, StructureShape } from '../../src/protocol/schema.ts'

const packages: Readonly<Record<string, string>> = {
  dms: 'database-migration-service',
  es: 'elasticsearch-service',
  events: 'eventbridge',
  logs: 'cloudwatch-logs',
  s3control: 's3-control',
  secretsmanager: 'secrets-manager',
}

export interface SdkClient {
  send(command: unknown): Promise<Record<string, unknown>>
  destroy(): void
}

type Constructor<T> = new (argument: unknown) => T

export interface Sdk {
  readonly client: Constructor<SdkClient>
  command(operation: string): Constructor<unknown> | undefined
  /** False where the client is older or newer than the model and does not have the member. */
  knows(shape: StructureShape, member: string): boolean
}

export async function loadSdk(model: Model): Promise<Sdk> {
  const module = (await import(`@aws-sdk/client-${packages[model.name] ?? model.name}`)) as Record<string, unknown>
  const client = Object.keys(module).find((name) => /^[A-Z].*Client$/.test(name) && typeof module[name] === 'function')
  const unknown = await unknownMembers(model, module)
  return {
    client: module[client!] as Constructor<SdkClient>,
    command: (operation) => module[`${operation}Command`] as Constructor<unknown> | undefined,
    knows: (shape, member) => !unknown.get(shape)?.has(member),
  }
}

/** The clients' own description of a shape, walked beside ours. */
interface ClientSchema {
  isStructSchema(): boolean
  structIterator(): Iterable<[string, ClientSchema]>
  getValueSchema(): ClientSchema
}

async function unknownMembers(model: Model, module: Record<string, unknown>): Promise<Map<Shape, Set<string>>> {
  const { NormalizedSchema } = (await import('@smithy/core/schema')) as unknown as {
    NormalizedSchema: { of(schema: unknown): ClientSchema }
  }
  const unknown = new Map<Shape, Set<string>>()
  const seen = new Set<Shape>()
  const walk = (shape: Shape, schema: ClientSchema): void => {
    if (seen.has(shape)) return
    seen.add(shape)
    if (shape.type === 'list') walk(shape.element.shape, schema.getValueSchema())
    if (shape.type === 'map') walk(shape.value.shape, schema.getValueSchema())
    if (shape.type !== 'structure' || !schema.isStructSchema()) return
    const members = new Map(schema.structIterator())
    unknown.set(shape, new Set(shape.members.map(({ name }) => name).filter((name) => !members.has(name))))
    for (const { name, shape: target } of shape.members as readonly Member[]) {
      const member = members.get(name)
      if (member) walk(target, member)
    }
  }
  for (const operation of model.operations.values()) {
    const schema = module[`${operation.name}$`] as readonly unknown[] | undefined
    if (!schema) continue
    const [input, output] = [schema[4], schema[5]].map((part) =>
      NormalizedSchema.of(typeof part === 'function' ? part() : part),
    )
    if (operation.input) walk(operation.input, input!)
    if (operation.output) walk(operation.output, output!)
  }
  return unknown
}
