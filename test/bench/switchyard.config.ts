import { defineConfig } from '../../src/config/define-config.ts'

/** One provider: the simulator that the benchmark started. */
export default defineConfig({
  providers: {
    bench: {
      driver: 'openai-compatible',
      baseUrl: `${process.env.BENCH_UPSTREAM}/openai/v1`,
      apiKeys: ['env:BENCH_KEY'],
    },
  },
})
