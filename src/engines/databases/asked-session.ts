interface LosableSession {
  /** A statement has failed because the connection had ended. */
  readonly isLost: boolean
  end(): Promise<void>
}

/** A connection for what is asked of a database's catalog: opened when something is, and anew when it has failed. */
export class AskedSession<Session extends LosableSession> {
  readonly #open: () => Promise<Session>
  #session: Promise<Session> | undefined

  constructor(open: () => Promise<Session>) {
    this.#open = open
  }

  /** `work` only reads: where a connection that had rested turns out to be lost, it is done once more over a new one. */
  async ask<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const rested = this.#session
    try {
      return await this.#askOnce(work)
    } catch (error) {
      const isLost = rested && (await rested.then((session) => session.isLost).catch(() => false))
      if (!isLost) throw error
      return this.#askOnce(work)
    }
  }

  async #askOnce<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#session ??= this.#open()
    const asked = this.#session
    try {
      return await work(await asked)
    } catch (error) {
      if (this.#session === asked) this.#session = undefined
      asked.then((session) => session.end()).catch(() => undefined)
      throw error
    }
  }

  async end(): Promise<void> {
    await this.#session?.then((session) => session.end()).catch(() => undefined)
  }
}
