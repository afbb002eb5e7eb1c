import { type DocumentNode, getOperationAST, Kind, type SelectionSetNode } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import type { KeyDirectory } from '../core/access.ts'
import type { Caller } from '../core/caller.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { GraphContext } from '../graph/context.ts'

/** A call goes on to its end, and whoever began it is told of that. */
const OF_ONE_CALL = new Set(['completionStream', 'callEvents'])

const CHECKED_EVERY_MS = 1_000

/**
 * Ends a subscription within seconds after its key came to an end or lost a scope: what looks on for hours must not outlive
 * the right to.
 * While the database is away, it goes on as the key directory lets it.
 */
export function endWithKey(
  keys: Pick<KeyDirectory, 'authenticate'>,
  clock: Clock = systemClock,
): Plugin<Pick<GraphContext, 'caller'>> {
  return {
    onSubscribe({ args }) {
      const operation = getOperationAST(args.document, args.operationName)
      if (operation && fieldsOf(operation.selectionSet, args.document).every((name) => OF_ONE_CALL.has(name))) return
      const authorization: string | null = args.contextValue.request.headers.get('authorization')
      const { caller } = args.contextValue
      return {
        onSubscribeResult({ result, setResult }) {
          if (!isAsyncIterable(result)) return
          const isOver = async () => !mayStill(await keys.authenticate(authorization), caller)
          setResult(watched(result[Symbol.asyncIterator](), isOver, clock))
        },
      }
    },
  }
}

/** Which scope a subscription needs, its resolver knows: it was begun with all of these. */
function mayStill(now: Caller | null, before: Caller | null): boolean {
  return now !== null && (before?.scopes ?? []).every((scope) => now.scopes.includes(scope))
}

/** The names of all fields, also of those that a directive leaves out: which one is run, is decided later. */
function fieldsOf({ selections }: SelectionSetNode, document: DocumentNode): readonly string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, document)
    const { value } = selection.name
    const named = document.definitions.find(
      (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === value,
    )
    return named?.kind === Kind.FRAGMENT_DEFINITION ? fieldsOf(named.selectionSet, document) : []
  })
}

function watched<T>(events: AsyncIterator<T>, isOver: () => Promise<boolean>, clock: Clock): AsyncIterableIterator<T> {
  let ended = false
  let cancel = () => {}

  function wait(): void {
    if (!ended) cancel = clock.after(CHECKED_EVERY_MS, () => void check())
  }

  async function check(): Promise<void> {
    if (await isOver().catch(() => false)) await events.return?.()
    else wait()
  }

  function end(): void {
    ended = true
    cancel()
  }

  wait()
  return {
    async next() {
      try {
        const result = await events.next()
        if (result.done) end()
        return result
      } catch (error) {
        end()
        throw error
      }
    },
    return(value) {
      end()
      return events.return?.(value) ?? Promise.resolve({ done: true, value })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
