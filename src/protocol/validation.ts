import type { Operation } from './schema.ts'

/** Throws AwsError with AWS's wording and the service's own code if the input breaks the model's constraints. */
export declare function validateInput(operation: Operation, input: unknown): void
