import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: [
      // graphql ships as CommonJS and as a module. Our files would get the one and our dependencies the other, and
      // then "Cannot use GraphQLSchema from another module or realm". So all get the one that dependencies `require`.
      { find: /^graphql$/, replacement: fileURLToPath(new URL('./node_modules/graphql/index.js', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    pool: 'forks',
    maxWorkers: 2,
    // An embedded Postgres takes seconds to start on a busy machine with two cores.
    testTimeout: 30_000,
    // Real sockets, processes and clocks: a busy machine may hold one up for longer than a test waits. What fails twice
    // is broken.
    retry: 1,
    hookTimeout: 90_000,
    teardownTimeout: 30_000,
    reporters: ['default'],
  },
})
