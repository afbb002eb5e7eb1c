/** Where the thread of the embedded database finds its files. */
export interface WorkerFiles {
  /** The folder of the database's own files. */
  readonly data: string
  /** The Unix socket to listen on. */
  readonly socket: string
}

export type WorkerCommand = { readonly type: 'close' }

export type WorkerReport =
  | { readonly type: 'listening' }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
