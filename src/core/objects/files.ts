import type { ByteRange, StagedBlob, StateTransaction } from '../ports.ts'
import type { ObjectEncryption } from './encryption.ts'
import type { ObjectAttributes } from './object.ts'

/** A current object of the lake as a file, for rooms that read and write tables. */
export interface LakeFile {
  /** `s3://bucket/key`. */
  readonly uri: string
  /** Where the file lies while it is pinned. */
  readonly localPath: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
  /** Without quotes. */
  readonly etag: string
  /** The object's metadata, where a client has encrypted it (`keys/envelope`): the bytes are such as nobody can read. */
  readonly envelope?: Readonly<Record<string, string>>
  /** How S3 has encrypted it, where by a key of KMS. */
  readonly encryption?: ObjectEncryption
}

/** A local file, and the address it is to have. */
export interface WrittenFile {
  readonly uri: string
  readonly localPath: string
}

/** What a new file says of itself, and how it is guarded. */
export type FileAttributes = Pick<ObjectAttributes, 'contentType' | 'acl' | 'encryption'> &
  Partial<Pick<ObjectAttributes, 'metadata' | 'contentEncoding'>>

/** A file that is to be: its bytes, or where an engine has staged them. */
export interface NewFile {
  readonly uri: string
  readonly body: Uint8Array | StagedBlob
  readonly attributes: FileAttributes
}

/** Files whose bytes are safe, and which nobody sees yet. */
export interface Arrivals {
  /** They become objects in one transaction with what `alsoWrite` writes; where that fails, none does, and the bytes go. */
  appear(alsoWrite: (tx: StateTransaction) => void): Promise<readonly LakeFile[]>
  /** The bytes go, unless they were asked to appear: then it is settled what becomes of them. */
  discard(): Promise<void>
}

/** The lake seen as files under `s3://` addresses; the S3 door sees the same objects with all they carry. */
export interface Files {
  /** The same for all views of one lake: whoever keeps what files have said keeps it by this. */
  readonly lake: object
  /** What is written through these is encrypted before it arrives. */
  readonly seals?: true
  /** The account that a bucket belongs to; undefined where there is no such bucket. */
  bucketOwner(bucket: string): string | undefined
  /**
   * The objects under a folder, in key order. `s3://b/t` and `s3://b/t/` both mean keys that start with `t/`.
   * Empty folder markers are left out. Throws `Fault('not-found', 'bucket')`.
   */
  list(folder: string): Iterable<LakeFile>
  /** Names of the direct subfolders, in order, without listing what is inside. */
  folders(folder: string): Iterable<string>
  stat(uri: string): LakeFile | undefined
  /** Of what is known of its bytes already: throws where they could not be read. */
  requireReadable(file: LakeFile): void
  read(uri: string, range?: ByteRange): AsyncIterable<Uint8Array>
  /** How a file will be that says this of itself: as its bucket has it where it says nothing, with the ARN of its key. */
  encryptionOf(uri: string, given: ObjectEncryption | undefined): Promise<ObjectEncryption | undefined>
  stage(): Promise<StagedBlob>
  /** Throws for the first that can not be; then none is. */
  arrive(files: readonly NewFile[]): Promise<Arrivals>
  put(uri: string, body: Uint8Array, attributes: FileAttributes): Promise<LakeFile>
  /**
   * Takes local files that an engine wrote into a workspace: they are moved and made durable, and become the objects at
   * their addresses when they appear. What has not when the server dies is swept at start-up.
   */
  adopt(written: readonly WrittenFile[], attributes: FileAttributes): Promise<Arrivals>
  /** A private local folder on the lake's disk for an engine to write into; gone after `remove`, or swept at start-up. */
  workspace(): Promise<{ readonly directory: string; remove(): Promise<void> }>
  /** Another object of the same bytes and attributes: none is moved. Throws not-found for one that is not there. */
  copy(from: string, to: string): Promise<void>
  delete(uris: readonly string[]): Promise<void>
  /** Has the bytes of these files on disk from `ready` until `release`, even if the objects are deleted or replaced. */
  pin(files: readonly LakeFile[]): { readonly ready: Promise<void>; release(): void }
}
