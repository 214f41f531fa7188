/** Keys of an account in a region, and the names that they go by. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateReader, StateStore, StateTransaction } from '../ports.ts'
import { addTags, eraseTags, type Tags } from '../resources/tags.ts'
import type { Sealing } from '../secrets/sealing.ts'
import type { EncryptionContext } from './encryption-context.ts'
import { defaultPolicy, type Key, type KeyMaterial, materialContext, ownKeyPolicy, requireUsable } from './key.ts'
import { newMaterial } from './key-material.ts'
import type { KeySpec, KeyUsage } from './key-specs.ts'
import { type BlobHeader, blobHeader, decryptBlob, encryptBlob, invalidCiphertext } from './symmetric.ts'

export interface NewKey {
  readonly spec: KeySpec
  readonly usage: KeyUsage
  readonly description: string
  readonly policy?: string
  readonly tags: Tags
}

export interface Alias {
  /** `alias/shop`. */
  readonly name: string
  readonly target: string
  readonly createdAt: string
  readonly changedAt: string
}

export interface Decrypted {
  readonly key: Key
  readonly material: KeyMaterial
  readonly plaintext: Buffer
}

export class Keys {
  readonly #state: StateStore
  readonly #clock: Clock
  readonly #sealing: Sealing

  constructor(state: StateStore, clock: Clock, sealing: Sealing) {
    this.#state = state
    this.#clock = clock
    this.#sealing = sealing
  }

  /** By its id, its ARN, an alias, or an alias's ARN. Throws `Fault('not-found', 'key')` in AWS's words. */
  get(scope: Scope, reference: string): Key {
    const { id, alias } = namedBy(reference, scope)
    if (alias === undefined) return this.#kept(this.#state, scope, id!)
    const found = this.#state.get<Alias>(aliasSpace(scope), alias)
    if (!found) throw missing('Alias', `${arnPrefix(scope)}:${alias}`, 'is not found.')
    return this.#kept(this.#state, scope, found.doc.target)
  }

  /** As `get`; where an alias of AWS's own is named (`alias/aws/s3`) whose key is not there yet, it is made. */
  async need(scope: Scope, reference: string): Promise<Key> {
    const { alias } = namedBy(reference, scope)
    const [, service] = /^alias\/aws\/([a-z0-9-]+)$/.exec(alias ?? '') ?? []
    if (service === undefined || this.#state.get(aliasSpace(scope), alias!)) return this.get(scope, reference)
    const description = `Default key that protects my ${service} data when no other key is defined`
    const policy = ownKeyPolicy(scope, service)
    const wanted: NewKey = { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', description, policy, tags: {} }
    const made = await this.#made(scope, wanted)
    return this.#state.transaction((tx) => {
      const other = tx.get<Alias>(aliasSpace(scope), alias!)
      if (other) return this.#kept(tx, scope, other.doc.target)
      const nextAt = this.#later(YEAR_DAYS)
      const key: Key = { ...made, manager: 'AWS', rotation: { periodDays: YEAR_DAYS, nextAt } }
      tx.put(keySpace(scope), key.id, key)
      this.#putAlias(tx, scope, alias!, key.id)
      return key
    })
  }

  isAny(scope: Scope): boolean {
    return this.#state.keys(keySpace(scope), { limit: 1 }).length > 0
  }

