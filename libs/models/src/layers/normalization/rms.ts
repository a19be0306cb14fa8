import type { Engine, Tensor, Tensor1D } from '@gradstream/engine';

/**
 * Each row of x [rows, features] by its root mean square, then scaled (Zhang and Sennrich, NeurIPS 2019). With x̂
 * normalized, r the root mean square, D the length of a row, γ the scale: dx = (γ·dy − x̂·mean(γ·dy·x̂)) / r; a mean over
 * a row of γ·v is the product v·(γ/D).
 */
export function rmsNorm({ tf }: Engine, given: Tensor, scale: Tensor1D, epsilon: number): Tensor {
  const compute = tf.customGrad((...args) => {
    const [x, gamma, save] = args as [Tensor, Tensor1D, (tensors: Tensor[]) => void];
    const inverse = x.square().mean(-1, true).add(epsilon).rsqrt();
    const normalized = x.mul(inverse);
    save([gamma, normalized, inverse]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [factor, unit, inverted] = saved as [Tensor1D, Tensor, Tensor];
      const slope = dy.mul(unit);
      const projection = tf.matMul(slope, factor.reshape([-1, 1]).mul(1 / factor.size));
      return [dy.mul(factor).sub(unit.mul(projection)).mul(inverted), slope.sum(0)];
    };
    return { value: normalized.mul(gamma), gradFunc };
  });
  return compute(given, scale);
}
