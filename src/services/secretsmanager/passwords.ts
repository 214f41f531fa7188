/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
import { randomInt } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Handlers } from '../../protocol/service.ts'
import { invalid } from './secrets.ts'

const DEFAULT_LENGTH = 32
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

export const passwordHandlers: Handlers<typeof Sdk> = {
  GetRandomPassword(input) {
    const { PasswordLength: length = DEFAULT_LENGTH, RequireEachIncludedType: each = true } = input
    const excluded = new Set(input.ExcludeCharacters ?? '')
    const kinds = [
      input.ExcludeLowercase ? '' : LETTERS,
      input.ExcludeUppercase ? '' : LETTERS.toUpperCase(),
      input.ExcludeNumbers ? '' : '0123456789',
      input.ExcludePunctuation ? '' : PUNCTUATION,
      input.IncludeSpace ? ' ' : '',
    ]
      .filter((kind) => kind !== '')
      .map((kind) => [...kind].filter((character) => !excluded.has(character)))
    const all = kinds.flat()
    if (all.length === 0) throw invalid('The password has no characters to be made of.')
    const first = each ? kinds.filter((kind) => kind.length > 0).map(oneOf) : []
    if (first.length > length) throw invalid('PasswordLength is too small for all the types of characters.')
    const rest = Array.from({ length: length - first.length }, () => oneOf(all))
    return { RandomPassword: shuffled([...first, ...rest]).join('') }
  },
}

const oneOf = (characters: readonly string[]): string => characters[randomInt(characters.length)]!

function shuffled(characters: string[]): string[] {
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1)
    ;[characters[i], characters[j]] = [characters[j]!, characters[i]!]
  }
  return characters
}