  list(scope: Scope, range: { readonly after?: string; readonly limit: number }): readonly Key[] {
    return this.#state
      .list<Key>(keySpace(scope), range)
      .map(({ doc }) => doc)
      .filter((key) => !this.#isGone(key))
  }

  async create(scope: Scope, wanted: NewKey): Promise<Key> {
    const key = await this.#made(scope, wanted)
    return this.#state.transaction((tx) => {
      tx.put(keySpace(scope), key.id, key)
      addTags(tx, key.arn, wanted.tags)
      return key
    })
  }

  /** `change` may throw. */
  update(scope: Scope, id: string, change: (key: Key) => Key): Promise<Key> {
    return this.#state.transaction((tx) => {
      const changed = change(this.#kept(tx, scope, id))
      tx.put(keySpace(scope), id, changed)
      return changed
    })
  }

  /** With new material, which encrypts from now on; what older ones have encrypted stays readable. */
  async rotated(scope: Scope, { id, arn, spec }: Key, by: 'AUTOMATIC' | 'ON_DEMAND'): Promise<Key> {
    const material = { ...(await this.#sealedMaterial(arn, spec)), by }
    return this.update(scope, id, (key) => {
      const { rotation } = key
      const isDue = by === 'ON_DEMAND' || (rotation && rotation.nextAt <= this.#now())
      if (!isDue) return key
      return {
        ...key,
        materials: [...key.materials, material],
        ...(by === 'AUTOMATIC' && rotation && { rotation: { ...rotation, nextAt: this.#later(rotation.periodDays) } }),
      }
    })
  }

  /** A symmetric key that encrypts now: rotated where that is due. */
  async encrypting(scope: Scope, key: Key): Promise<Key> {
    requireUsable(key)
    return key.rotation && key.rotation.nextAt <= this.#now() ? this.rotated(scope, key, 'AUTOMATIC') : key
  }

  /** With the newest material of a symmetric key. */
  encrypt(key: Key, plaintext: Uint8Array, context: EncryptionContext): Buffer {
    requireUsable(key)
    const material = key.materials.at(-1)!
    return encryptBlob(this.material(key, material), { keyId: key.id, material: material.id }, plaintext, context)
  }

  /** With the key that the blob tells. Throws for one that is not of this account and region, or not usable. */
  decrypt(scope: Scope, blob: Uint8Array, context: EncryptionContext): Decrypted {
    return this.decrypter(scope)(blob, context)
  }

  /** As `decrypt`, for many blobs in one turn: their keys are looked for once. */
  decrypter(scope: Scope): (blob: Uint8Array, context: EncryptionContext) => Decrypted {
    const found = new Map<string, Omit<Decrypted, 'plaintext'> & { readonly bytes: Buffer }>()
    return (blob, context) => {
      const header = blobHeader(blob)
      const id = `${header.keyId} ${header.material}`
      const { key, material, bytes } = found.get(id) ?? this.#decrypting(scope, header)
      found.set(id, { key, material, bytes })
      return { key, material, plaintext: decryptBlob(bytes, blob, context) }
    }
  }

  #decrypting(scope: Scope, header: BlobHeader) {
    const key = this.#find(this.#state, scope, header.keyId)
    const material = key?.materials.find(({ id }) => id.startsWith(header.material))
    if (!key || !material || key.spec !== 'SYMMETRIC_DEFAULT') throw invalidCiphertext()
    requireUsable(key)
    return { key, material, bytes: this.material(key, material) }
  }

  /** For what is done with it here; it goes nowhere else. */
  material(key: Key, material = key.materials[0]!): Buffer {
    return this.#sealing.open(material.sealed, materialContext(key, material.id))
  }

  /** In the order of names. */
  aliases(scope: Scope, range: { readonly after?: string; readonly limit: number }): readonly Alias[] {
    return this.#state.list<Alias>(aliasSpace(scope), range).map(({ doc }) => doc)
  }

  /** The names that a key goes by. */
  aliasesOf(scope: Scope, { id }: Key): readonly Alias[] {
    return this.aliases(scope, { limit: MOST_KEYS }).filter(({ target }) => target === id)
  }

  createAlias(scope: Scope, name: string, target: string): Promise<void> {
    return this.#state.transaction((tx) => {
      if (tx.get(aliasSpace(scope), name))
        throw new Fault('already-exists', 'alias', `An alias with the name ${arnPrefix(scope)}:${name} already exists`)
      this.#putAlias(tx, scope, name, this.#kept(tx, scope, target).id)
    })
  }

  moveAlias(scope: Scope, name: string, target: string): Promise<void> {
    return this.#state.transaction((tx) => {
      const last = tx.get<Alias>(aliasSpace(scope), name)?.doc
      if (!last) throw missing('Alias', `${arnPrefix(scope)}:${name}`, 'is not found.')
      tx.put(aliasSpace(scope), name, { ...last, target: this.#kept(tx, scope, target).id, changedAt: this.#now() })
    })
  }

  deleteAlias(scope: Scope, name: string): Promise<void> {
    return this.#state.transaction((tx) => {
      if (!tx.delete(aliasSpace(scope), name)) throw missing('Alias', `${arnPrefix(scope)}:${name}`, 'is not found.')
    })
  }

  /** Erases the keys whose time has come, with their aliases and tags. */
  async expire(scope: Scope): Promise<void> {
    const gone = this.#state.list<Key>(keySpace(scope), { limit: MOST_KEYS }).filter(({ doc }) => this.#isGone(doc))
    if (gone.length === 0) return
    await this.#state.transaction((tx) => {
      const ids = new Set(gone.map(({ doc }) => doc.id))
      for (const { doc } of gone) {
        tx.delete(keySpace(scope), doc.id)
        eraseTags(tx, doc.arn)
      }
      for (const { doc } of tx.list<Alias>(aliasSpace(scope), { limit: MOST_KEYS }))
        if (ids.has(doc.target)) tx.delete(aliasSpace(scope), doc.name)
    })
  }

  async #made(scope: Scope, { spec, usage, description, policy }: NewKey): Promise<Key> {
    const id = randomUUID()
    const arn = `${arnPrefix(scope)}:key/${id}`
    return {
      id,
      arn,
      account: scope.account,
      createdAt: this.#now(),
      description,
      spec,
      usage,
      manager: 'CUSTOMER',
      enabled: true,
      policy: policy ?? defaultPolicy(scope.account),
      materials: [await this.#sealedMaterial(arn, spec)],
    }
  }

  async #sealedMaterial(arn: string, spec: KeySpec): Promise<KeyMaterial> {
    const id = randomBytes(32).toString('hex')
    const sealed = this.#sealing.seal(await newMaterial(spec), materialContext({ arn }, id))
    return { id, createdAt: this.#now(), sealed }
  }

  #putAlias(tx: StateTransaction, scope: Scope, name: string, target: string): void {
    const at = this.#now()
    tx.put(aliasSpace(scope), name, { name, target, createdAt: at, changedAt: at } satisfies Alias)
  }

  #kept(reader: Pick<StateReader, 'get'>, scope: Scope, id: string): Key {
    const found = this.#find(reader, scope, id)
    if (!found) throw missing('Key', `'${arnPrefix(scope)}:key/${id}'`, 'does not exist')
    return found
  }

  #find(reader: Pick<StateReader, 'get'>, scope: Scope, id: string): Key | undefined {
    const found = reader.get<Key>(keySpace(scope), id)?.doc
    return found && !this.#isGone(found) ? found : undefined
  }

  #isGone = ({ deletion }: Key): boolean => deletion !== undefined && deletion.at <= this.#now()

  #now = (): string => this.#clock.now().toISOString()

  #later = (days: number): string => new Date(this.#clock.now().getTime() + days * DAY_MS).toISOString()
}

