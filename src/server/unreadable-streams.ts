import { isAsyncIterable, type Plugin } from 'graphql-yoga'

/**
 * Leaves a subscription that nobody will read: one for which the request's Accept header allows no stream, so that
 * the answer is 406.
 */
export function leaveUnreadableStreams(): Plugin {
  return {
    async onResultProcess({ result, resultProcessor }) {
      if (resultProcessor || !isAsyncIterable(result)) return
      await result[Symbol.asyncIterator]().return?.()
    },
  }
}
