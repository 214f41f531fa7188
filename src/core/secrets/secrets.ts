import { randomInt } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateReader, StateStore, StateTransaction } from '../ports.ts'
import { addTags, eraseTags, type Tags } from '../resources/tags.ts'
import { CURRENT, type Secret, type SecretVersion, versionOf, withVersion } from './secret.ts'
import type { KeyPermit, SecretSeal } from './secret-seal.ts'

export type SecretValue = { readonly string: string } | { readonly binary: Uint8Array }

export interface NewSecret {
  readonly name: string
  readonly description?: string
  readonly kmsKeyId?: string
  readonly tags: Tags
}

/** Secrets by name or ARN; an ARN may lack the six characters at its end. */
export interface Secrets {
  /** Throws `Fault('not-found', 'secret')`. One whose deletion was asked for is found until it is gone. */
  get(scope: Scope, id: string): Secret
  /** In the order of names, beginning after `after`. */
  list(scope: Scope, range: { readonly after?: string; readonly limit: number }): readonly Secret[]
  /** The current string. Throws as `get`, and `Fault('conflict', 'secret')` for one that is to be deleted. */
  current(scope: Scope, id: string): string
  value(secret: Secret, version: SecretVersion): SecretValue
  create(
    scope: Scope,
    secret: NewSecret,
    version?: { readonly id: string; readonly value: SecretValue },
  ): Promise<Secret>
  /** Throws as `current` does, unless `change` may see those that are to be deleted. */
  update(
    scope: Scope,
    id: string,
    change: (secret: Secret) => Secret,
    options?: { readonly deletedToo: true },
  ): Promise<Secret>
  /** The secret with one more version; the same again where it is there already. */
  withValue(secret: Secret, id: string, value: SecretValue, stages?: readonly string[]): Secret
  /** Sealed by another key, so far as versions have labels (docs: secretsmanager api, UpdateSecret, KmsKeyId). */
  withKey(secret: Secret, kmsKeyId: string): Secret
  /** The same for somebody, who is asked at each use of a key: throws `Fault('denied', 'secret')`. */
  as(permit: KeyPermit): Secrets
  /** At once. One that is not there is no error. */
  erase(scope: Scope, id: string): Promise<Secret | undefined>
}

const space = ({ account, region }: Scope): string => `secrets/${account}/${region}`

const missing = (): Fault => new Fault('not-found', 'secret', "Secrets Manager can't find the specified secret.")

/** Nothing may be done with one but to restore it. */
export function requireLive(secret: Secret): void {
  if (secret.deletedAt === undefined) return
  throw new Fault(
    'conflict',
    'secret',
    "You can't perform this operation on the secret because it was marked for deletion.",
  )
}