const DAY_MS = 86_400_000
/** AWS's own keys are rotated every year (docs: kms developerguide, rotate-keys). */
const YEAR_DAYS = 365
/** Of an account in a region, at AWS by default: 100,000. */
const MOST_KEYS = 100_000

const keySpace = ({ account, region }: Scope): string => `kms/keys/${account}/${region}`
const aliasSpace = ({ account, region }: Scope): string => `kms/aliases/${account}/${region}`
export const arnPrefix = ({ account, region }: Scope): string => `arn:aws:kms:${region}:${account}`

const missing = (what: 'Key' | 'Alias', name: string, is: string): Fault =>
  new Fault('not-found', 'key', `${what} ${name} ${is}`)

const ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):(key\/(.+)|alias\/.+)$/
const KEY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function namedBy(reference: string, { account, region }: Scope): { readonly id?: string; readonly alias?: string } {
  if (reference.startsWith('alias/')) return { alias: reference }
  if (!reference.startsWith('arn:')) {
    if (KEY_ID.test(reference)) return { id: reference }
    throw new Fault('not-found', 'key', `Invalid keyId '${reference}'`)
  }
  const [, of, owner, resource, id] = ARN.exec(reference) ?? []
  if (resource === undefined) throw new Fault('not-found', 'key', `Invalid arn ${reference}`)
  if (of !== region) throw new Fault('not-found', 'key', `Invalid arn ${of}`)
  if (owner !== account) throw new Fault('not-found', 'key', `Key '${reference}' does not exist`)
  return id === undefined ? { alias: resource } : { id }
}
