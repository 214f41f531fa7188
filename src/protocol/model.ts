import type { Model, ModelMetadata } from './schema.ts'

/** The names of all compiled models, which are also the names of the services' folders. */
export declare const modelNames: readonly string[]

/** What routing needs of every service; loads no model. */
export declare function modelMetadata(name: string): ModelMetadata

/** Loads and links on first use, then keeps. Throws for a name that is not in `modelNames`. */
export declare function loadModel(name: string): Model
