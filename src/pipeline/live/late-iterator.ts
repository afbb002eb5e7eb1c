/**
 * An iterator whose source is still being opened. Leaving it early leaves the source as soon as it is there; a pending
 * `next()` then ends at once.
 */
export function lateIterator<T>(opening: Promise<AsyncIterableIterator<T>>): AsyncIterableIterator<T> {
  const done: IteratorResult<T> = { done: true, value: undefined }
  let source: AsyncIterableIterator<T> | null = null
  let leave: (result: IteratorResult<T>) => void = () => {}
  const left = new Promise<IteratorResult<T>>((resolve) => (leave = resolve))

  const opened = opening.then((iterator) => {
    source = iterator
    return iterator
  })
  opened.catch(() => undefined)

  return {
    next() {
      return source ? source.next() : Promise.race([left, opened.then((iterator) => iterator.next())])
    },
    async return() {
      leave(done)
      if (source) return (await source.return?.()) ?? done
      void opened.then((iterator) => iterator.return?.()).catch(() => undefined)
      return done
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
