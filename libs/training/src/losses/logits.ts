export { acceptsLogitsOf, isFromLogits, logitsOf, type FinalActivation } from '@gradstream/models';
