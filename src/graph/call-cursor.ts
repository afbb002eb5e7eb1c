import type { CallCursor } from '../core/call-list.ts'
import { badArgument } from './bad-input.ts'
import { isUuid } from './uuid.ts'

/** A cursor as clients see it: opaque, and safe in a URL. */
export function encodeCursor({ createdAt, id }: CallCursor): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

/** @throws GraphQLError with code `BAD_USER_INPUT` where it is no cursor of ours */
export function decodeCursor(argument: string, cursor: string): CallCursor {
  const [createdAt = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split(' ')
  if (/^\d{1,15}$/.test(createdAt) && isUuid(id) && rest.length === 0) return { createdAt: Number(createdAt), id }
  throw badArgument(argument, 'this is no cursor: take `endCursor` of a page as it came.')
}
