import { defineConfig } from './src/config/define-config.ts'

/**
 * What `npm start` serves. Nothing has to stand here: a provider whose usual key variable is set (OPENAI_API_KEY,
 * ANTHROPIC_API_KEY, GEMINI_API_KEY, GROQ_API_KEY, MISTRAL_API_KEY, DEEPSEEK_API_KEY, XAI_API_KEY, …) is there by itself, and
 * with none set the built-in simulator answers. The routes `chat` and `auto` are there over whatever is there.
 *
 * Another file: SWITCHYARD_CONFIG=/etc/switchyard/config.ts npm start. It may lie anywhere, and needs no import: a plain
 * default export is enough, in TypeScript, JavaScript or JSON. `npm run switchyard -- doctor` says whether it is right.
 */
export default defineConfig({
  // Providers by a name of your own. Keys are never written here: "env:NAME" is the variable that holds one.
  providers: {
    // openai: { driver: 'openai', api: 'chat', apiKeys: ['env:OPENAI_API_KEY', 'env:OPENAI_API_KEY_2'] },
    // 'my-vllm': { driver: 'openai-compatible', baseUrl: 'http://localhost:8000/v1' },
    // azure: { driver: 'openai-compatible', baseUrl: 'https://me.openai.azure.com/openai/v1', apiKeys: ['env:AZURE_KEY'] },
  },

  // What the price list does not know. Prices are in dollars per million tokens, in quotes: exact decimals, no floats.
  models: {
    // 'my-vllm/llama-finetune': {
    //   contextWindow: 32_000,
    //   price: { inputPerMillion: '0.10', cachedInputPerMillion: '0.01', outputPerMillion: '0.40' },
    // },
  },

  // What every route does that says nothing else. These are the values that hold anyway. Where no `firstTokenMs` is set, the
  // first token is waited for as long as fits what is asked: 30 s, and longer of a model that thinks.
  defaults: {
    timeouts: { idleMs: 30_000, totalMs: 600_000 },
    attempts: { perModel: 2, perCall: 6 },
    midStream: 'RESTART',
  },

  // What frontends ask for by name, instead of one model.
  routes: {
    // The first that works, in this order; the next one also when there is no token after five seconds.
    // support: {
    //   strategy: 'priority',
    //   models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'],
    //   timeouts: { firstTokenMs: 5_000 },
    // },
    // Simple questions to a cheap model, code and hard reasoning to a capable one.
    // assistant: {
    //   strategy: 'complexity',
    //   tiers: { simple: ['google/gemini-2.5-flash-lite'], complex: ['anthropic/claude-sonnet-4-5'] },
    //   maxCostUsd: '0.25',
    // },
    // Nine requests of ten here, one there.
    // canary: {
    //   strategy: 'weighted',
    //   models: ['openai/gpt-5-mini', 'my-vllm/llama-finetune'],
    //   weights: { 'openai/gpt-5-mini': 9 },
    // },
    // What costs least for the request at hand.
    // bulk: { strategy: 'cheapest', models: ['openai/gpt-5-nano', 'groq/llama-3.3-70b-versatile'], upstream: 'unary' },
  },

  server: {
    // Origins of frontends that call from browsers.
    // cors: { origins: ['https://app.example.com'] },
    // graphiql: false,
    // introspection: false,
  },
})
