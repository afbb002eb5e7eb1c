/** What the doctor found of one thing. Never holds a secret. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  /** What is so, or what to do. */
  readonly detail: string
}

export function good(name: string, detail: string): Check {
  return { name, ok: true, detail }
}

export function bad(name: string, detail: string): Check {
  return { name, ok: false, detail }
}
