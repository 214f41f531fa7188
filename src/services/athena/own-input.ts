/** Reading what is posted to the program's own paths, which no model describes. */
import { invalidRequest } from './faults.ts'

export type Input = Readonly<Record<string, unknown>>

export function textOf(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalidRequest(`${name} must be a text`)
  return value
}

export function textsOf(input: Input, name: string): readonly string[] {
  const value = input[name] ?? []
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    throw invalidRequest(`${name} must be a list of texts`)
  return value as string[]
}
