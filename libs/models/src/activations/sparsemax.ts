import type { Engine, Tensor } from '@gradstream/engine';

/**
 * Keras 3.15's along the last axis: max(x − τ, 0), where τ = (Σ of the cumulated sorted values of the support − 1) / its
 * size K. Martins and Astudillo (ICML 2016, algorithm 1) take the last cumulated value in place of their sum; the two
 * agree on a support of one. The k-th largest value is in K − k of the sums, which gives the gradient.
 */
export function sparsemax({ tf }: Engine, given: Tensor): Tensor {
  const compute = tf.customGrad((x, save) => {
    const [input, keep] = [x as Tensor, save as (tensors: Tensor[]) => void];
    const size = input.shape.at(-1) ?? 1;
    const { values: sorted, indices } = tf.topk(input, size, true);
    const sums = sorted.cumsum(input.rank - 1);
    const inSupport = sorted
      .mul(tf.range(1, size + 1))
      .add(1)
      .sub(sums)
      .step();
    const count = inSupport.sum(-1, true);
    const threshold = sums.mul(inSupport).sum(-1, true).sub(1).div(count);
    // The places of a permutation's entries are its inverse: the rank of each value, from 0.
    const ranks = tf.topk(indices.cast('float32').neg(), size, true).indices.cast('float32');
    const shares = count.sub(ranks).relu().div(count);
    const output = input.sub(threshold).relu();
    keep([output.step(), shares]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const [isPositive, share] = saved as [Tensor, Tensor];
      const flowing = dy.mul(isPositive);
      return flowing.sub(share.mul(flowing.sum(-1, true)));
    };
    return { value: output, gradFunc };
  });
  return compute(given);
}
