import { builder } from './builder.ts'
import { RoutingInput } from './routing-input.ts'
import { TagInput } from './tag.ts'

export const EmbedInput = builder.inputType('EmbedInput', {
  description: 'Texts to be turned into vectors, and how.',
  fields: (t) => ({
    model: t.string({
      required: true,
      description:
        "One embedding model as provider/model, or a route's name. Each model has a space of its own, in which only its own vectors can be compared: a route whose models differ may answer one call from one space and the next from another. The vectors of one call are always of one model.",
    }),
    texts: t.stringList({
      required: true,
      description:
        'From 1 to 2048, none of them empty. The provider is asked in as many requests as its limits need. Send more in several calls: each can then fail and be repeated by itself.',
    }),
    dimensions: t.int({
      description:
        "How many numbers each vector has, where the model can be told; the model's own number where absent. Google's models don't bring shortened vectors to the length of 1 again.",
    }),
    routing: t.field({
      type: RoutingInput,
      description:
        'Overrides of the route for this one call. Without `fallbacks`, a single model is retried, also with other keys, and never replaced: name one only where its vectors are as good to you, such as the same model at another provider. `firstTokenTimeoutMs` counts up to the first vectors, `idleTimeoutMs` between two requests; `midStream` has no effect, since vectors are not streamed.',
    }),
    tags: t.field({ type: [TagInput], description: 'Labels to group cost by.' }),
    endUser: t.string({
      description: 'Whom the caller serves: an opaque id, for cost and limits per end user.',
    }),
    providerOptions: t.field({
      type: 'JSON',
      description:
        'What only one provider understands, by the provider\'s configured name, else by its driver\'s; passed through untouched, with Google beside each text: `{ "google": { "taskType": "RETRIEVAL_QUERY" } }`.',
    }),
  }),
})
