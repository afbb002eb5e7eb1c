import { builder } from './builder.ts'

/** What keys may do, in capitals as GraphQL's enums are. */
export const ScopeRef = builder.enumType('Scope', {
  description: 'What an API key may do.',
  values: {
    COMPLETE: { value: 'complete', description: 'Ask models, and mint browser tokens.' },
    READ: { value: 'read', description: "Read its project's ledger." },
    ADMIN: { value: 'admin', description: 'Change its project and the keys of that, and the routes.' },
    OPERATOR: { value: 'operator', description: 'Change all projects and their keys, and make new ones.' },
  } as const,
})
