export { bitProduct, bitProductScratch } from './bit-product';
export { integerDepthwise, packDepthwise } from './depthwise';
export { packedCodes, packedFloats } from './packed';
export { isWide, packPanels, packScales, prepareCodes, quantizeRows } from './packed-prepare';
export { dotOf } from './dot';
export { narrowProduct, packNarrow, prepareNarrow } from './narrow-product';
export { packImageBits, packWeightBits } from './pack-bits';
export { integerLookup } from './lookup';
export { integerMaxPool } from './pool';
export {
  gatherWindows, integerBase, padBytes, padWords, packIntegerWeights, weightRange, weightSums, windowSums,
} from './prepare';
export { product16, product8, productScratch } from './product';
export { packShifts, productShifts } from './shift-product';
