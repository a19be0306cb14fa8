import { register } from '../register.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import { depthwiseConv } from './depthwiseConv.js';
import { separableConv } from './separableConv.js';

export const convolutionLayers = {
  Conv1D: register(conv(1)),
  Conv2D: register(conv(2)),
  Conv3D: register(conv(3)),
  Conv1DTranspose: register(convTranspose(1)),
  Conv2DTranspose: register(convTranspose(2)),
  Conv3DTranspose: register(convTranspose(3)),
  DepthwiseConv1D: register(depthwiseConv(1)),
  DepthwiseConv2D: register(depthwiseConv(2)),
  SeparableConv1D: register(separableConv(1)),
  SeparableConv2D: register(separableConv(2)),
};
