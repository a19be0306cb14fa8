import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

testGolden(get, 'dense');
testLayer(get, { type: 'Dense', config: { units: 4, activation: 'gelu' }, shapes: [[5]] });
testLayer(get, { type: 'Dense', config: { units: 4, activation: 'glu', use_bias: false }, shapes: [[2, 5]] });
