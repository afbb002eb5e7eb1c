/** A text's place in a model's space. Vectors of different models, or of different lengths, can't be compared. */
export type Vector = readonly number[]
