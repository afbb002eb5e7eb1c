import { builder } from './builder.ts'

export interface NotFound {
  readonly message: string
}

export const NotFoundErrorRef = builder.objectRef<NotFound>('NotFoundError').implement({
  description: "There is no such thing in the caller's project.",
  fields: (t) => ({ message: t.exposeString('message', { description: 'What was not found.' }) }),
})
