/** Compiled service models from `models/`: loaded and linked on a service's first request, then kept for good. */
import { readFileSync } from 'node:fs'
import { type CompiledModel, linkModel } from './model-link.ts'
import type { Model, ModelMetadata, WireName } from './schema.ts'

const folder = new URL('../../models/', import.meta.url)
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))

const metadata: ReadonlyMap<string, ModelMetadata> = new Map(
  (read('index.json').models as CompiledModel['metadata'][]).map((compiled) => [compiled.name, metadataOf(compiled)]),
)
// Models are immutable data of the program, so servers in one process share them.
const loaded = new Map<string, Model>()

/** The names of all compiled models, which are also the names of the services' folders. */
export const modelNames: readonly string[] = [...metadata.keys()]

/** What routing needs of every service; loads no model. */
export function modelMetadata(name: string): ModelMetadata {
  const found = metadata.get(name)
  if (!found) throw new Error(`There is no model named ${name}`)
  return found
}

/** Loads and links on first use, then keeps. Throws for a name that is not in `modelNames`. */
export function loadModel(name: string): Model {
  let model = loaded.get(name)
  if (!model) {
    model = linkModel(modelMetadata(name), read(`${name}.json`))
    loaded.set(name, model)
  }
  return model
}

/** A form or a bare path carries no sign of its wire, so a service that speaks query falls back to that. */
function metadataOf(compiled: CompiledModel['metadata']): ModelMetadata {
  const wires = compiled.wires as readonly WireName[]
  const fallback = wires.includes('query') ? 'query' : wires[0]!
  const binary: readonly WireName[] = wires.includes('aws-json-1.1') ? ['aws-cbor-1.1'] : []
  return {
    ...compiled,
    wire: fallback,
    wires: [...wires, ...binary],
    queryCompatible: compiled.queryCompatible ?? false,
  }
}
