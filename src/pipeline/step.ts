/** Takes a call of one kind and answers with its events, as they come. */
export type Handler<C, E> = (call: C) => AsyncIterable<E>

/**
 * Takes a call of one kind, hands a richer one inward, and sees every event that comes back. The kinds of calls and
 * events are types, so steps in a wrong order don't compile.
 */
export type Step<C, Inner, E, InnerE = E> = (next: Handler<Inner, InnerE>) => Handler<C, E>

/** Steps from the outermost inward, to be closed by the handler that they stand around. */
export interface Chain<C, Inner, E, InnerE> {
  through<Inner2, InnerE2>(step: Step<Inner, Inner2, InnerE, InnerE2>): Chain<C, Inner2, E, InnerE2>
  to(handler: Handler<Inner, InnerE>): Handler<C, E>
}

/** Begins a chain with its outermost step. */
export function from<C, Inner, E, InnerE>(outermost: Step<C, Inner, E, InnerE>): Chain<C, Inner, E, InnerE> {
  return {
    through: (step) => from((next) => outermost(step(next))),
    to: (handler) => outermost(handler),
  }
}

/** What a prelude found: events of its own to begin with, then the inner stream, or nothing where the call ends here. */
export interface Opening<E> {
  readonly first: readonly E[]
  readonly inner: AsyncIterable<E> | null
}

/**
 * A step that does all its work before the first event. From then on the inner stream is handed through as it is: the
 * step costs nothing per event.
 */
export function prelude<C, Inner, E>(
  open: (call: C, next: Handler<Inner, E>) => Opening<E> | Promise<Opening<E>>,
): Step<C, Inner, E> {
  return (next) => (call) => ({
    [Symbol.asyncIterator]: () => openedIterator(async () => open(call, next)),
  })
}

function openedIterator<E>(open: () => Promise<Opening<E>>): AsyncIterator<E> {
  let inner: AsyncIterator<E> | null = null
  let ahead: E[] | null = null

  async function begin(): Promise<IteratorResult<E>> {
    const opening = await open()
    ahead = [...opening.first]
    inner = opening.inner?.[Symbol.asyncIterator]() ?? null
    return proceed()
  }

  function proceed(): Promise<IteratorResult<E>> {
    const event = ahead?.shift()
    if (event !== undefined) return Promise.resolve({ done: false, value: event })
    return inner ? inner.next() : Promise.resolve({ done: true, value: undefined })
  }

  return {
    next: () => (ahead === null ? begin() : proceed()),
    return: (value) => inner?.return?.(value) ?? Promise.resolve({ done: true, value }),
  }
}
