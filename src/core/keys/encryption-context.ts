/** What a ciphertext is bound to: it is opened only by whoever says the same. */
export type EncryptionContext = Readonly<Record<string, string>>
