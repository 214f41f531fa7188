/** A thread that is asked and answers, in the order of the questions. It keeps no process alive but while it is asked. */
import { Worker } from 'node:worker_threads'

interface Waiting<A> {
  readonly resolve: (answer: A) => void
  readonly reject: (error: Error) => void
}

export class AskedThread<Q, A> {
  readonly #worker: Worker
  readonly #waiting: Waiting<A>[] = []
  #failure: Error | undefined

  /** `name`: what it is called where it fails. `mostMib`: what its objects may take before it does. */
  constructor(module: URL, name: string, mostMib?: number) {
    this.#worker = new Worker(
      module,
      mostMib === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: mostMib } },
    )
    this.#worker.unref()
    this.#worker.on('message', (answer: A) => this.#answered(answer))
    this.#worker.on('error', (error) => this.#fail(new Error(`The ${name} thread failed`, { cause: error })))
    this.#worker.on('exit', () => this.#fail(new Error(`The ${name} thread has ended`)))
  }

  get alive(): boolean {
    return !this.#failure
  }

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(question)
    })
  }

  /** What is not answered. */
  tell(message: Q): void {
    this.#worker.postMessage(message)
  }

  /** Milliseconds of processor that it has taken; none of one that has not begun, or has ended. */
  async processorMs(): Promise<number> {
    try {
      const { user, system } = await this.#worker.cpuUsage()
      return (user + system) / 1000
    } catch (error) {
      if ((error as { readonly code?: string }).code === 'ERR_WORKER_NOT_RUNNING') return 0
      throw error
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #answered(answer: A): void {
    this.#waiting.shift()?.resolve(answer)
    if (this.#waiting.length === 0) this.#worker.unref()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