export function openSecrets(state: StateStore, clock: Clock, seal: SecretSeal): Secrets {
  const now = () => clock.now().toISOString()
  const lookUp = (reader: Pick<StateReader, 'get'>, scope: Scope, id: string): Secret | undefined => {
    const found = namesOf(id)
      .map((name) => reader.get<Secret>(space(scope), name)?.doc)
      .find((secret) => secret && (!id.startsWith('arn:') || secret.arn === id || secret.arn.slice(0, -SUFFIX) === id))
    return found && !isGone(found, now()) ? found : undefined
  }
  const erase = (tx: StateTransaction, scope: Scope, { name, arn }: Secret) => {
    tx.delete(space(scope), name)
    eraseTags(tx, arn)
  }
  const store: Secrets = {
    get(scope, id) {
      const found = lookUp(state, scope, id)
      if (!found) throw missing()
      return found
    },
    list: (scope, range) => {
      const at = now()
      return state
        .list<Secret>(space(scope), range)
        .map(({ doc }) => doc)
        .filter((secret) => !isGone(secret, at))
    },
    current(scope, id) {
      const secret = store.get(scope, id)
      requireLive(secret)
      const value = store.value(secret, versionOf(secret))
      if ('string' in value) return value.string
      throw new Fault('invalid', 'secret', `The secret ${secret.name} is not a text`)
    },
    value(secret, version) {
      const bytes = seal.open(secret, version)
      return version.kind === 'string' ? { string: bytes.toString('utf8') } : { binary: bytes }
    },
    create: (scope, { name, description, kmsKeyId, tags }, version) =>
      state.transaction((tx) => {
        const last = tx.get<Secret>(space(scope), name)?.doc
        if (last && !isGone(last, now())) return again(store, last, version)
        if (last) erase(tx, scope, last)
        const bare: Secret = {
          arn: `arn:aws:secretsmanager:${scope.region}:${scope.account}:secret:${name}-${randomSuffix()}`,
          name,
          description,
          kmsKeyId,
          createdAt: now(),
          changedAt: now(),
          versions: [],
        }
        seal.checkKey(bare)
        const secret = version ? store.withValue(bare, version.id, version.value) : bare
        tx.put(space(scope), name, secret)
        addTags(tx, secret.arn, tags)
        return secret
      }),
    update: (scope, id, change, options) =>
      state.transaction((tx) => {
        const found = lookUp(tx, scope, id)
        if (!found) throw missing()
        if (!options?.deletedToo) requireLive(found)
        const changed = change(found)
        tx.put(space(scope), found.name, changed)
        return changed
      }),
    withValue(secret, id, value, stages = [CURRENT]) {
      const known = secret.versions.find((one) => one.id === id)
      if (known && sameValue(store.value(secret, known), value)) return secret
      if (known)
        throw new Fault(
          'already-exists',
          'secret',
          `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
        )
      const kind = 'string' in value ? 'string' : 'binary'
      const sealed = seal.seal(secret, id, bytesOf(value))
      // The first is the current one, whatever its labels are.
      const labels = secret.versions.length === 0 ? [...new Set([...stages, CURRENT])] : stages
      const versions = withVersion(secret.versions, { id, createdAt: now(), kind, ...sealed }, labels)
      return { ...secret, changedAt: now(), versions }
    },
    withKey(secret, kmsKeyId) {
      const keyed = { ...secret, kmsKeyId }
      const resealed = (version: SecretVersion): SecretVersion => {
        if (version.stages.length === 0) return version
        const { sealed: _, byKey: __, ...told } = version
        const bytes = openedOrNot(() => seal.open(secret, version))
        return bytes ? { ...told, ...seal.seal(keyed, version.id, bytes, true) } : version
      }
      seal.checkKey(keyed)
      return { ...keyed, versions: secret.versions.map(resealed) }
    },
    as: (permit) => openSecrets(state, clock, seal.as(permit)),
    erase: (scope, id) =>
      state.transaction((tx) => {
        const found = lookUp(tx, scope, id)
        if (found) erase(tx, scope, found)
        return found
      }),
  }
  return store
}

/** "If you don't have kms:Decrypt permission to the previous key, the existing versions are not re-encrypted" (security-encryption). */
function openedOrNot(open: () => Buffer): Buffer | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof Fault && error.kind === 'denied') return undefined
    throw error
  }
}

/** A retry that says the same is answered as the first was. */
function again(
  store: Secrets,
  secret: Secret,
  version: { readonly id: string; readonly value: SecretValue } | undefined,
): Secret {
  if (secret.deletedAt !== undefined)
    throw new Fault(
      'conflict',
      'secret',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
  const known = version && secret.versions.find(({ id }) => id === version.id)
  if (known && sameValue(store.value(secret, known), version.value)) return secret
  throw new Fault('already-exists', 'secret', `The operation failed because the secret ${secret.name} already exists.`)
}

/** A dash and six characters. */
const SUFFIX = 7
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const randomSuffix = (): string =>
  Array.from({ length: SUFFIX - 1 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

/** Names that an id may stand for. */
function namesOf(id: string): string[] {
  if (!id.startsWith('arn:')) return [id]
  const rest = id.split(':').slice(6).join(':')
  return [rest.slice(0, -SUFFIX), rest]
}

const isGone = ({ goneAfter }: Secret, now: string): boolean => goneAfter !== undefined && goneAfter <= now

const bytesOf = (value: SecretValue): Uint8Array => ('string' in value ? Buffer.from(value.string) : value.binary)

function sameValue(a: SecretValue, b: SecretValue): boolean {
  if ('string' in a) return 'string' in b && a.string === b.string
  return 'binary' in b && Buffer.compare(a.binary, b.binary) === 0
}
